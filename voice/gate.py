"""Nothing that was begun on a guess may have an effect before the guess is confirmed."""

from __future__ import annotations

import asyncio


class NotConfirmed(Exception):
    """An effect was due, and the gate is shut: wait for it to open and begin again."""


class Gate:
    """Shut until `open`. `check` may be asked from any thread."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()

    def open(self) -> None:
        self._opened.set()

    @property
    def is_open(self) -> bool:
        return self._opened.is_set()

    def check(self) -> None:
        """Raises NotConfirmed while it is shut."""
        if not self.is_open:
            raise NotConfirmed

    async def opened(self) -> None:
        await self._opened.wait()


OPEN = Gate()
"""For a message that is certain from the beginning."""
OPEN.open()
