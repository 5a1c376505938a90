"""Our end: the other process of an event loop, started when it is needed and again when it has died."""

from __future__ import annotations

import asyncio
import itertools
import logging
import math
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Any

from providers.apart.frames import Ask, Drop, GetReady, Line, Over, Run, Said, Wish
from providers.chain import Recipe
from providers.errors import ProviderError, Unavailable
from providers.llm import Answer, Message, ToolSpec

logger = logging.getLogger(__name__)
PROGRAM = ("-m", "providers.apart.writer")
SILENT_SECONDS = 5.0
"""A process that has not been heard of for so long hangs."""
STARTING_SECONDS = 60.0
"""It has so long for its first word."""
RECIPES = 8
AGAIN_SECONDS = 5.0
"""One that dies at once is not started again and again: from one start to the next it takes so long at least."""


class Gone(Unavailable):
    """The other process died, hangs, or cannot be started. `began`: what was wished of it may have been done."""

    code = "provider_process"

    def __init__(self, detail: str, *, began: bool = False) -> None:
        super().__init__("Ответ модели прервался", detail=detail)
        self.began = began


class Helper:
    """One process and the line to it. Everything here belongs to one event loop.

    Args:
        program: arguments of Python; the descriptor of the line and our process id are added.
    """

    def __init__(self, program: Sequence[str] = PROGRAM) -> None:
        self._program = tuple(program)
        self._line = Line(self._take, self._lost)
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Queue[Said | Over]] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._heard_at = time.monotonic() + STARTING_SECONDS
        self.is_gone = False

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Raises Gone."""
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, *self._program, str(theirs.fileno()), str(os.getpid())],
                    stdin=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # a Ctrl-C of the terminal is for its owner
                )
            await asyncio.get_running_loop().create_connection(lambda: self._line, sock=ours)
        except OSError as exc:
            ours.close()
            self.is_gone = True
            raise Gone(f"not started: {exc}") from exc

    def ask(self, recipe: Recipe, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Answer:
        """The pieces of one answer. Closing it ends the request there.

        Raises, while iterated:
            ProviderError: what the answer ended with; Gone when the process did.
        """
        return self._pieces(Ask(next(self._numbers), recipe, tuple(messages), tuple(tools)))

    async def get_ready(self, recipe: Recipe) -> None:
        """Raises ProviderError, Gone."""
        await self._result(GetReady(next(self._numbers), recipe))

    async def run(self, function: Callable[..., Any], args: Sequence[Any], *, behind: bool) -> Any:
        """What the function returns there. Raises what it raises there; Gone."""
        return await self._result(Run(next(self._numbers), function, tuple(args), behind))

    def close(self) -> None:
        self._line.close()
        self.kill()
        for number, frames in self._waiting.items():
            frames.put_nowait(Over(number, Gone("died", began=True)))

    def kill(self) -> None:
        self.is_gone = True
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    async def _pieces(self, wish: Ask) -> Answer:
        async with aclosing(self._frames(wish)) as frames:
            async for frame in frames:
                if isinstance(frame, Said):
                    yield frame.piece

    async def _result(self, wish: GetReady | Run) -> Any:
        result = None
        async with aclosing(self._frames(wish)) as frames:
            async for frame in frames:
                result = frame.result if isinstance(frame, Over) else None
        return result

    async def _frames(self, wish: Wish) -> AsyncGenerator[Said | Over, None]:
        """To the `Over`. Raises its error."""
        if self.is_gone:
            raise Gone("gone before it was asked")
        frames = self._waiting[wish.number] = asyncio.Queue[Said | Over]()
        is_over = False
        try:
            self._line.send(wish)
            while not is_over:
                frame = await self._next(frames)
                is_over = isinstance(frame, Over)
                if isinstance(frame, Over) and frame.error is not None:
                    raise frame.error
                yield frame
        finally:
            del self._waiting[wish.number]
            if not is_over and not self.is_gone:
                self._line.send(Drop(wish.number))

    async def _next(self, frames: asyncio.Queue[Said | Over]) -> Said | Over:
        while frames.empty():
            try:
                async with asyncio.timeout(SILENT_SECONDS):
                    return await frames.get()
            except TimeoutError:
                if time.monotonic() - self._heard_at > SILENT_SECONDS:
                    logger.warning("the process beside hangs, it is killed")
                    self.close()
        return frames.get_nowait()

    def _take(self, frame: Any) -> None:
        self._heard_at = time.monotonic()
        if (frames := self._waiting.get(getattr(frame, "number", 0))) is not None:
            frames.put_nowait(frame)

    def _lost(self) -> None:
        if not self.is_gone:
            logger.warning("the process beside is gone")
            self.close()


class Keeper:
    """Has a helper running for one event loop. Until it is ready, and while it is being started anew, there is none."""

    def __init__(self, program: Sequence[str]) -> None:
        self.program = tuple(program)
        self._recipes: dict[Recipe, None] = {}
        self._helper: Helper | None = None
        self._starting: asyncio.Task[None] | None = None
        self._started_at = -math.inf

    @property
    def helper(self) -> Helper:
        """Raises Gone; one is being started then."""
        if self._helper is None or self._helper.is_gone:
            self._begin()
            raise Gone("it is not there yet, or no more")
        return self._helper

    async def get_ready(self, recipe: Recipe) -> None:
        """Return when this recipe's models are asked there without delay; also after a new start.

        Raises:
            Gone: it does not come up.
        """
        self._recipes[recipe] = None
        while len(self._recipes) > RECIPES:
            del self._recipes[next(iter(self._recipes))]
        if self._helper is not None and not self._helper.is_gone:
            await self._helper.get_ready(recipe)
            return
        self._begin()
        if self._starting is not None:
            await asyncio.wait({self._starting})
        if self._helper is None or self._helper.is_gone:
            raise Gone("it does not come up")

    def close(self) -> None:
        if self._starting is not None:
            self._starting.cancel()
        if self._helper is not None:
            self._helper.close()

    def kill(self) -> None:
        """When the loop itself is closed."""
        if self._helper is not None:
            self._helper.kill()

    def _begin(self) -> None:
        is_starting = self._starting is not None and not self._starting.done()
        if is_starting or time.monotonic() - self._started_at < AGAIN_SECONDS:
            return
        self._started_at = time.monotonic()
        self._starting = asyncio.create_task(self._start(), name="a process beside")

    async def _start(self) -> None:
        fresh = Helper(self.program)
        try:
            await fresh.start()
            for recipe in tuple(self._recipes):
                await fresh.get_ready(recipe)
        except ProviderError as exc:
            logger.warning("the process beside does not come up: %s", exc.detail)
            fresh.close()
        except BaseException:
            fresh.close()
            raise
        else:
            self._helper = fresh


_keepers: dict[asyncio.AbstractEventLoop, Keeper] = {}


def begin(program: Sequence[str] = PROGRAM) -> Keeper:
    """From now on the running loop has a process beside, which is started when something is first wished of it."""
    for over in [loop for loop in _keepers if loop.is_closed()]:
        _keepers.pop(over).kill()
    return _keepers.setdefault(asyncio.get_running_loop(), Keeper(program))


def keeper() -> Keeper | None:
    """The running loop's, if it has begun."""
    return _keepers.get(asyncio.get_running_loop())


async def close() -> None:
    """End the running loop's process beside; from now on the loop does everything itself."""
    if (kept := _keepers.pop(asyncio.get_running_loop(), None)) is not None:
        kept.close()
