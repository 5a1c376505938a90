"""G.711, the telephone's two codecs: one byte a sample, by ready tables.

Bit for bit what `audioop` of the standard library does, which Python 3.13 no longer has.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pcm = NDArray[np.int16]
"""Samples, 8,000 a second."""
ALAW_SILENCE = 0xD5
ULAW_SILENCE = 0xFF


@dataclass(frozen=True, slots=True, eq=False)
class Law:
    """One of the two codecs.

    Attributes:
        name: the codec's name in SDP.
        payload_type: its number in RTP (RFC 3551).
        silence: the byte that sounds like nothing.
        code_of: (65536,) the code of every sample, indexed by the sample taken as unsigned.
        sample_of: (256,) the sample of every code.
    """

    name: str
    payload_type: int
    silence: int
    code_of: NDArray[np.uint8]
    sample_of: Pcm


def encode(pcm: bytes | bytearray | memoryview | Pcm, law: Law | None = None) -> bytes:
    """16-bit little-endian samples, as bytes or as an array, to one byte a sample; A-law unless told otherwise."""
    samples = np.frombuffer(pcm, "<i2") if isinstance(pcm, bytes | bytearray | memoryview) else pcm
    return (law or ALAW).code_of[samples.astype(np.int16, copy=False).view(np.uint16)].tobytes()


def decode(codes: bytes | bytearray | memoryview, law: Law | None = None) -> Pcm:
    """One byte a sample to samples of 16 bits; A-law unless told otherwise."""
    return (law or ALAW).sample_of.take(np.frombuffer(codes, np.uint8))


def _every_sample() -> NDArray[np.int32]:
    return np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int32)


def _segment(magnitude: NDArray[np.int32], first_end: int) -> NDArray[np.int32]:
    """Which of the eight segments, each twice as long as the one before it, a magnitude falls into; 8 = above all."""
    ends = np.array([((first_end + 1) << number) - 1 for number in range(8)])
    return np.searchsorted(ends, magnitude).astype(np.int32)


def _alaw_codes() -> NDArray[np.uint8]:
    value = _every_sample() >> 3
    mask = np.where(value >= 0, 0xD5, 0x55)
    magnitude = np.where(value >= 0, value, -value - 1)
    segment = _segment(magnitude, 0x1F)
    code = (segment << 4) | ((magnitude >> np.maximum(segment, 1)) & 0x0F)
    return (np.where(segment > 7, 0x7F, code) ^ mask).astype(np.uint8)


def _alaw_samples() -> Pcm:
    code = np.arange(256, dtype=np.int32) ^ 0x55
    segment, step = (code & 0x70) >> 4, (code & 0x0F) << 4
    magnitude = np.where(segment == 0, step + 8, (step + 0x108) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def _ulaw_codes() -> NDArray[np.uint8]:
    value = _every_sample() >> 2
    mask = np.where(value < 0, 0x7F, 0xFF)
    magnitude = np.minimum(np.abs(value), 8159) + 33
    segment = _segment(magnitude, 0x3F)
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
    return (np.where(segment > 7, 0x7F, code) ^ mask).astype(np.uint8)


def _ulaw_samples() -> Pcm:
    code = ~np.arange(256, dtype=np.int32) & 0xFF
    magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


ALAW = Law("PCMA", 8, ALAW_SILENCE, _alaw_codes(), _alaw_samples())
ULAW = Law("PCMU", 0, ULAW_SILENCE, _ulaw_codes(), _ulaw_samples())
