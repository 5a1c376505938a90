"""Packets of many calls, taken a few at a time.

Fifty calls bring 2,500 packets a second, each at its own moment. To wake the event loop for every one of them costs
more than to look at it. So after a look nobody is listened to for a few milliseconds, and what has come meanwhile is
taken together. With one call every packet is taken at once, since the next is 20 ms away.
"""

from __future__ import annotations

import asyncio
import select
import socket
from collections.abc import Callable

REST_SECONDS = 0.004
MOST_LOOKS = 64


class Gathering:
    """Calls the readers of the sockets that have something to read; each takes one packet."""

    def __init__(self) -> None:
        self._ready = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        self._resting: asyncio.TimerHandle | None = None

    def add(self, bound: socket.socket, reader: Callable[[], None]) -> None:
        if not self._readers:
            self._listen()
        self._readers[bound.fileno()] = reader
        self._ready.register(bound, select.EPOLLIN)

    def remove(self, bound: socket.socket) -> None:
        """Before it is closed."""
        if self._readers.pop(bound.fileno(), None) is None:
            return
        self._ready.unregister(bound)
        if not self._readers:
            self._stop()

    def _listen(self) -> None:
        self._resting = None
        asyncio.get_running_loop().add_reader(self._ready, self._gather)

    def _stop(self) -> None:
        if self._resting is None:
            asyncio.get_running_loop().remove_reader(self._ready)
        else:
            self._resting.cancel()
            self._resting = None

    def _gather(self) -> None:
        """All that waits: a loop that was late must not stay late."""
        for _ in range(MOST_LOOKS):
            if not (ready := self._ready.poll(0)):
                break
            for number, _ in ready:
                if (reader := self._readers.get(number)) is not None:
                    reader()
        if self._readers:
            loop = asyncio.get_running_loop()
            loop.remove_reader(self._ready)
            self._resting = loop.call_later(REST_SECONDS, self._listen)
