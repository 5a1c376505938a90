"""The limits of the portal, kept by all our processes together.

The portal counts requests per source address, so web, worker and command line share one bucket in Valkey: 2 requests a
second, 40 at once (the portal blocks above 50). Beside it stand the two longer stops: the circuit that OVERLOAD_LIMIT
opens, and the parking of a single method that has used up its computing time.
https://apidocs.bitrix24.com/limits.html
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import redis
from django.conf import settings

from houses.bitrix.errors import PortalUnavailable

REQUESTS_PER_SECOND = 2.0
BURST_REQUESTS = 40
CIRCUIT_SECONDS = 600
PARKING_SECONDS = 600
LONGEST_PARKING_SECONDS = 3600
BUCKET_LIFE_SECONDS = 3600

# KEYS[1] bucket; ARGV: rate per second, burst, longest wait in ms. Takes a token that may lie in the future and
# returns how long to wait for it in ms, or minus that when it would be longer than the caller may wait (none is taken).
# The server's own clock is read, so machines with different clocks share one bucket.
_TAKE = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1]) or burst, tonumber(kept[2]) or ms
tokens = math.min(burst, tokens + math.max(0, ms - at) * rate / 1000) - 1
local wait = 0
if tokens < 0 then wait = math.ceil(-tokens * 1000 / rate) end
if wait > tonumber(ARGV[3]) then return -wait end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', ms)
redis.call('EXPIRE', KEYS[1], ARGV[4])
return wait
"""
# KEYS[1] bucket: the portal says that its bucket is full, so ours was too generous and is emptied.
_DRAIN = """
local now = redis.call('TIME')
local ms = now[1] * 1000 + math.floor(now[2] / 1000)
local tokens = tonumber(redis.call('HGET', KEYS[1], 'tokens')) or 0
redis.call('HSET', KEYS[1], 'tokens', tostring(math.min(0, tokens)), 'at', ms)
redis.call('EXPIRE', KEYS[1], ARGV[1])
return 0
"""


@dataclass(frozen=True, slots=True)
class MethodLoad:
    """How much computing time a method has used in the portal's ten-minute window, as it last told us."""

    operating_seconds: float
    resets_at: datetime | None


class Throttle:
    """The shared state of one webhook. All times of the wait are seconds."""

    def __init__(self, webhook_url: str, connection: redis.Redis | None = None) -> None:
        parts = urlsplit(webhook_url)
        # Only a digest of the address may stand in a key: keys are shown by every Valkey tool.
        digest = hashlib.sha256(f"{parts.netloc}{parts.path}".encode()).hexdigest()[:20]
        self._prefix = f"bitrix:{digest}"
        self._valkey = connection or redis.Redis.from_url(
            settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5, decode_responses=True
        )
        self._take = self._valkey.register_script(_TAKE)
        self._drain = self._valkey.register_script(_DRAIN)

    def take(self, longest_wait_seconds: float) -> float | None:
        """Take a turn: seconds to wait before sending, or None when the queue is longer than that."""
        arguments = [REQUESTS_PER_SECOND, BURST_REQUESTS, max(0, int(longest_wait_seconds * 1000)), BUCKET_LIFE_SECONDS]
        with _valkey_needed():
            wait_ms = int(self._take(keys=[self._key("bucket")], args=arguments))
        return None if wait_ms < 0 else wait_ms / 1000

    def empty_bucket(self) -> None:
        with _valkey_needed():
            self._drain(keys=[self._key("bucket")], args=[BUCKET_LIFE_SECONDS])

    def open_circuit(self) -> datetime:
        until = datetime.now(UTC) + timedelta(seconds=CIRCUIT_SECONDS)
        with _valkey_needed():
            self._valkey.set(self._key("circuit"), until.isoformat(), ex=CIRCUIT_SECONDS)
        return until

    def close_circuit(self) -> None:
        with _valkey_needed():
            self._valkey.delete(self._key("circuit"))

    def circuit_open_until(self) -> datetime | None:
        with _valkey_needed():
            return _moment(self._valkey.get(self._key("circuit")))

    def park(self, method: str, until: datetime | None) -> datetime:
        """Stop one method until its reset, ten minutes when the portal never told when; returns the moment."""
        now = datetime.now(UTC)
        latest = now + timedelta(seconds=LONGEST_PARKING_SECONDS)
        until = min(until, latest) if until and until > now else now + timedelta(seconds=PARKING_SECONDS)
        with _valkey_needed():
            key = self._key(f"parked:{method}")
            self._valkey.set(key, until.isoformat(), px=max(1, int((until - now).total_seconds() * 1000)))
        return until

    def parked_until(self, *methods: str) -> dict[str, datetime]:
        """Which of the methods are parked, and until when."""
        names = sorted(set(methods))
        with _valkey_needed():
            kept = self._valkey.mget([self._key(f"parked:{name}") for name in names])
        found = ((name, _moment(value)) for name, value in zip(names, kept, strict=True))
        return {name: moment for name, moment in found if moment is not None}

    def note_load(self, loads: dict[str, MethodLoad]) -> None:
        """Remember what the last good answers said of each method's computing time."""
        if not loads:
            return
        with _valkey_needed(), self._valkey.pipeline(transaction=False) as pipe:
            for method, load in loads.items():
                reset = load.resets_at.isoformat() if load.resets_at else ""
                pipe.hset(self._key("load"), method, f"{load.operating_seconds}|{reset}")
            pipe.expire(self._key("load"), BUCKET_LIFE_SECONDS)
            pipe.execute()

    def loads(self) -> dict[str, MethodLoad]:
        with _valkey_needed():
            kept = self._valkey.hgetall(self._key("load"))
        result = {}
        for method, value in kept.items():
            seconds, _, reset = str(value).partition("|")
            result[str(method)] = MethodLoad(float(seconds), _moment(reset))
        return result

    def reset_of(self, method: str) -> datetime | None:
        load = self.loads().get(method)
        return load.resets_at if load else None

    def _key(self, name: str) -> str:
        return f"{self._prefix}:{name}"


class _valkey_needed:
    """Without the shared bucket no request goes out: several processes would overrun the portal together."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, redis.RedisError):
            raise PortalUnavailable("Запрос в Bitrix24 не отправлен: не отвечает Valkey.") from error


def _moment(text: object) -> datetime | None:
    if not text:
        return None
    return datetime.fromisoformat(str(text))
