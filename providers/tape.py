"""The audio of one utterance, kept while it comes, so that more than one listener may hear it from its beginning."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from types import TracebackType


class Tape:
    """Records while it is open: `async with Tape(audio) as tape`. All of it belongs to one event loop.

    Attributes:
        ended_at: the loop's time at which the audio ended; None while it comes.
    """

    def __init__(self, audio: AsyncIterator[bytes]) -> None:
        self._audio = audio
        self._chunks: list[bytes] = []
        self._more = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.ended_at: float | None = None

    async def __aenter__(self) -> Tape:
        self._task = asyncio.create_task(self._record())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait([self._task])
            if not self._task.cancelled():
                self._task.exception()

    async def _record(self) -> None:
        try:
            async for chunk in self._audio:
                self._chunks.append(chunk)
                self._tell()
        finally:
            self.ended_at = asyncio.get_running_loop().time()
            self._tell()

    def _tell(self) -> None:
        self._more.set()
        self._more = asyncio.Event()

    async def replay(self) -> AsyncGenerator[bytes, None]:
        """From the beginning: at once what has come, then as it comes. Raises what the source raised."""
        place = 0
        while place < len(self._chunks) or self.ended_at is None:
            if place < len(self._chunks):
                fresh, place = self._chunks[place:], len(self._chunks)
                yield b"".join(fresh)
            else:
                await self._more.wait()
        if self._task is not None and self._task.done():
            self._task.result()

    async def ended(self) -> float:
        """Wait for the end of the audio; the loop's time of it."""
        while self.ended_at is None:
            await self._more.wait()
        return self.ended_at

    @property
    def pcm(self) -> bytes:
        """All that has come."""
        return b"".join(self._chunks)
