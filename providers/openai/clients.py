"""Kept-alive connections: one pool an account and event loop, shared by all models of that account.

A connection belongs to the loop that opened it, so every loop has pools of its own; those of a closed loop are dropped
when the next one asks. Callers without a long-lived loop use `providers.bridge`, else every call would connect anew.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, TypeVar, cast

from providers.openai.config import Account

if TYPE_CHECKING:
    import httpx2
    import openai

T = TypeVar("T")

IDLE_SECONDS = 60.0  # the default of 5 s would connect anew for almost every question
CONNECTIONS = 200
LAST_RESORT_SECONDS = 120.0  # deadlines.py bounds every wait; this is for what it might miss
MADE_FOR_ACCOUNT = 32


class Pool:
    """The connections of one account in one loop, and the client objects that were built upon them."""

    def __init__(self, account: Account) -> None:
        import httpx2  # what openai ≥ 3 uses
        import openai

        timeout = httpx2.Timeout(LAST_RESORT_SECONDS, connect=account.connect_seconds)
        limits = httpx2.Limits(
            max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS
        )
        self.timeout = timeout
        self.http: httpx2.AsyncClient = openai.DefaultAsyncHttpxClient(timeout=timeout, limits=limits)
        self._made: dict[Hashable, object] = {}

    def made(self, key: Hashable, make: Callable[[Pool], T]) -> T:
        """The object that `make` once built for this key. The oldest of too many is forgotten."""
        if key not in self._made:
            if len(self._made) >= MADE_FOR_ACCOUNT:
                del self._made[next(iter(self._made))]
            self._made[key] = make(self)
        return cast(T, self._made[key])


_pools: dict[asyncio.AbstractEventLoop, dict[Account, Pool]] = {}
_lock = threading.Lock()


def pool(account: Account) -> Pool:
    """The running loop's connections to this account."""
    loop = asyncio.get_running_loop()
    with _lock:
        if loop not in _pools:
            for over in [each for each in _pools if each.is_closed()]:
                del _pools[over]
            _pools[loop] = {}
        pools = _pools[loop]
        if account not in pools:
            pools[account] = Pool(account)
        return pools[account]


def client(account: Account) -> openai.AsyncOpenAI:
    """The openai library's client upon these connections, without retries: `retry.py` has the only one."""
    return pool(account).made("client", lambda shared: _client(account, shared))


def _client(account: Account, shared: Pool) -> openai.AsyncOpenAI:
    import openai

    return openai.AsyncOpenAI(
        api_key=account.api_key,
        base_url=account.base_url,
        timeout=shared.timeout,
        http_client=shared.http,
        max_retries=0,
    )


def loops() -> list[asyncio.AbstractEventLoop]:
    """The loops that have connections."""
    with _lock:
        return list(_pools)


async def close() -> None:
    """Close the connections of the running loop; the next request opens new ones."""
    with _lock:
        pools = _pools.pop(asyncio.get_running_loop(), {})
    for each in pools.values():
        await each.http.aclose()
