"""chan_websocket: Asterisk's media websockets, A-law, JSON control. Asterisk owns the clock by which we are heard.

Two forms: it connects to us (`LineConfig.websocket_client` names a section of its websocket_client.conf, whose `uri`
leads to `voice.transports.consumers.routes()`), or we connect to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import secrets
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp

from voice.engine.ports import FRAME_BYTES, SILENCE
from voice.transports.asterisk.versions import websocket_warnings
from voice.transports.errors import LineError
from voice.transports.listening import Listening
from voice.transports.media import ExternalMedia, MediaConfig, MediaTransport
from voice.transports.ticker import Ticker

log = logging.getLogger(__name__)

LEAD_FRAMES = 50
"""How far ahead of the caller's ear Asterisk is fed: a second, in which our process may stand still."""
LOW_FRAMES = 2
"""With less than this before it runs dry, Asterisk gets the last, incomplete frame too, filled up."""
MARK_FRAMES = 5
"""After so many frames Asterisk is asked to say when it gets there."""
MARK_TOLERANCE_FRAMES = 1
UNSENT = 100
"""With so many messages not yet sent Asterisk does not read: nothing is added."""
CONNECT_SECONDS = 3.0
SUBPROTOCOL = "media"

Send = Callable[[str | bytes], Awaitable[None]]


class WebsocketTransport:
    """One call's audio. What sounds is estimated by our clock and corrected by Asterisk's marks."""

    def __init__(self, ticker: Ticker) -> None:
        self.on_heard: Callable[[bytes], None] | None = None
        self.on_gone: Callable[[], None] | None = None
        self.heard_bytes = 0
        self.connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ticker = ticker
        self._loop = asyncio.get_running_loop()
        self._listening = Listening()
        self._outbox: asyncio.Queue[str | bytes | None] = asyncio.Queue()
        self._queue = bytearray()
        self._ahead: deque[tuple[bytes, int]] = deque()
        self._ahead_bytes = 0
        self._sent_frames = 0
        self._heard_frames = 0
        self._too_fast = 0
        self._flushes = 0
        self._paused = False
        self._full = False
        self._ended = False
        self._sounding = False
        self._waiting: list[asyncio.Future[None]] = []

    # --- the port

    def frames(self) -> AsyncIterator[bytes]:
        return self._listening.frames()

    @property
    def queued_bytes(self) -> int:
        return len(self._queue) + self._ahead_bytes

    def play(self, alaw: bytes) -> None:
        if not self._ended:
            self._queue += alaw
            self._feed()

    def pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._command("PAUSE_MEDIA")

    def resume(self) -> None:
        if self._paused:
            self._paused = False
            self._command("CONTINUE_MEDIA")

    def flush(self) -> None:
        self._queue.clear()
        self._flushes += 1
        if self._ahead or self._paused:
            self._command("FLUSH_MEDIA")
        self._ahead.clear()
        self._ahead_bytes = 0
        self._sent_frames = self._heard_frames
        self._too_fast = 0
        self._sounding = False
        self.resume()
        self._release()

    async def drained(self) -> None:
        while self._queue or self._ahead or self._sounding:
            waiter = self._loop.create_future()
            self._waiting.append(waiter)
            await waiter

    def end(self) -> None:
        if self._ended:
            return
        self._queue.clear()
        self._ahead.clear()
        self._ahead_bytes = 0
        self._ended = True
        self._sounding = False
        self._ticker.remove(self._tick)
        self._listening.end()
        self._outbox.put_nowait(None)
        self._release()

    # --- the connection, whoever made it

    def open(self) -> None:
        if self._ended:
            return
        if not self.connected.done():
            self.connected.set_result(None)
        self._listening.begin(self._loop.time())
        self._ticker.add(self._tick)

    async def write(self, send: Send) -> None:
        """Send what there is to send, until the end."""
        while (message := await self._outbox.get()) is not None:
            await send(message)

    def received(self, message: str | bytes) -> None:
        if isinstance(message, bytes):
            now = self._loop.time()
            for start in range(0, len(message) - FRAME_BYTES + 1, FRAME_BYTES):
                self._listening.arrived(message[start : start + FRAME_BYTES], now)
            return
        event = json.loads(message)
        match event.get("event"):
            case "MEDIA_XOFF":
                self._full = True
            case "MEDIA_XON":
                self._full = False
                self._feed()
            case "MEDIA_MARK_PROCESSED":
                self._marked(event["correlation_id"])

    def gone(self) -> None:
        """The far side closed."""
        if not self.connected.done():
            self.connected.set_exception(LineError("Asterisk закрыл звук звонка."))
        if not self._ended and self.on_gone is not None:
            self.on_gone()

    # --- out

    def _command(self, name: str, **parameters: str) -> None:
        if not self._ended:
            self._outbox.put_nowait(json.dumps({"command": name, **parameters}))

    def _feed(self) -> None:
        """Send whole frames up to the lead, marks between them."""
        while self._queue and not self._full and len(self._ahead) < LEAD_FRAMES and self._outbox.qsize() < UNSENT:
            count = min(len(self._queue) // FRAME_BYTES, LEAD_FRAMES - len(self._ahead), MARK_FRAMES)
            if count:
                self._send_frames(bytes(self._queue[: count * FRAME_BYTES]), count)
                del self._queue[: count * FRAME_BYTES]
            elif len(self._ahead) < LOW_FRAMES:
                self._send_frames(bytes(self._queue), 1)
                self._queue.clear()
            else:
                return

    def _send_frames(self, audio: bytes, count: int) -> None:
        self._outbox.put_nowait(audio.ljust(count * FRAME_BYTES, SILENCE))
        for start in range(0, len(audio), FRAME_BYTES):
            frame = audio[start : start + FRAME_BYTES]
            self._ahead.append((frame.ljust(FRAME_BYTES, SILENCE), len(frame)))
        self._ahead_bytes += len(audio)
        self._sent_frames += count
        self._command("MARK_MEDIA", correlation_id=f"{self._flushes}:{self._sent_frames}")

    # --- what sounds

    def _tick(self, _slot: int) -> None:
        self._listening.tick(self._loop.time())
        if self._paused:
            return
        if self._too_fast:
            self._too_fast -= 1
        elif self._ahead:
            self._sound()
        else:
            self._sounding = False
            if not self._queue:
                self._release()
        self._feed()

    def _sound(self) -> None:
        frame, count = self._ahead.popleft()
        self._ahead_bytes -= count
        self._heard_frames += 1
        self.heard_bytes += count
        self._sounding = True
        if self.on_heard is not None:
            self.on_heard(frame)

    def _marked(self, mark: str) -> None:
        """Asterisk has sounded so many frames: believe it rather than our clock."""
        flushes, _, frames = mark.partition(":")
        if int(flushes) != self._flushes:
            return
        while self._heard_frames < int(frames) and self._ahead:
            self._sound()
        self._too_fast = max(0, self._heard_frames - int(frames) - MARK_TOLERANCE_FRAMES)

    def _release(self) -> None:
        waiting, self._waiting = self._waiting, []
        for waiter in waiting:
            if not waiter.done():
                waiter.set_result(None)


awaited: dict[str, WebsocketTransport] = {}
"""Calls for which Asterisk is to connect, by the secret that it must bring."""


class WebsocketMedia:
    """A websocket for every call."""

    modules = ("chan_websocket.so",)

    def __init__(self, config: MediaConfig) -> None:
        self._server = config.server
        self._section = config.websocket_client
        self._ticker = Ticker()
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        self._connections: set[asyncio.Task[None]] = set()

    def warnings(self, version: str) -> list[str]:
        return websocket_warnings(version)

    async def open(self, ask: ExternalMedia) -> MediaTransport:
        transport = WebsocketTransport(self._ticker)
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await (self._await_asterisk if self._section else self._connect)(ask, transport)
        except BaseException as exc:
            transport.end()
            if isinstance(exc, TimeoutError | aiohttp.ClientError | OSError):
                raise LineError("Asterisk не открыл звук звонка.") from exc
            raise
        return transport

    async def close(self) -> None:
        for connection in self._connections:
            connection.cancel()
        await self._session.close()

    async def _await_asterisk(self, ask: ExternalMedia, transport: WebsocketTransport) -> None:
        secret = secrets.token_urlsafe(24)
        awaited[secret] = transport
        try:
            await ask(
                external_host=self._section,
                connection_type="client",
                transport_data=f"f(json)v(call={secret})",
                **_FORMAT,
            )
            await transport.connected
        finally:
            awaited.pop(secret, None)

    async def _connect(self, ask: ExternalMedia, transport: WebsocketTransport) -> None:
        channel = await ask(external_host="INCOMING", connection_type="server", transport_data="f(json)", **_FORMAT)
        connection = channel["channelvars"]["MEDIA_WEBSOCKET_CONNECTION_ID"]
        address = f"{self._server.replace('http', 'ws', 1)}/media/{connection}"
        websocket = await self._session.ws_connect(address, protocols=(SUBPROTOCOL,), max_msg_size=0)
        transport.open()
        task = asyncio.create_task(_converse(websocket, transport))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)


_FORMAT: dict[str, str] = {"transport": "websocket", "encapsulation": "none", "format": "alaw"}


async def _converse(websocket: aiohttp.ClientWebSocketResponse, transport: WebsocketTransport) -> None:
    """Both directions of a connection of ours, until either side closes."""

    async def send(message: str | bytes) -> None:
        with contextlib.suppress(ConnectionError):  # the reader sees the end
            await (websocket.send_bytes(message) if isinstance(message, bytes) else websocket.send_str(message))

    async def write() -> None:
        await transport.write(send)
        await websocket.close()

    writer = asyncio.create_task(write())
    try:
        async for message in websocket:
            if message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}:
                transport.received(message.data)
    finally:
        writer.cancel()
        transport.gone()
