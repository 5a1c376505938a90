"""A small server for Channels consumers in the process of the line, on its own event loop.

The site's server has a loop of its own; a call's audio must not change threads. Only websockets are served.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

Message = MutableMapping[str, Any]
Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
"""An ASGI 3 application."""

CLOSED_ABNORMALLY = 1006

log = logging.getLogger(__name__)


@asynccontextmanager
async def serving(application: Application, host: str, port: int) -> AsyncIterator[int]:
    """Serve until the block is left; gives the port, which is a free one where 0 was asked for.

    Raises:
        OSError: the port is taken.
    """

    async def handle(request: web.BaseRequest) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return web.Response(status=404)
        return await _Connection(request).run(application)

    server = web.Server(handle, access_log=None)
    runner = web.ServerRunner(server, shutdown_timeout=1.0)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


class _Connection:
    """One websocket between aiohttp and ASGI."""

    def __init__(self, request: web.BaseRequest) -> None:
        self._request = request
        self._socket: web.WebSocketResponse | None = None
        self._refused = False
        self._answered = asyncio.Event()
        self._inbox: asyncio.Queue[Message] = asyncio.Queue()

    async def run(self, application: Application) -> web.StreamResponse:
        self._inbox.put_nowait({"type": "websocket.connect"})
        consumer = asyncio.create_task(_call(application, self._scope(), self._inbox.get, self._send))
        answered = asyncio.create_task(self._answered.wait())
        await asyncio.wait([consumer, answered], return_when=asyncio.FIRST_COMPLETED)
        answered.cancel()
        if self._socket is None:
            consumer.cancel()
            await asyncio.wait([consumer])
            return web.Response(status=403)
        try:
            await self._read(self._socket)
        finally:
            code = self._socket.close_code or CLOSED_ABNORMALLY
            self._inbox.put_nowait({"type": "websocket.disconnect", "code": code})
        await consumer
        return self._socket

    async def _read(self, socket: web.WebSocketResponse) -> None:
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                self._inbox.put_nowait({"type": "websocket.receive", "text": message.data})
            elif message.type is WSMsgType.BINARY:
                self._inbox.put_nowait({"type": "websocket.receive", "bytes": message.data})

    async def _send(self, message: Message) -> None:
        match message["type"]:
            case "websocket.accept":
                protocol = message.get("subprotocol")
                socket = web.WebSocketResponse(protocols=[protocol] if protocol else [], max_msg_size=0)
                await socket.prepare(self._request)
                self._socket = socket
                self._answered.set()
            case "websocket.send" if self._socket is not None and not self._socket.closed:
                if message.get("bytes") is not None:
                    await self._socket.send_bytes(message["bytes"])
                else:
                    await self._socket.send_str(message["text"])
            case "websocket.close":
                if self._socket is not None:
                    await self._socket.close(code=message.get("code") or 1000)
                self._answered.set()

    def _scope(self) -> dict[str, Any]:
        request = self._request
        return {
            "type": "websocket",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "scheme": "ws",
            "path": request.path,
            "raw_path": request.raw_path.partition("?")[0].encode(),
            "query_string": request.query_string.encode(),
            "root_path": "",
            "headers": [(name.lower(), value) for name, value in request.raw_headers],
            "subprotocols": [
                item.strip() for item in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if item.strip()
            ],
            "client": (request.remote or "", 0),
            "server": None,
        }


async def _call(
    application: Application,
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    try:
        await application(scope, receive, send)
    except Exception:
        log.exception("the consumer of %s failed", scope["path"])
