"""What the caller says, as one frame every 20 ms."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from voice.engine.ports import FRAME_BYTES, FRAME_SECONDS, SILENCE

UNREAD_FRAMES = 500
"""What is kept for somebody who does not read: ten seconds."""
PATIENCE_SECONDS = 0.06
"""After so long without a frame the line is silent."""
AHEAD_FRAMES = 25
"""How far late frames, for which silence already stood in, may run ahead of the clock."""
JITTER_FRAMES = 2
"""Being so far ahead is the network's ordinary unevenness."""
SILENT_FRAME = SILENCE * FRAME_BYTES
QUIET = bytes(code for code in range(256) if (code ^ 0x55) & 0x7F < 0x10)
"""A-law codes below −42 dBFS: nobody speaks."""


class Listening:
    """Frames from the network in, one frame for every 20 ms of the clock out.

    A frame goes out the moment it comes in. When nothing came for 60 ms, `tick` makes up for it with silence. Frames
    that come after all are still handed on, as words may be in them, up to half a second ahead of the clock; quiet ones
    are left out then, until the clock has caught up.
    """

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque(maxlen=UNREAD_FRAMES)
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self._began = 0.0
        self._last = 0.0
        self._count = 0

    def begin(self, now: float) -> None:
        """The call is answered. Times are of the event loop's clock."""
        self._began = self._last = now

    def arrived(self, frame: bytes, now: float) -> None:
        self._last = now
        ahead = self._count - self._due(now)
        if ahead <= JITTER_FRAMES or (ahead < AHEAD_FRAMES and frame.translate(None, QUIET)):
            self._give(frame)

    def tick(self, now: float) -> None:
        """Make up for what did not come; called about every 20 ms."""
        if self._began and now - self._last > PATIENCE_SECONDS:
            for _ in range(self._due(now) - self._count):
                self._give(SILENT_FRAME)

    def end(self) -> None:
        self._ended = True
        self._wake()

    async def frames(self) -> AsyncIterator[bytes]:
        """What came since, then what comes, until the call ends. For one reader."""
        while True:
            while self._frames:
                yield self._frames.popleft()
            if self._ended:
                return
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter

    def _due(self, now: float) -> int:
        return int((now - self._began) / FRAME_SECONDS + 1e-6)

    def _give(self, frame: bytes) -> None:
        self._count += 1
        if not self._ended:
            self._frames.append(frame)
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
