"""RTP packets: 20 ms of sound each, and the digits between them (RFC 3550, RFC 4733)."""

from __future__ import annotations

import struct
from dataclasses import dataclass

FRAME_SAMPLES = 160
"""20 ms; at one byte a sample the bytes of a packet's sound, too."""
FRAME_SECONDS = 0.02
HEADER = struct.Struct("!BBHII")
EVENT = struct.Struct("!BBH")
VERSION = 0x80
MARKER = 0x80
DIGITS = "0123456789*#ABCD"
EVENT_VOLUME = 10
EVENT_END = 0x80


@dataclass(frozen=True, slots=True)
class Packet:
    """What came."""

    payload_type: int
    sequence: int
    timestamp: int
    payload: bytes


def parse(data: bytes) -> Packet | None:
    """None for what is no RTP: RTCP on the same port, a stray datagram."""
    if len(data) < HEADER.size or data[0] >> 6 != 2 or 72 <= data[1] & 0x7F <= 76:
        return None
    flags, kind, sequence, timestamp, _ = HEADER.unpack_from(data)
    start = HEADER.size + 4 * (flags & 0x0F)
    if flags & 0x10:  # an extension: two bytes of profile, two of length in words
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4])
    end = len(data) - data[-1] if flags & 0x20 else len(data)
    return Packet(kind & 0x7F, sequence, timestamp, data[start:end])


def digit_payload(digit: str, duration: int, *, end: bool) -> bytes:
    """`duration` in samples since the digit began."""
    return EVENT.pack(DIGITS.index(digit), EVENT_VOLUME | (EVENT_END if end else 0), duration)


def digit_of(payload: bytes) -> tuple[str, bool]:
    """The digit of an event's packet, and whether it ends there; an empty string for what is no digit."""
    if len(payload) < EVENT.size:
        return "", False
    event, flags, _ = EVENT.unpack_from(payload)
    return DIGITS[event] if event < len(DIGITS) else "", bool(flags & EVENT_END)
