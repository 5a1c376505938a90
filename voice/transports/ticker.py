"""One clock for all calls of the process."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from voice.engine.ports import FRAME_SECONDS

log = logging.getLogger(__name__)

CATCH_UP_SLOTS = 3
"""Slots that are made up for when the loop was late; a longer hole is skipped, the far end has played silence."""


class Ticker:
    """Calls its members once for every slot of 20 ms, at absolute deadlines.

    A member is called with the number of the slot; the numbers follow the clock, so a skipped slot leaves a hole. The
    clock stands still while it has no members.
    """

    def __init__(self) -> None:
        self._members: dict[Callable[[int], None], None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._slot = 0

    def add(self, member: Callable[[int], None]) -> None:
        self._members[member] = None
        if self._timer is None:
            loop = asyncio.get_running_loop()
            self._slot = int(loop.time() / FRAME_SECONDS) + 1
            self._timer = loop.call_at(self._slot * FRAME_SECONDS, self._tick, loop)

    def remove(self, member: Callable[[int], None]) -> None:
        self._members.pop(member, None)
        if not self._members and self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        due = int(loop.time() / FRAME_SECONDS + 1e-6)
        self._slot = max(self._slot, due - CATCH_UP_SLOTS + 1)
        for slot in range(self._slot, due + 1):
            self._call_all(slot)
        self._slot = due + 1
        if self._members:
            self._timer = loop.call_at(self._slot * FRAME_SECONDS, self._tick, loop)

    def _call_all(self, slot: int) -> None:
        for member in list(self._members):
            try:
                member(slot)
            except Exception:
                log.exception("a call's clock failed; the others go on")
