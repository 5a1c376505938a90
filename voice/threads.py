"""Django's database from coroutines, several conversations at a time: in threads of this process, or in the process
beside it, whose interpreter nobody else waits for (docs/adr/0007)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from channels.db import database_sync_to_async
from django.conf import settings

from providers.apart import helper
from providers.apart.frames import Run
from providers.apart.helper import Gone

logger = logging.getLogger(__name__)
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


def begin_apart() -> None:
    """The running loop has a process beside from now on, for `apart` and for the models."""
    helper.begin(_beside())


def _beside() -> tuple[str, ...]:
    return str(settings.BASE_DIR / "manage.py"), "answer_apart"


async def apart(function: Callable[..., T], *args: Any, behind: bool = False, repeatable: bool = False) -> T:
    """The function's result, from the process beside where the running loop has begun one, else from a thread.

    Args:
        function: of a module; it and `args` go to the other process, and what they become there does not come back.
        behind: nobody waits for it.
        repeatable: it may be run here when the other process dies and perhaps has run it.

    Raises:
        Gone: the other process died, and it is not known whether it has run it.
    """
    if (kept := helper.keeper()) is not None and kept.program == _beside():
        try:
            found: T = await kept.helper.run(function, args, behind=behind)
            return found
        except Gone as exc:
            if exc.began and not repeatable:
                raise
            logger.warning("%s is run in this process: %s", function.__name__, exc.detail)
    result: T = await _by(behind)(function, *args)
    return result


async def run_for_owner(wish: Run) -> Any:
    """In the process beside: what its owner asked `apart` for."""
    return await _by(wish.behind)(wish.function, *wish.args)


def _by(is_behind: bool) -> Callable[..., Any]:
    return behind if is_behind else in_thread
