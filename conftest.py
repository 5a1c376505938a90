"""Tests run against a real PostgreSQL and a real Valkey of their own, unless the environment names others."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent
os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "test"))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
os.environ["BITRIX24_WEBHOOK_URL"] = ""

import django  # noqa: E402

from vasdom.embedded import EmbeddedServers  # noqa: E402

_servers = EmbeddedServers(
    Path(os.environ["VAR_DIR"]).resolve(),
    postgres=not os.environ.get("DATABASE_URL"),
    valkey=not os.environ.get("REDIS_URL"),
)


def pytest_configure() -> None:
    _servers.var_dir.mkdir(parents=True, exist_ok=True)
    _servers.start()
    django.setup()


def pytest_unconfigure() -> None:
    _servers.stop()
