"""Files of recordings: where they lie, how long they are, how they look drawn, and a WAV made of the two.

Raw A-law, 8,000 bytes a second. `<call>.caller.alaw` is what the caller said, `<call>.ours.alaw` what was said to him;
both begin with the call and are of one length, so that a moment is the same offset in either.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from vasdom.errors import InvalidInput

BYTES_PER_SECOND = 8_000
MOST_PEAKS = 1_200
LOUDEST = 32_256
"""The largest sample A-law can carry."""
SILENCE = b"\xd5"
QUIETEST = 8
"""The smallest: A-law knows no zero."""
PLACE = re.compile(r"\d{4}/\d{2}/\d{2}/[0-9a-f-]{36}\.(caller|ours)\.alaw", re.ASCII)


def root() -> Path:
    return Path(settings.VAR_DIR) / "recordings"


def places(call_id: UUID, begun: datetime) -> tuple[str, str]:
    """Where the two files of a call lie, relative to `root()`: the caller's, ours. The day is the company's."""
    day = timezone.localtime(begun)
    stem = f"{day:%Y/%m/%d}/{call_id}"
    return f"{stem}.caller.alaw", f"{stem}.ours.alaw"


def path_of(place: str) -> Path:
    """The file of a place.

    Raises:
        InvalidInput: it is no place of ours.
    """
    if not PLACE.fullmatch(place):
        raise InvalidInput("Это не файл записи.", field="place")
    return root() / place


def seconds_of(*places: str) -> float:
    """How long the longest of these files is; 0 for files that are not there."""
    return max((size_of(place) for place in places), default=0) / BYTES_PER_SECOND


def size_of(place: str) -> int:
    try:
        return path_of(place).stat().st_size
    except OSError:
        return 0


def waveform(caller: str, ours: str) -> dict[str, Any]:
    """The loudest moment of each of up to `MOST_PEAKS` equal stretches, 0–100, by side."""
    samples = max(size_of(caller), size_of(ours))
    step = max(1, -(-samples // MOST_PEAKS))
    return {"caller": peaks(caller, step), "ours": peaks(ours, step), "step_ms": step * 1000 / BYTES_PER_SECOND}


def peaks(place: str, step: int) -> list[int]:
    import numpy  # a tenth of a second, and pages without a recording need none of it

    try:
        audio = numpy.fromfile(path_of(place), dtype=numpy.uint8)
    except OSError:
        return []
    loud = numpy.abs(numpy.array(LINEAR, dtype=numpy.int32))[audio]
    loud = numpy.pad(loud, (0, -len(loud) % step)).reshape(-1, step).max(axis=1)
    return [int(value) for value in numpy.ceil((loud - QUIETEST) * 100 / LOUDEST)]


def write(call_id: UUID, begun: datetime, caller: bytes, ours: bytes) -> tuple[str, str]:
    """Put both sides of a call where they belong, the shorter one filled up with silence. Returns their places."""
    found = places(call_id, begun)
    longest = max(len(caller), len(ours))
    for place, audio in zip(found, (caller, ours), strict=True):
        path = path_of(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(audio.ljust(longest, SILENCE))
    return found


def remove(*places: str) -> None:
    """Delete these files; those that are gone already are no fault."""
    for place in places:
        path_of(place).unlink(missing_ok=True)


def untouched_since(before: datetime) -> Iterator[str]:
    """The files of recordings that were last written to earlier than this, as places."""
    for path in root().glob("????/??/??/*.alaw"):
        place = path.relative_to(root()).as_posix()
        if PLACE.fullmatch(place) and path.stat().st_mtime < before.timestamp():
            yield place


def remove_empty_folders() -> None:
    for folder in sorted(root().glob("**/"), key=lambda path: len(path.parts), reverse=True):
        if folder != root() and not any(folder.iterdir()):
            with contextlib.suppress(OSError):  # a recording has begun in it meanwhile
                folder.rmdir()


def a_law(samples: Any) -> bytes:
    """Samples of 16 bits, as an array, in A-law: each by the nearest level there is."""
    import numpy

    levels = numpy.array(LINEAR)
    order = numpy.argsort(levels)
    between = (levels[order][1:] + levels[order][:-1]) / 2
    return bytes(order[numpy.searchsorted(between, samples)].astype(numpy.uint8))


def linear(byte: int) -> int:
    """One A-law byte as a 16-bit sample (ITU-T G.711)."""
    byte ^= 0x55
    exponent, mantissa = (byte & 0x70) >> 4, byte & 0x0F
    sample = (mantissa << 4) + 8
    if exponent:
        sample = (sample + 0x100) << (exponent - 1)
    return sample if byte & 0x80 else -sample


LINEAR = [linear(byte) for byte in range(256)]
