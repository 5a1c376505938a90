"""Two A-law files as one WAV: stereo, 16 bits, 8 kHz, the caller left and we right. Made while it is read."""

from __future__ import annotations

import io
import struct
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from calls.recordings import BYTES_PER_SECOND, LINEAR, SILENCE

HEADER_BYTES, FRAME_BYTES = 44, 4
CHUNK_SAMPLES = 16_384


class StereoWav(io.RawIOBase):
    """The bytes `[begin, end)` of the WAV. The shorter side is silent at its end; a side that is gone is silent.

    Raises:
        FileNotFoundError: both sides are gone.
    """

    def __init__(self, caller: Path, ours: Path) -> None:
        self._sides = [_opened(caller), _opened(ours)]
        if not any(self._sides):
            raise FileNotFoundError(caller.name)
        self.samples = max(_size(side) for side in self._sides)
        self.size = HEADER_BYTES + self.samples * FRAME_BYTES
        self._at, self._end = 0, self.size

    def window(self, begin: int, end: int) -> StereoWav:
        """Read these bytes only."""
        self._at, self._end = begin, min(end, self.size)
        return self

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self._end - self._at)
        piece = self._piece(self._at, self._at + wanted) if wanted > 0 else b""
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        for side in self._sides:
            if side:
                side.close()
        super().close()

    def _piece(self, begin: int, end: int) -> bytes:
        """From the header or from the audio, whichever `begin` lies in."""
        if begin < HEADER_BYTES:
            return header(self.samples)[begin:end]
        first = (begin - HEADER_BYTES) // FRAME_BYTES
        last = min(-(-(end - HEADER_BYTES) // FRAME_BYTES), first + CHUNK_SAMPLES)
        skipped = begin - HEADER_BYTES - first * FRAME_BYTES
        return self._frames(first, last)[skipped : skipped + end - begin]

    def _frames(self, first: int, last: int) -> bytes:
        import numpy

        sides = numpy.empty((last - first, 2), dtype="<i2")
        for column, side in enumerate(self._sides):
            sides[:, column] = table()[numpy.frombuffer(_stretch(side, first, last), dtype=numpy.uint8)]
        return sides.tobytes()


def header(samples: int) -> bytes:
    data = samples * FRAME_BYTES
    about = struct.pack("<IHHIIHH", 16, 1, 2, BYTES_PER_SECOND, BYTES_PER_SECOND * FRAME_BYTES, FRAME_BYTES, 16)
    return (
        b"RIFF" + struct.pack("<I", HEADER_BYTES - 8 + data) + b"WAVEfmt " + about + b"data" + struct.pack("<I", data)
    )


@cache
def table() -> Any:
    import numpy

    return numpy.array(LINEAR, dtype="<i2")


def _opened(path: Path) -> BinaryIO | None:
    try:
        return path.open("rb")
    except OSError:
        return None


def _size(side: BinaryIO | None) -> int:
    return side.seek(0, io.SEEK_END) if side else 0


def _stretch(side: BinaryIO | None, first: int, last: int) -> bytes:
    if side is None:
        return SILENCE * (last - first)
    side.seek(first)
    return side.read(last - first).ljust(last - first, SILENCE)
