"""Where PostgreSQL and Redis are: the URLs of the environment, or the embedded servers' sockets."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from vasdom.env import Environment, wrong

EMBEDDED_DATABASE = "vasdom"
EMBEDDED_USER = "vasdom"
SOCKET_PATH_LIMIT_BYTES = 107  # sun_path of unix(7), less the closing zero
LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


def socket_dir(var_dir: Path) -> Path:
    """The folder of the embedded servers' sockets: in `var/run`, or a short private one when the path is too long."""
    inside = var_dir / "run"
    if len(os.fsencode(inside / LONGEST_SOCKET_NAME)) <= SOCKET_PATH_LIMIT_BYTES:
        return inside
    digest = hashlib.sha256(os.fsencode(var_dir)).hexdigest()[:12]
    return Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"vasdom-{os.getuid()}-{digest}"


def database(env: Environment, var_dir: Path) -> dict[str, Any]:
    """Django's settings of the one database."""
    common: dict[str, Any] = {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"pool": {"min_size": 1, "max_size": 12, "timeout": 10}},
    }
    url = env.url(
        "DATABASE_URL", ("postgresql", "postgres"), "postgresql://user:password@host:5432/base"
    )
    if not url:
        return common | {
            "NAME": EMBEDDED_DATABASE,
            "USER": EMBEDDED_USER,
            "HOST": str(socket_dir(var_dir)),
            "PORT": "5432",
        }
    parts = urlsplit(url)
    if not parts.path.strip("/"):
        raise wrong("DATABASE_URL", "ожидается адрес вида postgresql://user:password@host:5432/base")
    common["OPTIONS"] |= dict(parse_qsl(parts.query))
    return common | {
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or 5432),
    }


def redis_url(env: Environment, var_dir: Path) -> str:
    """The URL that redis-py and the channel layer take."""
    url = env.url("REDIS_URL", ("redis", "rediss", "unix"), "redis://host:6379/0")
    return url or f"unix://{socket_dir(var_dir)}/valkey.sock"


def celery_url(url: str) -> str:
    """The same place in Celery's dialect, which has its own scheme for sockets."""
    if not url.startswith("unix://"):
        return url
    path, _, query = url.removeprefix("unix://").partition("?")
    database_number = dict(parse_qsl(query)).get("db", "0")
    return f"redis+socket://{path}?virtual_host={database_number}"
