"""Photos from brigades: taken in by content, made upright and small, kept so that a crash loses none."""

from __future__ import annotations

import hashlib
import io
import logging
import os
import struct
import uuid
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from PIL import ExifTags, Image, ImageOps

from vasdom.errors import InvalidInput

logger = logging.getLogger(__name__)

LARGEST_BYTES = 15 * 1024 * 1024
LARGEST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
THUMBS = "thumbs"  # the folder of small copies, which repeats the folders of the photos
JPEG_QUALITY = 85
OLDEST_SHOT = timedelta(days=400)
CLOCK_SLACK = timedelta(hours=1)

# MPO is what phones call a JPEG with a preview or depth map behind it.
_FORMATS = ("JPEG", "MPO", "PNG", "WEBP")
_APPLE_BRANDS = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis")
_UNREADABLE = (
    OSError, SyntaxError, ValueError, EOFError, OverflowError, struct.error, zlib.error, KeyError, IndexError,
    TypeError, AttributeError, MemoryError, Image.DecompressionBombError,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PreparedPhoto:
    """A photo as it will be kept. `sha256` is of the bytes that were sent; `taken_at` from the camera, if plausible."""

    jpeg: bytes
    width: int
    height: int
    sha256: str
    taken_at: datetime | None


def prepare(file: IO[bytes]) -> PreparedPhoto:
    """Check and re-encode what was sent; InvalidInput about `photo` says in Russian why it cannot be taken."""
    file.seek(0)
    raw = file.read(LARGEST_BYTES + 1)
    if not raw:
        raise _refused("Файл пустой. Выберите фото ещё раз.")
    if len(raw) > LARGEST_BYTES:
        raise _refused("Фото больше 15 МБ. Уменьшите его и пришлите снова.")
    if raw[4:8] == b"ftyp" and raw[8:12] in _APPLE_BRANDS:
        raise _refused("Формат HEIC не поддерживается. В настройках камеры выберите «Наиболее совместимый» (JPEG).")
    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as image:
            return _prepare(image, raw)
    except _UNREADABLE as exc:
        logger.info("photo refused: %s", type(exc).__name__)
        raise _refused("Это не фото в формате JPEG, PNG или WEBP, или файл повреждён.") from exc


def _prepare(image: Image.Image, raw: bytes) -> PreparedPhoto:
    if image.format not in _FORMATS:
        raise _refused("Это не фото в формате JPEG, PNG или WEBP.")
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise _refused("Анимация не принимается, нужно обычное фото.")
    if image.width * image.height > LARGEST_PIXELS:
        raise _refused("Фото больше 50 мегапикселей. Уменьшите его и пришлите снова.")
    taken_at = _taken_at(image)
    # A JPEG is decoded at a fraction of its size straight away, which keeps a 50-megapixel photo out of memory.
    image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
    upright = _on_white(ImageOps.exif_transpose(image))
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    # A fresh picture carries no EXIF, comment, colour profile or place; only the pixels go on.
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    buffer = io.BytesIO()
    clean.save(buffer, "JPEG", quality=JPEG_QUALITY, optimize=True, progressive=True)
    return PreparedPhoto(buffer.getvalue(), clean.width, clean.height, hashlib.sha256(raw).hexdigest(), taken_at)


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")
    if image.mode.startswith("I;16"):
        return image.point(lambda value: value / 256).convert("L").convert("RGB")
    return image.convert("RGB")


def _taken_at(image: Image.Image) -> datetime | None:
    """The camera's clock; without a zone it is the company's time. None when it is absent or cannot be true."""
    try:
        exif: Any = image.getexif().get_ifd(ExifTags.IFD.Exif)
        text = str(exif.get(ExifTags.Base.DateTimeOriginal, "")).strip("\x00 ")
        offset = str(exif.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\x00 ")
        moment = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")
    except _UNREADABLE:
        return None
    try:
        taken = datetime.fromisoformat(f"{moment.isoformat()}{offset}")
    except ValueError:
        taken = moment
    if timezone.is_naive(taken):
        taken = taken.replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    now = timezone.now()
    return taken if now - OLDEST_SHOT <= taken <= now + CLOCK_SLACK else None


def _refused(sentence: str) -> InvalidInput:
    return InvalidInput(sentence, field="photo")


# --- files


def write(name: str, data: bytes) -> Path:
    """Put a file under MEDIA_ROOT so that it is there whole or not at all, even when the power goes.

    The caller then commits the row; a file whose row never came is found by `sweep_orphan_photos`.
    """
    target = Path(settings.MEDIA_ROOT) / name
    missing = [folder for folder in (target.parent, *target.parent.parents) if not folder.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_name(f".{uuid.uuid4()}.part")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.rename(target)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    for folder in (target.parent, *(folder.parent for folder in missing)):
        _sync_folder(folder)
    return target


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sweep_orphan_photos(older_than: timedelta = timedelta(hours=1)) -> int:
    """Remove photo files that no row names and that were not written just now; returns how many."""
    from houses.models import VisitPhoto

    root = Path(settings.MEDIA_ROOT)
    before = (timezone.now() - older_than).timestamp()
    old = [path for path in (root / "visits").glob("*/*") if path.is_file() and path.stat().st_mtime < before]
    removed = 0
    for start in range(0, len(old), 500):
        names = {str(path.relative_to(root)): path for path in old[start : start + 500]}
        known = set(VisitPhoto.objects.filter(image__in=names).values_list("image", flat=True))
        for name in names.keys() - known:
            names[name].unlink(missing_ok=True)
            removed += 1
    if removed:
        logger.warning("swept %d photo files without a row", removed)
    return removed
