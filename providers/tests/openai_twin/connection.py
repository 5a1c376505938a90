"""Just enough of HTTP/1.1 on a connection that knows when its client has gone."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from dataclasses import dataclass

REASONS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 404: "Not Found", 429: "Too Many Requests"}


class Gone(Exception):
    """The client closed the connection."""


@dataclass(frozen=True)
class Head:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


class Protocol(asyncio.StreamReaderProtocol):
    """Sets `gone` as soon as the client hangs up, whatever is being waited for."""

    def __init__(self, handle: object, loop: asyncio.AbstractEventLoop) -> None:
        self.gone = asyncio.Event()
        super().__init__(asyncio.StreamReader(loop=loop), self._accepted, loop=loop)
        self._handle = handle

    async def _accepted(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._handle(Connection(reader, writer, self.gone))  # type: ignore[operator]

    def eof_received(self) -> bool:
        self.gone.set()
        return bool(super().eof_received())

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone.set()
        super().connection_lost(exc)


class Connection:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gone: asyncio.Event) -> None:
        self._reader, self._writer, self._gone = reader, writer, gone
        self._drip_seconds = 0.0

    async def head(self) -> Head | None:
        """The next request; None at the end of the connection."""
        try:
            lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            body = await self._reader.readexactly(int(headers.get("content-length", 0)))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        method, path, _ = lines[0].split(" ", 2)
        return Head(method, path, headers, body)

    async def pause(self, seconds: float) -> None:
        """Raises Gone as soon as the client hangs up."""
        if seconds > 0:
            try:
                await asyncio.wait_for(self._gone.wait(), seconds)
            except TimeoutError:
                return
        if self._gone.is_set():
            raise Gone

    def drip(self, seconds: float) -> None:
        """From now on every byte is sent alone, so long after the one before."""
        self._drip_seconds = seconds

    async def write(self, data: bytes) -> None:
        if self._gone.is_set():
            raise Gone
        try:
            for part in (bytes([byte]) for byte in data) if self._drip_seconds else (data,):
                self._writer.write(part)
                await self._writer.drain()
                await self.pause(self._drip_seconds)
        except ConnectionError as exc:
            raise Gone from exc

    async def send(self, status: int, body: object, headers: dict[str, str] | None = None, kind: str = "") -> None:
        """A whole answer; a body that is no bytes goes as JSON."""
        data = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        wanted = {"content-type": kind or "application/json", "content-length": str(len(data)), **(headers or {})}
        await self.write(_head(status, wanted) + data)

    async def begin_stream(self, kind: str = "text/event-stream; charset=utf-8") -> None:
        wanted = {"content-type": kind, "transfer-encoding": "chunked"}
        await self.write(_head(200, wanted))

    async def part(self, data: bytes) -> None:
        await self.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    async def end_stream(self) -> None:
        await self.write(b"0\r\n\r\n")

    def reset(self) -> None:
        """Hang up rudely: the client sees a connection reset."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    def close(self) -> None:
        self._writer.close()


def _head(status: int, headers: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} {REASONS.get(status, 'Error')}",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
