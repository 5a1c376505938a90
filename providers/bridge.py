"""For callers without an event loop: one loop in a thread of its own, so that connections outlive a call.

`asyncio.run` and `async_to_sync` make a loop a call, and every call would connect anew.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from providers import registry
from providers.llm import Answer, Piece

T = TypeVar("T")

CLOSE_SECONDS = 2.0

_lock = threading.Lock()
_loops: dict[int, asyncio.AbstractEventLoop] = {}  # by process: a thread does not survive a fork


def call(work: Coroutine[Any, Any, T]) -> T:
    """The result of the coroutine, run on the shared loop. From any thread; not from a coroutine.

    A `KeyboardInterrupt`, or another error raised in this thread meanwhile, cancels the work.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        pass
    else:
        work.close()
        raise RuntimeError("bridge.call() would block the event loop: await the coroutine instead")
    future = asyncio.run_coroutine_threadsafe(work, _loop())
    try:
        return future.result()
    finally:
        future.cancel()


def pieces(answer: Answer) -> Iterator[Piece]:
    """An answer, piece by piece. Closing the iterator ends the request."""
    try:
        while (piece := call(_next(answer))) is not None:
            yield piece
    finally:
        call(answer.aclose())


async def _next(answer: Answer) -> Piece | None:
    return await anext(answer, None)


@atexit.register
def _end() -> None:
    loop = _loops.pop(os.getpid(), None)
    if loop is not None:
        asyncio.run_coroutine_threadsafe(registry.close(), loop).result(CLOSE_SECONDS)
        loop.call_soon_threadsafe(loop.stop)


def _loop() -> asyncio.AbstractEventLoop:
    with _lock:
        loop = _loops.get(os.getpid())
        if loop is None:
            loop = asyncio.new_event_loop()
            _loops[os.getpid()] = loop
            threading.Thread(target=loop.run_forever, name="providers", daemon=True).start()
        return loop
