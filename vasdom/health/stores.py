"""The two servers nothing works without: PostgreSQL and Valkey. Each is asked afresh, within a deadline."""

from __future__ import annotations

import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

import psycopg
import redis
from django.conf import settings
from django.db import connection

from vasdom.health.deadline import SingleFlight
from vasdom.health.states import Reading, failing, ok

DEADLINE_SECONDS = 1.5
SOCKET_TIMEOUT_SECONDS = 1.0
CONNECT_TIMEOUT_SECONDS = 2  # libpq takes whole seconds, and no fewer than two


def valkey() -> redis.Redis:
    """A client that gives up soon; the caller may keep it or drop it."""
    return redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=SOCKET_TIMEOUT_SECONDS,
        socket_connect_timeout=SOCKET_TIMEOUT_SECONDS,
        decode_responses=True,
    )


def _ask_database() -> None:
    """A connection outside the pool: a pool that ran dry must not look like a dead server."""
    where = connection.settings_dict
    parameters: dict[str, Any] = {
        "host": where["HOST"],
        "port": where["PORT"],
        "user": where["USER"],
        "password": where["PASSWORD"],
        "dbname": where["NAME"],
    }
    extra = {key: value for key, value in where["OPTIONS"].items() if key.startswith("ssl")}
    with psycopg.connect(
        **{key: value for key, value in parameters.items() if value},
        **extra,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        options="-c statement_timeout=1000",
    ) as fresh:
        fresh.execute("SELECT 1")


def _ask_valkey() -> None:
    with valkey() as client:
        client.ping()


_database = SingleFlight(_ask_database)
_valkey = SingleFlight(_ask_valkey)


def readings() -> dict[str, Reading]:
    """Both servers at once, in no more than the deadline."""
    flights = {"database": _database.start(), "valkey": _valkey.start()}
    deadline = time.monotonic() + DEADLINE_SECONDS
    names = {"database": "База данных", "valkey": "Valkey"}
    return {name: _reading(names[name], flight, deadline) for name, flight in flights.items()}


def _reading(title: str, flight: Future[None], deadline: float) -> Reading:
    try:
        flight.result(max(deadline - time.monotonic(), 0))
    except (FutureTimeout, psycopg.errors.ConnectionTimeout, redis.TimeoutError):
        return failing(f"{title}: не отвечает")
    except (psycopg.Error, redis.RedisError, OSError):
        return failing(f"{title}: нет соединения")
    return ok()
