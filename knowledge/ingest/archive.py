"""ZIP: members of the kinds that are read one by one, each under a heading, with a border between them."""

from __future__ import annotations

import contextlib
import io
import zipfile
import zlib
from pathlib import PurePosixPath

from knowledge.errors import TooLarge, Unreadable
from knowledge.ingest.limits import KINDS, Limits
from knowledge.ingest.reading import Extracted, read

BORDER = "\n\n<<->>\n\n"
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError)
ENCRYPTED = 0x1
UTF8_NAMES = 0x800


def opened(name: str, content: bytes, limits: Limits, what: str) -> zipfile.ZipFile:
    """A ZIP file whose directory promises no more than the limits; what it really unpacks to is watched by `member`."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        members = archive.infolist()
    except BROKEN as exc:
        raise Unreadable(name, f"это не {what}, или он повреждён.") from exc
    if len(members) > limits.members * (1 if what == "ZIP" else 20):
        raise TooLarge(name, f"в архиве {len(members)} файлов, принимается не больше {limits.members}.")
    unpacked = sum(member.file_size for member in members)
    if unpacked > limits.unpacked_bytes:
        raise TooLarge(name, "в распакованном виде он слишком велик.")
    if unpacked > limits.unpacked_ratio * max(len(content), 10_000):
        raise TooLarge(name, "он сжат подозрительно сильно и не распаковывается.")
    return archive


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, most: int) -> bytes:
    """The bytes of a member, whatever size its directory claims."""
    with archive.open(info) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise TooLarge(shown_name(info), "в распакованном виде он слишком велик.")
    return content


def read_archive(name: str, content: bytes, limits: Limits) -> Extracted:
    archive = opened(name, content, limits, "ZIP")
    parts: list[str] = []
    remarks: list[str] = []
    left = limits.unpacked_bytes
    for info in archive.infolist():
        inner = shown_name(info)
        if info.is_dir() or is_unsafe(inner) or is_service(inner):
            continue
        if PurePosixPath(inner).suffix.lower() not in {kind for kind in KINDS if kind != ".zip"}:
            remarks.append(f"Файл «{inner}» из архива пропущен: такие не принимаются.")
            continue
        try:
            if info.flag_bits & ENCRYPTED:
                raise Unreadable(inner, "он защищён паролем.")
            unpacked = member(archive, info, min(left, limits.file_bytes))
            left -= len(unpacked)
            extracted = read(inner, unpacked, limits)
        except Unreadable as exc:
            remarks.append(f"Из архива не прочитано: {exc.message}")
            continue
        except BROKEN:
            remarks.append(f"Из архива не прочитано: файл «{inner}» повреждён.")
            continue
        remarks += extracted.remarks
        parts.append(f"# {PurePosixPath(inner).stem}\n\n{extracted.text.strip()}")
    if not parts:
        raise Unreadable(name, " ".join(["в архиве нет файлов, которые удалось прочитать.", *remarks[:3]]))
    return Extracted(BORDER.join(parts), pages=len(parts), remarks=tuple(remarks[:50]))


def shown_name(info: zipfile.ZipInfo) -> str:
    """Names that Windows packed are in cp866, which zipfile takes for cp437."""
    name = info.filename
    if not info.flag_bits & UTF8_NAMES:
        with contextlib.suppress(UnicodeError):
            name = name.encode("cp437").decode("cp866")
    return name.replace("\\", "/").replace("\x00", "")


def is_unsafe(name: str) -> bool:
    """Names that leave the archive. Nothing is written to disk by name, but such an archive means no good."""
    return name.startswith("/") or ".." in PurePosixPath(name).parts or ":" in name[:3]


def is_service(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name.startswith((".", "~$"))
