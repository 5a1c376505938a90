"""A line in memory: a test says what the caller does and when, and sees what he heard and when.

Runs on the clock of the running event loop; with `voice.engine.tests.virtual_time` minutes take milliseconds. A frame
of the caller arrives when its last sample has been said, as on a real line.
"""

from __future__ import annotations

import asyncio

from voice.engine.ports import FRAME_BYTES, FRAME_SECONDS, SILENCE
from voice.transports.clocked import ClockedTransport
from voice.transports.listening import SILENT_FRAME


class ScriptedTransport(ClockedTransport):
    """Implements `CallTransport`. Made inside the event loop, at the moment of the answer.

    All times are seconds of the loop's clock. A slot is 20 ms: slot k begins at `began + k · 0.02`.

    Attributes:
        sounded: what sounded at the caller: when each frame began, and its 160 bytes. Silence is left out.
        ended: when the call ended, None while it lasts.
    """

    def __init__(self) -> None:
        super().__init__()
        self._loop = asyncio.get_running_loop()
        self._said: dict[int, bytes] = {}
        self._slot = 0
        self.began = self._loop.time()
        self.ended: float | None = None
        self.sounded: list[tuple[float, bytes]] = []
        self._listening.begin(self.began)
        self._timer = self._loop.call_soon(self._begin_slot)

    # --- what the test does

    def caller_says(self, alaw: bytes | list[bytes], at: float | None = None) -> float:
        """The caller begins to say this at `at`, or now; replaces what he was to say then. Returns when it ends.

        A list is joined. The last frame is filled up with silence.
        """
        audio = alaw if isinstance(alaw, bytes) else b"".join(alaw)
        first = self._slot if at is None else round((at - self.began) / FRAME_SECONDS)
        if first < self._slot:
            raise ValueError(f"{at} s is past, it is {self._loop.time():.3f} s")
        count = -(-len(audio) // FRAME_BYTES)
        for number in range(count):
            frame = audio[number * FRAME_BYTES : (number + 1) * FRAME_BYTES]
            self._said[first + number] = frame.ljust(FRAME_BYTES, SILENCE)
        return self._time(first + count)

    def hang_up(self, at: float | None = None) -> None:
        """The call ends at `at`, or now."""
        if at is not None and at > self._loop.time():
            self._loop.call_at(at, self.hang_up)
        elif self.ended is None:
            self.ended = self._loop.time()
            self._timer.cancel()
            self.end()

    def heard_between(self, start: float, end: float) -> bytes:
        """What sounded of the frames that began in [start, end); silence is left out."""
        return b"".join(frame for moment, frame in self.sounded if start <= moment < end)

    # --- the clock

    def _time(self, slot: int) -> float:
        return self.began + slot * FRAME_SECONDS

    def _begin_slot(self) -> None:
        """What was said in the slot that ends now arrives; what sounds in the one that begins is taken."""
        now = self._time(self._slot)
        if self._slot:
            self._listening.arrived(self._said.pop(self._slot - 1, SILENT_FRAME), now)
        frame = self._playout.take()
        if frame is not None:
            self.sounded.append((now, frame))
        self._slot += 1
        self._timer = self._loop.call_at(self._time(self._slot), self._begin_slot)
