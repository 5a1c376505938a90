"""Photos are judged by content, made upright and small, and kept safely."""

from __future__ import annotations

import io
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from PIL import ExifTags, Image

from houses import actions, photos
from houses.models import VisitPhoto
from houses.tests.factories import make_brigade, make_house, make_user, make_visit
from houses.tests.pictures import bomb_png, encoded, halves, heic, jpeg, rotated_jpeg
from vasdom.errors import InvalidInput


def prepared(content: bytes) -> photos.PreparedPhoto:
    return photos.prepare(io.BytesIO(content))


def opened(photo: photos.PreparedPhoto) -> Image.Image:
    picture = Image.open(io.BytesIO(photo.jpeg))
    picture.load()
    return picture


def with_exif(**tags: Any) -> bytes:
    exif = Image.Exif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    for name, value in tags.items():
        inner[ExifTags.Base[name]] = value
    exif[ExifTags.Base.Artist] = "Secret Person"
    exif[ExifTags.Base.GPSInfo] = {1: "N", 2: (54.0, 30.0, 0.0)}
    return encoded(halves(), exif=exif.tobytes(), comment=b"a comment")


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_the_three_formats_are_taken(kind: str) -> None:
    photo = prepared(encoded(halves(), kind))
    assert opened(photo).format == "JPEG"
    assert (photo.width, photo.height) == (80, 40)


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGBA", (40, 30), (255, 0, 0, 0)),
        Image.new("LA", (40, 30), (0, 0)),
        Image.new("P", (40, 30)),
        Image.new("L", (40, 30), 200),
        Image.new("I;16", (40, 30), 40_000),
        Image.new("1", (40, 30)),
    ],
    ids=lambda picture: picture.mode,
)
def test_every_kind_of_pixels_becomes_plain_colour(picture: Image.Image) -> None:
    assert opened(prepared(encoded(picture, "PNG"))).mode == "RGB"


def test_what_is_see_through_becomes_white() -> None:
    picture = opened(prepared(encoded(Image.new("RGBA", (40, 30), (255, 0, 0, 0)), "PNG")))
    assert min(picture.getpixel((20, 15))) > 250


def test_print_colours_are_taken() -> None:
    assert opened(prepared(encoded(Image.new("CMYK", (40, 30))))).mode == "RGB"


def test_a_photo_taken_sideways_stands_upright() -> None:
    photo = prepared(rotated_jpeg())
    assert (photo.width, photo.height) == (40, 80)
    picture = opened(photo)
    assert picture.getpixel((20, 10))[0] > 150 > picture.getpixel((20, 10))[2]
    assert picture.getpixel((20, 70))[2] > 150 > picture.getpixel((20, 70))[0]


def test_a_large_photo_is_made_small_and_a_small_one_left() -> None:
    photo = prepared(jpeg(width=4000, height=3000))
    assert (photo.width, photo.height) == (1600, 1200)
    assert prepared(jpeg(width=300, height=200)).width == 300
    tall = prepared(jpeg(width=1000, height=4000))
    assert (tall.width, tall.height) == (400, 1600)


def test_nothing_but_pixels_is_kept() -> None:
    photo = prepared(with_exif(DateTimeOriginal="2026:11:20 09:30:00"))
    picture = opened(photo)
    assert dict(picture.getexif()) == {}
    assert set(picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"}
    assert b"Secret" not in photo.jpeg
    assert b"a comment" not in photo.jpeg


class TestWhenItWasTaken:
    def taken(self, moment: Any, **tags: Any) -> Any:
        return prepared(with_exif(DateTimeOriginal=f"{moment:%Y:%m:%d %H:%M:%S}", **tags)).taken_at

    def test_is_the_cameras_clock_in_company_time(self) -> None:
        moment = timezone.localtime().replace(microsecond=0) - timedelta(hours=3)
        assert self.taken(moment) == moment

    def test_heeds_the_zone_a_camera_names(self) -> None:
        moment = timezone.now().replace(microsecond=0) - timedelta(hours=3)
        local = moment + timedelta(hours=7)
        assert self.taken(local, OffsetTimeOriginal="+07:00") == moment

    def test_is_unknown_when_it_cannot_be_true(self) -> None:
        now = timezone.localtime()
        assert self.taken(now + timedelta(days=2)) is None
        assert self.taken(now - timedelta(days=900)) is None
        assert prepared(with_exif(DateTimeOriginal="0000:00:00 00:00:00")).taken_at is None
        assert prepared(with_exif(DateTimeOriginal="вчера".encode())).taken_at is None
        assert prepared(jpeg()).taken_at is None

    def test_a_nonsense_zone_is_company_time(self) -> None:
        moment = timezone.localtime().replace(microsecond=0) - timedelta(hours=3)
        assert self.taken(moment, OffsetTimeOriginal="xx") == moment


def animation(kind: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), color) for color in ("red", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "пустой"),
        (b"hello", "JPEG, PNG или WEBP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "JPEG, PNG или WEBP"),
        (b"%PDF-1.4", "JPEG, PNG или WEBP"),
        (jpeg()[:200], "повреждён"),
        (encoded(halves(), "PNG")[:60], "повреждён"),
        (jpeg()[:2] + b"\x00" * 500, "повреждён"),
        (encoded(halves(), "GIF"), "JPEG, PNG или WEBP"),
        (encoded(halves(), "BMP"), "JPEG, PNG или WEBP"),
        (animation("PNG"), "Анимация"),
        (animation("WEBP"), "Анимация"),
        (heic(), "HEIC"),
        (bomb_png(), "мегапикселей"),
        (b"\xff" * (15 * 1024 * 1024 + 1), "15 МБ"),
    ],
    ids=lambda value: value if isinstance(value, str) else len(value),
)
def test_anything_else_is_refused_with_a_sentence(content: bytes, words: str) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        prepared(content)
    assert refused.value.field == "photo"


def test_a_truncated_large_jpeg_is_refused() -> None:
    noise = Image.effect_noise((800, 600), 80).convert("RGB")
    content = encoded(noise)
    with pytest.raises(InvalidInput, match="повреждён"):
        prepared(content[: len(content) // 2])


def test_a_jpeg_with_a_preview_behind_it_is_taken() -> None:
    frames = [halves(), halves(20, 10)]
    assert prepared(encoded(frames[0], "MPO", save_all=True, append_images=frames[1:])).width == 80


@pytest.mark.django_db
class TestFiles:
    @pytest.fixture(autouse=True)
    def _media(self, tmp_path: Path, settings: Any) -> None:
        settings.MEDIA_ROOT = tmp_path
        self.root = tmp_path

    def files(self) -> list[Path]:
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    def photo(self) -> VisitPhoto:
        employee = make_user("Бригада", make_brigade(1)).employee
        visit = make_visit(make_house(brigade=employee.brigade))
        return actions.add_photo(visit.pk, employee=employee, key=uuid.uuid4(), file=io.BytesIO(jpeg()))

    def test_a_photo_lies_under_the_visits_month_and_reads_back(self) -> None:
        photo = self.photo()
        assert self.files() == [self.root / photo.image.name]
        assert photo.image.name.startswith(f"visits/{photo.visit.date:%Y-%m}/")
        fresh = VisitPhoto.objects.get()
        assert Image.open(fresh.image).size == (fresh.width, fresh.height) == (80, 60)

    def test_a_failed_write_leaves_nothing_behind(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(_descriptor: int) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="disk full"):
            photos.write("visits/2026-11/a.jpg", b"data")
        assert self.files() == []

    def test_the_sweep_takes_old_files_without_a_row_only(self) -> None:
        kept = self.root / self.photo().image.name
        orphan, part, fresh = (self.root / "visits" / "2026-11" / name for name in ("a.jpg", ".b.part", "c.jpg"))
        other = self.root / "reports" / "x.csv"
        for path in (orphan, part, fresh, other):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        old = timezone.now().timestamp() - 7200
        for path in (kept, orphan, part, other):
            os.utime(path, (old, old))
        assert photos.sweep_orphan_photos() == 2
        assert set(self.files()) == {kept, fresh, other}
        assert photos.sweep_orphan_photos() == 0

    def test_the_sweep_does_without_a_folder(self) -> None:
        assert photos.sweep_orphan_photos() == 0
