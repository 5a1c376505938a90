"""One log line for a request: method, path, status, time; never the query string, which holds phones and questions."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import quote

logger = logging.getLogger("vasdom.access")
Event = Mapping[str, Any]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Any, Any, Send], Awaitable[None]]
QUIET_PATHS = ("/static/", "/healthz", "/readyz")


class AccessLog:
    """ASGI middleware for the "http" protocol."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Send) -> None:
        started = time.perf_counter()
        status: list[Any] = []

        async def watch(event: Event) -> None:
            if event["type"] == "http.response.start":
                status.append(event["status"])
            await send(event)

        try:
            await self._application(scope, receive, watch)
        finally:
            _write(scope, status[0] if status else "aborted", (time.perf_counter() - started) * 1000)


def _write(scope: Mapping[str, Any], status: int | str, milliseconds: float) -> None:
    level = logging.DEBUG if scope["path"].startswith(QUIET_PATHS) and status == 200 else logging.INFO
    # Quoted, so that a line break in a path cannot forge a second line.
    logger.log(level, "%s %s %s %.0f ms", scope["method"], quote(scope["path"]), status, milliseconds)
