"""Picture files as phones send them, good and bad."""

from __future__ import annotations

import io

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

ORIENTATION = 0x0112  # EXIF tag
RED, BLUE = (220, 30, 30), (30, 30, 220)


def halves(width: int = 80, height: int = 40) -> Image.Image:
    """The left half red, the right half blue."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (width // 2, 0, width, height))
    return picture


def jpeg(color: tuple[int, int, int] = RED, width: int = 80, height: int = 60) -> bytes:
    return encoded(Image.new("RGB", (width, height), color))


def rotated_jpeg() -> bytes:
    """Stored lying with the note «turn clockwise»; shown upright it is tall, with red above blue."""
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    return encoded(halves(), exif=exif.tobytes())


def bomb_png() -> bytes:
    """60 megapixels in a few kilobytes."""
    return encoded(Image.new("1", (10_000, 6_000)), "PNG")


def heic() -> bytes:
    """The first box of a HEIC file, which is all that a check by content reads."""
    return b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(4096)


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def upload(content: bytes, name: str = "photo.jpg", content_type: str = "image/jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type)
