"""What waits to sound, cut into frames for a clock of ours."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voice.engine.ports import FRAME_BYTES, SILENCE


class Playout:
    """The queue of one call's reply, for transports that send a frame every 20 ms themselves.

    The clock calls `take` for each slot of 20 ms. All the counts are of reply bytes: what fills a frame up is none.
    """

    def __init__(self) -> None:
        self.on_heard: Callable[[bytes], None] | None = None
        self.heard_bytes = 0
        self._queue = bytearray()
        self._paused = False
        self._sounding = False
        self._ended = False
        self._waiting: list[asyncio.Future[None]] = []

    @property
    def queued_bytes(self) -> int:
        return len(self._queue)

    def play(self, alaw: bytes) -> None:
        if not self._ended:
            self._queue += alaw

    def pause(self) -> None:
        self._paused = True

    def resume(self) -> None:
        self._paused = False

    def flush(self) -> None:
        self._queue.clear()
        self._paused = False
        self._sounding = False
        self._release()

    def end(self) -> None:
        """The call is over: nothing is taken any more, nobody waits any more."""
        self._ended = True
        self.flush()

    def take(self) -> bytes | None:
        """The frame of this slot, which begins to sound now; None = silence."""
        if self._paused or not self._queue:
            self._sounding = False
            if not self._queue:
                self._release()
            return None
        frame = bytes(self._queue[:FRAME_BYTES])
        del self._queue[:FRAME_BYTES]
        self.heard_bytes += len(frame)
        self._sounding = True
        frame = frame.ljust(FRAME_BYTES, SILENCE)
        if self.on_heard is not None:
            self.on_heard(frame)
        return frame

    async def drained(self) -> None:
        """Return when the last byte has sounded: one slot after its frame was taken."""
        while self._queue or self._sounding:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)
