"""Where Asterisk connects for the audio of a call: `ws://…/asterisk/media/`."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any

from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import URLPattern, path

from voice.transports.websocket import SUBPROTOCOL, WebsocketTransport, awaited

if TYPE_CHECKING:
    from asgiref.typing import WebSocketDisconnectEvent

MEDIA_PATH = "asterisk/media/"


class MediaConsumer(AsyncWebsocketConsumer):
    """Asterisk's connection for one call; anybody without the call's secret is turned away.

    A frame comes every 20 ms. Channels would send each through the thread that looks after database connections, where
    it waits behind whatever blocks there; this consumer has no database.
    """

    channel_layer_alias = "none"  # a call's audio does not depend on Redis

    _transport: WebsocketTransport | None = None
    _writer: asyncio.Task[None] | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        await getattr(self, get_handler_name(message))(message)

    async def websocket_disconnect(self, message: WebSocketDisconnectEvent) -> None:
        await self.disconnect(message["code"])
        raise StopConsumer

    async def connect(self) -> None:
        # Asterisk 22.10 appends the parameter twice: "call=…?call=…".
        found = re.match(rb"call=([\w-]+)", self.scope["query_string"])
        self._transport = awaited.pop(found[1].decode(), None) if found else None
        if self._transport is None:
            await self.close()
            return
        await self.accept(SUBPROTOCOL)
        self._writer = asyncio.create_task(self._write(self._transport))
        self._transport.open()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self._transport is not None:
            message = text_data if bytes_data is None else bytes_data
            self._transport.received(message or "{}")

    async def disconnect(self, code: int) -> None:
        if self._writer is not None:
            self._writer.cancel()
        if self._transport is not None:
            self._transport.gone()

    async def _write(self, transport: WebsocketTransport) -> None:
        async def send(message: str | bytes) -> None:
            if isinstance(message, bytes):
                await self.send(bytes_data=message)
            else:
                await self.send(text_data=message)

        await transport.write(send)
        await self.close()


def routes() -> list[URLPattern]:
    """For a Channels `URLRouter` of the process that holds the line."""
    return [path(MEDIA_PATH, MediaConsumer.as_asgi())]  # type: ignore[arg-type]
