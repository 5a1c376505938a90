"""RTP as it stands on the wire (RFC 3550), and the order of what comes."""

from __future__ import annotations

import struct
from typing import NamedTuple

HEADER = struct.Struct("!BBHII")
VERSION = 0x80
MARKER = 0x80
ALAW = 8
"""The payload type of A-law, RFC 3551."""

REORDER_PACKETS = 3
"""So many packets may overtake one before it is given up."""
RESTART_DISTANCE = 100
"""A jump of the sequence number beyond this is a new beginning, not loss."""


class Packet(NamedTuple):
    """One that came. A tuple, since there are fifty a second of every call."""

    payload_type: int
    sequence: int
    timestamp: int
    source: int
    payload: bytes


def parse(data: bytes) -> Packet | None:
    """A packet, or None for what is no sound RTP. Contributing sources, extension and padding are left out."""
    if len(data) < HEADER.size:
        return None
    flags, kind, sequence, timestamp, source = HEADER.unpack_from(data)
    if flags & 0xC0 != VERSION:
        return None
    start, end = HEADER.size + 4 * (flags & 0x0F), len(data)
    if flags & 0x10:
        if len(data) < start + 4:
            return None
        start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
    if flags & 0x20:
        end -= data[-1]
    if start > end:
        return None
    return Packet(kind & 0x7F, sequence, timestamp, source, data[start:end])


def pack(sequence: int, timestamp: int, source: int, payload: bytes, *, marker: bool) -> bytes:
    """A packet of A-law."""
    kind = ALAW | (MARKER if marker else 0)
    return HEADER.pack(VERSION, kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, source) + payload


class Reordering:
    """Payloads in the order of their sequence numbers. What is expected goes on at once, what is early waits for it."""

    def __init__(self) -> None:
        self._next: int | None = None
        self._early: dict[int, bytes] = {}

    def restart(self) -> None:
        self._next = None
        self._early.clear()

    def arrived(self, sequence: int, payload: bytes) -> list[bytes | None]:
        """What may go on now; None stands for a packet that is lost."""
        if self._next is None or RESTART_DISTANCE < (sequence - self._next) & 0xFFFF < 0x10000 - RESTART_DISTANCE:
            self.restart()
            self._next = sequence
        if sequence == self._next and not self._early:
            self._next = (sequence + 1) & 0xFFFF
            return [payload]
        if (sequence - self._next) & 0xFFFF >= 0x8000:
            return []
        self._early[sequence] = payload
        ready = self._consecutive()
        while len(self._early) >= REORDER_PACKETS:
            ready += [None, *self._consecutive(skipping=True)]
        return ready

    def _consecutive(self, *, skipping: bool = False) -> list[bytes | None]:
        ready: list[bytes | None] = []
        assert self._next is not None
        if skipping:
            self._next = (self._next + 1) & 0xFFFF
        while self._next in self._early:
            ready.append(self._early.pop(self._next))
            self._next = (self._next + 1) & 0xFFFF
        return ready
