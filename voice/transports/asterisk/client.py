"""aioari made fit for a service that runs for months: what it lacks is added by subclasses.

- The password goes into a header, not into addresses, and may hold any character.
- Requests end after a few seconds; idle connections are closed before Asterisk closes them (it does after 15 s).
- A websocket that stands still is noticed by its heartbeat.
- Events never wait for a handler: what a handler awaits runs in a task of its own.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import Callable
from typing import Any

import aiohttp
from aioari.client import Client
from aioswagger11.http_client import AsynchronousHttpClient

from voice.transports.errors import LineRefused

log = logging.getLogger(__name__)
logging.getLogger("aioari.model").setLevel(logging.WARNING)  # it tells of every answer without a class of its own

REQUEST_SECONDS = 5.0
KEEP_ALIVE_SECONDS = 10.0
HEARTBEAT_SECONDS = 5.0
CLOSE_SECONDS = 2.0

Event = dict[str, Any]


class ApplicationReplaced(LineRefused):
    """Another connection took the application's name: Asterisk goes on as if we were there, and tells us nothing."""

    def __init__(self, app: str) -> None:
        super().__init__(
            f"Приложение ARI «{app}» занял другой процесс: у каждого процесса должно быть своё имя ARI_APP."
        )


class HttpClient(AsynchronousHttpClient):  # type: ignore[misc]
    """The HTTP side: one session for requests and for the events."""

    def __init__(self, user: str, password: str) -> None:
        self.authenticator = None
        self.websockets: set[aiohttp.ClientWebSocketResponse] = set()
        credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
        self.session = aiohttp.ClientSession(
            headers={"Authorization": f"Basic {credentials}"},
            timeout=aiohttp.ClientTimeout(total=REQUEST_SECONDS),
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEP_ALIVE_SECONDS),
        )

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        fit = {name: _query_value(value) for name, value in (params or {}).items()}
        return await super().request(method, url, fit, data, headers)

    async def ws_connect(self, url: str, params: dict[str, Any] | None = None) -> aiohttp.ClientWebSocketResponse:
        fit = {name: _query_value(value) for name, value in (params or {}).items()}
        return await self.session.ws_connect(
            url,
            params=fit,
            heartbeat=HEARTBEAT_SECONDS,
            max_msg_size=0,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_SECONDS),
        )


def _query_value(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


class AriClient(Client):  # type: ignore[misc]
    """The swagger-described ARI, and its events for one listener.

    Args:
        server: `http://127.0.0.1:8088`.
        on_event: called with each event as it stands on the wire, in their order; must return at once. What it raises
            is logged.
    """

    def __init__(self, server: str, http: HttpClient, on_event: Callable[[Event], None]) -> None:
        super().__init__(f"{server}/", http)
        self._server = server
        self._http = http
        self._on_event = on_event

    async def init(self) -> None:
        """Read what this Asterisk offers. Raises aiohttp's errors."""
        await super().init()
        for resource in self.swagger.resources.values():
            for operation in resource.operations.values():
                # Asterisk names itself by its own idea of its address, which a proxy or a tunnel may not share.
                operation.uri = f"{self._server}/ari{operation.uri.partition('/ari')[2]}"

    async def events(self, app: str, on_open: Callable[[], None]) -> None:
        """Hear the application's events until the connection ends. Raises ApplicationReplaced."""
        websocket = await self.swagger.events.eventWebsocket(app=app, subscribeAll=False)
        try:
            on_open()
            async for message in websocket:
                if message.type is aiohttp.WSMsgType.TEXT:
                    event = json.loads(message.data)
                    if event["type"] == "ApplicationReplaced":
                        raise ApplicationReplaced(app)
                    await self.process_ws(event)
        finally:
            await websocket.close()

    async def process_ws(self, msg: Event) -> None:
        try:
            self._on_event(msg)
        except Exception:
            log.exception("an ARI event was not understood: %s", msg.get("type"))

    async def close(self) -> None:
        await self._http.close()
        await asyncio.sleep(0)
