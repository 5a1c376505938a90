"""Django's database from coroutines, several conversations at a time."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from channels.db import database_sync_to_async

# Each thread holds a database connection while it works; the pool has twelve, which pages need as well. And all share
# one interpreter with the event loop: more of them only keep it waiting.
THREADS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="assistant")
# What nobody waits for has threads of its own: an answer does not queue behind the log.
BEHIND = ThreadPoolExecutor(max_workers=2, thread_name_prefix="assistant-behind")

P = ParamSpec("P")
T = TypeVar("T")


async def in_thread(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """The function's result; its thread gives the connection back afterwards."""
    call = database_sync_to_async(function, thread_sensitive=False, executor=THREADS)
    return await call(*args, **kwargs)


async def behind(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Like `in_thread`, for what nobody waits for: the log, who is calling."""
    call = database_sync_to_async(function, thread_sensitive=False, executor=BEHIND)
    return await call(*args, **kwargs)
