"""Conversations whose connection has gone and may come back: a reload of the page, a phone between two networks."""

from __future__ import annotations

import asyncio
from uuid import UUID

from voice.chat.talk import Talk

LINGER_SECONDS = 60.0


class Lingering:
    """Ends the calls of this process that nobody came back to.

    A process that dies first leaves them to the job for abandoned calls.
    """

    def __init__(self) -> None:
        self._closing: dict[UUID, asyncio.Task[None]] = {}

    def close_later(self, talk: Talk, *, lost: bool) -> None:
        call_id = talk.recorder.call_id
        self.keep(call_id)
        task = asyncio.create_task(self._close(talk, lost))
        self._closing[call_id] = task
        task.add_done_callback(lambda done: self._forget(call_id, done))

    def keep(self, call_id: UUID) -> None:
        """Somebody came back."""
        if (task := self._closing.pop(call_id, None)) is not None:
            task.cancel()

    def _forget(self, call_id: UUID, done: asyncio.Task[None]) -> None:
        if self._closing.get(call_id) is done:
            del self._closing[call_id]

    @staticmethod
    async def _close(talk: Talk, lost: bool) -> None:
        await asyncio.sleep(LINGER_SECONDS)
        await talk.close(lost=lost)


LINGERING = Lingering()
