"""Kept-alive connections: one gRPC channel an endpoint, one HTTP session, each of one event loop."""

from __future__ import annotations

import asyncio
import atexit
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from providers.yandex.config import ENDPOINT

if TYPE_CHECKING:
    import aiohttp

KEEPALIVE_MS, KEEPALIVE_TIMEOUT_MS = 30_000, 5_000
RECONNECT_MS, LONGEST_RECONNECT_MS = 100, 5_000
CONNECT_SECONDS = 3.0
IDLE_SECONDS = 60.0
LAST_RESORT_SECONDS = 120.0  # speech_deadlines.py bounds every wait; this is for what it might miss


@dataclass
class Clients:
    """The connections of one loop."""

    channels: dict[str, Any] = field(default_factory=dict)
    session: aiohttp.ClientSession | None = None


_clients: dict[asyncio.AbstractEventLoop, Clients] = {}
_lock = threading.Lock()


def channel(endpoint: str) -> Any:
    """The running loop's channel to this endpoint. It connects by itself, and again when the connection is lost."""
    channels = _of_this_loop().channels
    if endpoint not in channels:
        channels[endpoint] = _open(endpoint)
    return channels[endpoint]


def session() -> aiohttp.ClientSession:
    """The running loop's HTTP connections."""
    import aiohttp

    clients = _of_this_loop()
    if clients.session is None:
        timeout = aiohttp.ClientTimeout(total=LAST_RESORT_SECONDS, sock_connect=CONNECT_SECONDS)
        clients.session = aiohttp.ClientSession(
            timeout=timeout, connector=aiohttp.TCPConnector(limit=200, keepalive_timeout=IDLE_SECONDS)
        )
    return clients.session


async def close() -> None:
    """Close the connections of the running loop; the next request opens new ones."""
    with _lock:
        clients = _clients.pop(asyncio.get_running_loop(), Clients())
    for each in clients.channels.values():
        await each.close()
    if clients.session is not None:
        await clients.session.close()


def _of_this_loop() -> Clients:
    loop = asyncio.get_running_loop()
    with _lock:
        if loop not in _clients:
            for over in [each for each in _clients if each.is_closed()]:
                _forget(_clients.pop(over))
            _clients[loop] = Clients()
        return _clients[loop]


@atexit.register
def _forget_all() -> None:
    for clients in _clients.values():
        _forget(clients)


def _forget(clients: Clients) -> None:
    """Of a loop that is closed: nothing can be awaited there any more."""
    if clients.session is not None and clients.session.connector is not None:
        clients.session.connector._close()  # else aiohttp reports it as forgotten
        clients.session.detach()


def _open(endpoint: str) -> Any:
    import grpc

    match = ENDPOINT.fullmatch(endpoint)
    assert match is not None  # the config has checked it
    options: list[tuple[str, int]] = [
        ("grpc.keepalive_time_ms", KEEPALIVE_MS),
        ("grpc.keepalive_timeout_ms", KEEPALIVE_TIMEOUT_MS),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.initial_reconnect_backoff_ms", RECONNECT_MS),
        ("grpc.min_reconnect_backoff_ms", RECONNECT_MS),
        ("grpc.max_reconnect_backoff_ms", LONGEST_RECONNECT_MS),
        ("grpc.enable_retries", 0),
    ]
    address = f"{match['host']}:{match['port']}"
    if match["scheme"] == "grpc":
        return grpc.aio.insecure_channel(address, options=[*options, ("grpc.enable_http_proxy", 0)])
    return grpc.aio.secure_channel(address, grpc.ssl_channel_credentials(), options=options)
