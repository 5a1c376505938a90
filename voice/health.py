"""Signs of life of the processes that answer the phone: written by them to Valkey, read by pages."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.utils import timezone

PREFIX = "vasdom:voice:process:"
LIFE_SECONDS = 15
"""Without a new sign for so long a process is gone from the list; it beats every 5 s."""
BEAT_SECONDS = 5
TIMEOUT_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Process:
    """One `run_voice`.

    Attributes:
        app: its ARI application; one belongs to one process.
        connected: its ARI connection is up.
        calls: calls it has now.
        version: Asterisk's own, "22.10.1"; empty while it is not connected.
        warnings: Russian sentences for the office.
        at: when it last gave a sign.
        started: when the process began.
    """

    app: str
    connected: bool
    calls: int
    version: str
    warnings: tuple[str, ...]
    at: datetime
    started: datetime | None = None

    def dump(self) -> str:
        return json.dumps(asdict(self), default=datetime.isoformat)

    @classmethod
    def load(cls, text: str) -> Process:
        value = json.loads(text)
        started = datetime.fromisoformat(value["started"]) if value["started"] else None
        return cls(
            value["app"],
            value["connected"],
            value["calls"],
            value["version"],
            tuple(value["warnings"]),
            datetime.fromisoformat(value["at"]),
            started,
        )


def beat(
    *,
    app: str,
    calls: int,
    connected: bool = True,
    version: str = "",
    warnings: Sequence[str] = (),
    started: datetime | None = None,
) -> None:
    """This process lives. Blocks a second at most; a Valkey that is away is nothing to stop for."""
    process = Process(app, connected, calls, version, tuple(warnings), timezone.now(), started)
    with contextlib.suppress(redis.RedisError), _valkey() as client:
        client.set(PREFIX + app, process.dump(), ex=LIFE_SECONDS)


def gone(app: str) -> None:
    """This process ends of its own will."""
    with contextlib.suppress(redis.RedisError), _valkey() as client:
        client.delete(PREFIX + app)


def processes() -> list[Process]:
    """The processes that gave a sign within the last 15 s, by application.

    Raises:
        redis.RedisError: Valkey does not answer.
    """
    with _valkey() as client:
        keys = sorted(client.scan_iter(match=f"{PREFIX}*", count=500))
        values = client.mget(keys) if keys else []
    return [Process.load(value) for value in values if value]


def _valkey() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT_SECONDS,
        socket_connect_timeout=TIMEOUT_SECONDS,
        decode_responses=True,
    )
