"""Tests run against a real PostgreSQL and a real Valkey of their own, unless the environment names others."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from vasdom.embedded import EmbeddedServers
from vasdom.env import ignore_dotenv
from vasdom.errors import VasdomError

ROOT = Path(__file__).resolve().parent
os.environ.setdefault("VAR_DIR", str(ROOT / "var" / "test"))
os.environ["VAR_DIR"] += os.environ.get("PYTEST_XDIST_WORKER", "")  # each process has servers of its own
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vasdom.settings")
ignore_dotenv()
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"  # its handlers, run between fork and exec, now and then kill the child
os.environ["BITRIX24_WEBHOOK_URL"] = ""  # a real portal stays out of the tests, whatever is set

_servers = EmbeddedServers(
    Path(os.environ["VAR_DIR"]).resolve(),
    postgres=not os.environ["DATABASE_URL"],
    valkey=not os.environ["REDIS_URL"],
    durable=False,
)
_running = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("numprocesses", None) and not hasattr(config, "workerinput"):
        # It only hands the tests out, in their order: those that empty the database come last. The processes would read
        # the settings before they have servers if they were told so early where these are.
        del os.environ["DJANGO_SETTINGS_MODULE"]
        return
    _servers.var_dir.mkdir(parents=True, exist_ok=True)
    try:
        _running.enter_context(_servers).start()
    except VasdomError as exc:
        raise pytest.UsageError(exc.message) from exc
    import django
    from django.conf import settings

    # Pages are tested without gathering the static files first.
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.WHITENOISE_USE_FINDERS = True
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django.setup()


def pytest_unconfigure() -> None:
    _running.close()
