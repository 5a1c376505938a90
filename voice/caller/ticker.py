"""One clock for all calls of a process: every call gets its tick each 20 ms, on absolute deadlines.

One timer for all is what makes fifty callers cheap. The 20 ms are split into a few slots and the calls spread over
them, as the calls of real people are: fifty packets in one burst would be a load of a kind that no line sees.
"""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Callable

from voice.caller.rtp import FRAME_SECONDS

SLOTS = 4
SLOT_SECONDS = FRAME_SECONDS / SLOTS
CATCH_UP_SLOTS = 3 * SLOTS
"""A loop that stood still longer than this (60 ms) skips what it missed instead of sending a burst."""

Tick = Callable[[float], None]
"""Called with the moment at which it was due, in seconds of the event loop's clock."""


class Ticker:
    """Runs as long as somebody is on it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._slots: list[list[Tick]] = [[] for _ in range(SLOTS)]
        self._turn = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, tick: Tick) -> None:
        min(self._slots, key=len).append(tick)
        if self._timer is None:
            self._due = self._loop.time()
            self._timer = self._loop.call_at(self._due, self._run)

    def remove(self, tick: Tick) -> None:
        for slot in self._slots:
            if tick in slot:
                slot.remove(tick)
        if self._timer is not None and not any(self._slots):
            self._timer.cancel()
            self._timer = None

    def _run(self) -> None:
        late = int((self._loop.time() - self._due) / SLOT_SECONDS)
        if late > CATCH_UP_SLOTS:
            self._due += late * SLOT_SECONDS
            self._turn += late
        while self._due <= self._loop.time():
            for tick in tuple(self._slots[self._turn % SLOTS]):
                tick(self._due)
            self._turn += 1
            self._due += SLOT_SECONDS
        if self._timer is not None:
            self._timer.cancel()  # of a tick that took the last call off and put another on
            self._timer = self._loop.call_at(self._due, self._run)


_tickers: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Ticker] = weakref.WeakKeyDictionary()


def ticker() -> Ticker:
    """The running loop's own."""
    loop = asyncio.get_running_loop()
    found = _tickers.get(loop)
    if found is None:
        found = _tickers[loop] = Ticker(loop)
    return found
