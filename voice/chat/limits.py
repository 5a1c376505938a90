"""Counting messages and open conversations, by all processes together in Valkey.

While Valkey is away nothing is counted: an assistant that cannot count must still answer.
"""

from __future__ import annotations

import hashlib
import logging
import math
import time
from collections.abc import Callable
from functools import cache
from typing import TypeVar

import redis
from django.conf import settings
from redis.commands.core import Script

MINUTE_SECONDS = 60
SESSION_LIFE_SECONDS = 90
"""A conversation that has not renewed its place for so long is taken for gone, its process killed perhaps."""
Answer = TypeVar("Answer")
logger = logging.getLogger(__name__)

# KEYS[1] the minute's counter.
_HIT = """
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return count
"""
# KEYS[1] the open conversations by when they expire; ARGV: this one, how many may be open, life in seconds.
_ENTER = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) and redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[2]) then return 0 end
redis.call('ZADD', KEYS[1], now + tonumber(ARGV[3]), ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
"""


def seconds_to_wait(who: str, limit: int) -> int:
    """Count one message of `who` in the running minute: 0 = it is within the limit, else seconds to the next minute."""
    now = time.time()
    key = f"chat:minute:{_digest(who)}:{int(now) // MINUTE_SECONDS}"
    count = _asked(lambda: int(_scripts().hit(keys=[key], args=[MINUTE_SECONDS * 2])), 0)
    return 0 if count <= limit else math.ceil(MINUTE_SECONDS - now % MINUTE_SECONDS) or 1


def enter(who: str, session: str, limit: int) -> bool:
    """Take, or renew, a place among the open conversations of `who`; False when all are taken."""
    arguments: list[str | int] = [session, limit, SESSION_LIFE_SECONDS]
    return _asked(lambda: bool(_scripts().enter(keys=[_sessions(who)], args=arguments)), True)


def leave(who: str, session: str) -> None:
    _asked(lambda: bool(_scripts().connection.zrem(_sessions(who), session)), False)


def _sessions(who: str) -> str:
    return f"chat:sessions:{_digest(who)}"


def _digest(who: str) -> str:
    """Keys are shown by every Valkey tool, so no address and no name stands in one."""
    return hashlib.sha256(who.encode("utf-8", "replace")).hexdigest()[:32]


class _Scripts:
    """The connection pool of this process and its two scripts."""

    def __init__(self) -> None:
        self.connection = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
        self.hit: Script = self.connection.register_script(_HIT)
        self.enter: Script = self.connection.register_script(_ENTER)


@cache
def _scripts() -> _Scripts:
    return _Scripts()


class _Outage:
    """Says that nothing is counted, once a minute rather than at every message."""

    def __init__(self) -> None:
        self._said_at = -math.inf

    def say(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._said_at >= MINUTE_SECONDS:
            self._said_at = now
            logger.warning("Chat messages are not being counted: %s", reason)


_outage = _Outage()


def _asked(ask: Callable[[], Answer], otherwise: Answer) -> Answer:
    try:
        return ask()
    except (redis.RedisError, OSError) as exc:
        _outage.say(type(exc).__name__)
        return otherwise
