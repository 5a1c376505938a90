"""Where the states of the calls that go on lie: in Valkey, each for as long as its process renews it."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from redis import asyncio as redis

from voice.live.state import State

TTL_SECONDS = 15
TIMEOUT_SECONDS = 2.0
INDEX = "vasdom:live:calls"
"""A sorted set of the calls, each with the moment it expires."""
_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, Any] = WeakKeyDictionary()


def client() -> Any:
    """The connections of this event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=TIMEOUT_SECONDS, socket_connect_timeout=TIMEOUT_SECONDS
        )
    return _clients[loop]


async def put(state: State) -> None:
    """Keep the state for the next `TTL_SECONDS`.

    Raises:
        redis.RedisError: Valkey does not answer.
    """
    async with client().pipeline(transaction=False) as pipe:
        pipe.set(_key(state["id"]), json.dumps(state, ensure_ascii=False), ex=TTL_SECONDS)
        pipe.zadd(INDEX, {state["id"]: time.time() + TTL_SECONDS})
        await pipe.execute()


async def drop(call_id: str) -> None:
    """The call is over.

    Raises:
        redis.RedisError: Valkey does not answer.
    """
    async with client().pipeline(transaction=False) as pipe:
        pipe.delete(_key(call_id))
        pipe.zrem(INDEX, call_id)
        await pipe.execute()


async def get(call_id: str) -> State | None:
    """The call, if it goes on.

    Raises:
        redis.RedisError: Valkey does not answer.
    """
    found = await client().get(_key(call_id))
    return json.loads(found) if found else None


async def everyone() -> list[State]:
    """All calls that go on, the oldest first.

    Raises:
        redis.RedisError: Valkey does not answer.
    """
    await client().zremrangebyscore(INDEX, "-inf", time.time())
    keys = [_key(call_id.decode()) for call_id in await client().zrange(INDEX, 0, -1)]
    found = await client().mget(keys) if keys else []
    return sorted((json.loads(one) for one in found if one), key=lambda state: state["started_at"])


def _key(call_id: str) -> str:
    return f"vasdom:live:call:{call_id}"
