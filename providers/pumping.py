"""Work that runs in a task of its own and hands over what it makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def pumped(work: Callable[[Callable[[T], None]], Coroutine[Any, Any, None]]) -> AsyncGenerator[T, None]:
    """What `work` puts, in its order, then what it raised.

    A slow reader does not slow the work down, so its deadlines measure the vendor alone. Closing this generator
    cancels the work at its innermost wait and waits until it has let go of its request.
    """
    items: asyncio.Queue[T | None] = asyncio.Queue()
    task = asyncio.create_task(work(items.put_nowait))
    task.add_done_callback(lambda _: items.put_nowait(None))
    try:
        while (item := await items.get()) is not None:
            yield item
        await task
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled():
            task.exception()  # looked at, so that asyncio does not report it as never retrieved
