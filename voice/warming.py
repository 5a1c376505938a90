"""A web process gets ready to answer before anybody asks: libraries, connections' settings, the active revision.

LangChain alone takes a second or two to import. It is imported in a thread once the process serves its first page,
health check or socket, so that neither its start nor its first answer waits for that.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from knowledge.embedding import be_ready
from voice import brain
from voice.pondering import rehearse
from voice.snapshot import active_settings
from voice.threads import in_thread

Application = Callable[[Any, Any, Any], Awaitable[None]]
logger = logging.getLogger(__name__)
SERVED = ("http", "websocket")


class Warming:
    """An ASGI application that gets the assistant ready beside the first request or socket."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._task is None and scope["type"] in SERVED:
            self._task = asyncio.create_task(warm_up())
        await self._application(scope, receive, send)


async def warm_up() -> None:
    """All that the first answer would wait for. What fails here is logged, and met again by the first answer."""
    try:
        call = await in_thread(active_settings)
        await brain.language_model(call).ready()
        await in_thread(be_ready)
        await in_thread(rehearse)
    except Exception:  # the site serves pages whether the assistant is ready or not
        logger.exception("the assistant did not get ready early")
