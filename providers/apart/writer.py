"""The other process: `python -m providers.apart.writer DESCRIPTOR OWNER`. It ends with the process that started it."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from contextlib import aclosing
from typing import Any

from providers.apart.frames import Alive, Ask, Drop, GetReady, Line, Over, Said
from providers.chain import cooked
from providers.errors import ProviderError, Unavailable
from vasdom.interpreter import settle
from vasdom.processes import die_with_parent

logger = logging.getLogger(__name__)
ALIVE_SECONDS = 1.0
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"


class Writer:
    """Answers whatever is asked, all at once, until the other end is gone."""

    def __init__(self) -> None:
        self._line = Line(self._take, self._leave)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._over = asyncio.Event()

    async def serve(self, ours: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self._line, sock=ours)
        while not self._over.is_set():
            self._line.send(Alive())
            try:
                async with asyncio.timeout(ALIVE_SECONDS):
                    await self._over.wait()
            except TimeoutError:
                continue

    def _take(self, frame: Any) -> None:
        match frame:
            case Ask() | GetReady():
                work = self._answer(frame) if isinstance(frame, Ask) else self._get_ready(frame)
                task = asyncio.create_task(self._done(frame.number, work))
                self._tasks[frame.number] = task
                task.add_done_callback(lambda _: self._tasks.pop(frame.number, None))
            case Drop():
                if (task := self._tasks.get(frame.number)) is not None:
                    task.cancel()

    def _leave(self) -> None:
        self._over.set()

    async def _done(self, number: int, work: Any) -> None:
        error: ProviderError | None = None
        try:
            await work
        except ProviderError as exc:
            error = exc
        except Exception as exc:  # one answer is fenced off from the others
            logger.exception("an answer could not be written")
            error = Unavailable("Ответ модели не получен", detail=type(exc).__name__, retryable=False)
        self._line.send(Over(number, error))

    async def _answer(self, ask: Ask) -> None:
        async with aclosing(cooked(ask.recipe).reply(ask.messages, ask.tools)) as answer:
            async for piece in answer:
                self._line.send(Said(ask.number, piece))

    async def _get_ready(self, wish: GetReady) -> None:
        await cooked(wish.recipe).ready()
        settle()


def main(descriptor: int, owner: int) -> None:
    die_with_parent(signal.SIGKILL, owner)
    logging.basicConfig(level=logging.WARNING, format=LOG_FORMAT)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)  # it ends when its owner does, whose last answers it may still be writing
    asyncio.run(Writer().serve(socket.socket(fileno=descriptor)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
