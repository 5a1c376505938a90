"""Digits of a call: those that we dial, step by step on the clock, and those that are dialled at us (RFC 4733)."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from voice.caller import rtp

PAUSE_FRAMES = 4
LAST_REPEATS = 3
"""The end of a digit is sent three times: a lost one would be a key that stays pressed."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one tick sends instead of sound; without a payload it is the pause behind a digit."""

    payload: bytes = b""
    first: bool = False
    repeats: int = 1


class Dialler:
    """Digits that wait to be sent."""

    def __init__(self) -> None:
        self._steps: deque[Step] = deque()
        self._waiting: list[asyncio.Future[None]] = []

    def dial(self, digits: str, seconds: float) -> asyncio.Future[None]:
        """Each digit so long, with a pause behind it; done when the last has been sent."""
        frames = max(2, round(seconds / rtp.FRAME_SECONDS))
        for digit in digits:
            for frame in range(1, frames + 1):
                end = frame == frames
                payload = rtp.digit_payload(digit, frame * rtp.FRAME_SAMPLES, end=end)
                self._steps.append(Step(payload, first=frame == 1, repeats=LAST_REPEATS if end else 1))
            self._steps.extend([Step()] * PAUSE_FRAMES)
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        self._finish_if_empty()
        return done

    def step(self) -> Step | None:
        """The next one; None when nothing is dialled."""
        if not self._steps:
            return None
        step = self._steps.popleft()
        self._finish_if_empty()
        return step

    def close(self) -> None:
        self._steps.clear()
        self._finish_if_empty()

    def _finish_if_empty(self) -> None:
        if self._steps:
            return
        for done in self._waiting:
            if not done.done():
                done.set_result(None)
        self._waiting.clear()


class DigitListener:
    """Tells the beginning of a digit from its repetitions: all packets of one bear one timestamp."""

    def __init__(self) -> None:
        self._latest: int | None = None

    def heard(self, packet: rtp.Packet) -> str:
        """The digit, at its first packet; else nothing."""
        if packet.timestamp == self._latest:
            return ""
        self._latest = packet.timestamp
        return rtp.digit_of(packet.payload)[0]
