"""The other process: `python -m providers.apart.writer DESCRIPTOR OWNER`. It ends with the process that started it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
import traceback
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any

from providers.apart.frames import Alive, Ask, Drop, GetReady, Line, Over, Run, Said, Wish
from providers.chain import cooked
from vasdom.env import Environment
from vasdom.errors import VasdomError
from vasdom.interpreter import settle
from vasdom.logs import MaskingFormatter
from vasdom.processes import die_with_parent

logger = logging.getLogger(__name__)
ALIVE_SECONDS = 1.0
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
Runner = Callable[[Run], Awaitable[Any]]


class NotReturned(Exception):
    """What a function returned or raised cannot cross between processes."""


class Writer:
    """Does whatever is wished, all at once, until the other end is gone.

    Args:
        run: calls functions, in threads of its own; without it none are called.
    """

    def __init__(self, run: Runner | None = None) -> None:
        self._run = run
        self._line = Line(self._take, self._leave)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._over = asyncio.Event()

    async def serve(self, ours: socket.socket) -> None:
        await asyncio.get_running_loop().create_connection(lambda: self._line, sock=ours)
        while not self._over.is_set():
            self._line.send(Alive())
            try:
                async with asyncio.timeout(ALIVE_SECONDS):
                    await self._over.wait()
            except TimeoutError:
                continue

    def _take(self, frame: Wish | Drop) -> None:
        if isinstance(frame, Drop):
            if (task := self._tasks.get(frame.number)) is not None:
                task.cancel()
            return
        task = self._tasks[frame.number] = asyncio.create_task(self._fulfil(frame))
        task.add_done_callback(lambda _: self._tasks.pop(frame.number, None))

    def _leave(self) -> None:
        self._over.set()

    async def _fulfil(self, wish: Wish) -> None:
        try:
            over = Over(wish.number, result=await self._done(wish))
        except Exception as exc:  # noqa: BLE001 - whoever wished it is told
            if not isinstance(exc, VasdomError):
                exc.add_note(traceback.format_exc())  # the traceback itself does not cross
            over = Over(wish.number, exc)
        try:
            self._line.send(over)
        except Exception as exc:  # of pickle: it may be anything
            logger.exception("a result cannot be sent")
            self._line.send(Over(wish.number, NotReturned(type(exc).__name__)))

    async def _done(self, wish: Wish) -> Any:
        match wish:
            case Ask():
                async with aclosing(cooked(wish.recipe).reply(wish.messages, wish.tools)) as answer:
                    async for piece in answer:
                        self._line.send(Said(wish.number, piece))
            case GetReady():
                await cooked(wish.recipe).ready()
                settle()
            case Run() if self._run is not None:
                return await self._run(wish)
            case _:
                raise NotReturned("this process calls no functions")
        return None


def main(descriptor: int, owner: int, run: Runner | None = None) -> None:
    die_with_parent(signal.SIGKILL, owner)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends when its owner does, whose last wishes it may be fulfilling
    asyncio.run(Writer(run).serve(socket.socket(fileno=descriptor)))


def log_without_secrets() -> None:
    """To the owner's stderr, masked as its own lines are."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter(LOG_FORMAT, Environment.load().secrets()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


if __name__ == "__main__":
    log_without_secrets()
    main(int(sys.argv[1]), int(sys.argv[2]))
