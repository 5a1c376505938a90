"""Where PostgreSQL and Redis are: the URLs of the environment, or the embedded servers' sockets."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import psycopg
from psycopg.conninfo import conninfo_to_dict
from redis.connection import parse_url

from vasdom.env import Environment, wrong

EMBEDDED_DATABASE = "vasdom"
EMBEDDED_USER = "vasdom"
VALKEY_SOCKET = "valkey.sock"
SOCKET_PATH_LIMIT_BYTES = 107  # sun_path of unix(7), less the closing zero
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"
CONNECT_TIMEOUT_SECONDS = 10
RUNS_BEFORE_IT_IS_PLANNED = 3
DATABASE_EXAMPLE = "ожидается адрес вида postgresql://user:password@host:5432/base"
REDIS_EXAMPLE = "ожидается адрес вида redis://host:6379/0, rediss://… или unix:///путь/к/сокету"
# SQLAlchemy's spellings name a driver after a plus; the server behind them is the same.
POSTGRES_SCHEME = re.compile(r"^postgres(ql)?(\+\w+)?://")


def socket_dir(var_dir: Path) -> Path:
    """The folder of the embedded servers' sockets: in `var/run`, or a short private one when the path is too long."""
    inside = var_dir / "run"
    if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT_BYTES:
        return inside
    digest = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
    return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"vasdom-{os.getuid()}-{digest}"


def patience_of(command: str) -> float | None:
    """How long a process waits for a connection of its pool; None = it has no pool.

    A pool serves the processes with many threads: the site and the worker (no command), and the phone with the process
    beside it, where a caller waits. A management command has one thread; without a pool it learns at once that the
    server is away.
    """
    if command in {"run_voice", "answer_apart"}:
        return 2.0
    return None if command else 10.0


def database(env: Environment, var_dir: Path, *, patience_seconds: float | None) -> dict[str, Any]:
    """Django's settings of the one database."""
    options: dict[str, Any] = {
        "connect_timeout": CONNECT_TIMEOUT_SECONDS,
        "application_name": "vasdom",
        "prepare_threshold": RUNS_BEFORE_IT_IS_PLANNED,  # of `planned_cursor`; the ORM's statements never are
    }
    place = _parse_database_url(env.text("DATABASE_URL"))
    if place is None:
        place = {"dbname": EMBEDDED_DATABASE, "user": EMBEDDED_USER, "host": str(socket_dir(var_dir))}
    settings = {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": place.pop("dbname", ""),
        "USER": place.pop("user", ""),
        "PASSWORD": place.pop("password", ""),
        "HOST": place.pop("host", ""),
        "PORT": place.pop("port", "5432"),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options | place,
    }
    if patience_seconds is not None:
        settings["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 12, "timeout": patience_seconds}
    return settings


def _parse_database_url(url: str) -> dict[str, Any] | None:
    """What libpq itself reads out of the URL (percent-encoding, socket folders, `?sslmode=…` …); None for no URL."""
    if not url:
        return None
    if not POSTGRES_SCHEME.match(url):
        raise wrong("DATABASE_URL", DATABASE_EXAMPLE)
    try:
        place = conninfo_to_dict(POSTGRES_SCHEME.sub("postgresql://", url))
    except (psycopg.ProgrammingError, UnicodeError) as exc:
        raise wrong("DATABASE_URL", DATABASE_EXAMPLE) from exc
    ports = str(place.get("port", "5432")).split(",")
    if not place.get("host") or not place.get("dbname") or not all(_is_port(port) for port in ports):
        raise wrong("DATABASE_URL", DATABASE_EXAMPLE)
    return place


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdecimal() and 0 < int(text) <= 65535


def redis_url(env: Environment, var_dir: Path) -> str:
    """The URL that redis-py, Django's cache and the channel layer take."""
    url = env.text("REDIS_URL")
    if not url:
        return f"unix://{socket_dir(var_dir) / VALKEY_SOCKET}"
    try:
        parts = urlsplit(url)
        complete = parts.path if parts.scheme == "unix" else parts.hostname and parts.port != 0
        parse_url(url)  # type: ignore[no-untyped-call]  # redis-py knows all the parameters of its addresses
    except ValueError as exc:
        raise wrong("REDIS_URL", REDIS_EXAMPLE) from exc
    if not complete or (parts.scheme != "unix" and not re.fullmatch(r"/?\d*", parts.path)):
        raise wrong("REDIS_URL", REDIS_EXAMPLE)
    return url


def celery_url(url: str) -> str:
    """The same place in Celery's dialect: another scheme for sockets, and TLS only with a word on certificates."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    if parts.scheme == "unix":
        return f"redis+socket://{parts.netloc}{parts.path}?virtual_host={query.get('db', '0')}"
    if parts.scheme == "rediss":
        query.setdefault("ssl_cert_reqs", "required")
        return urlunsplit(parts._replace(query=urlencode(query)))
    return url
