"""One address of the environment in the dialects of Django, redis-py and Celery."""

from __future__ import annotations

from pathlib import Path

import pytest
from kombu import Connection
from kombu.transport.redis import Channel

from vasdom.connections import celery_url, database, patience_of, redis_url, socket_dir
from vasdom.env import Environment
from vasdom.errors import Misconfigured

VAR = Path("/srv/var")


def settings_of(url: str) -> dict[str, object]:
    return database(Environment({"DATABASE_URL": url}), VAR, patience_seconds=None)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg", "postgresql+psycopg"])
def test_every_spelling_of_the_scheme_is_taken(scheme: str) -> None:
    found = settings_of(f"{scheme}://user:word@db.example:6432/base")
    assert (found["HOST"], found["PORT"], found["NAME"], found["USER"]) == ("db.example", "6432", "base", "user")


def test_percent_encoding_is_undone_and_parameters_reach_the_driver() -> None:
    found = settings_of("postgresql://us%40er:secret%2Fw%25%23@db/b%20a?sslmode=require&connect_timeout=3")
    assert (found["USER"], found["PASSWORD"], found["NAME"]) == ("us@er", "secret/w%#", "b a")
    assert found["OPTIONS"] == {
        "connect_timeout": "3",
        "application_name": "vasdom",
        "prepare_threshold": 3,
        "sslmode": "require",
    }


@pytest.mark.parametrize("url", ["postgresql:///base?host=/Run/pg", "postgresql://%2FRun%2Fpg/base"])
def test_a_socket_folder_keeps_its_case(url: str) -> None:
    assert settings_of(url)["HOST"] == "/Run/pg"


@pytest.mark.parametrize(
    "url",
    [
        "base",
        "postgresql://",
        "postgresql://host",
        "postgresql:///base",
        "postgresql://host:x/base",
        "postgresql://h:0/b",
        "postgresql://h/base?schema=public",
        "mysql://host/base",
        "postgresql://[::1/base",
    ],
)
def test_an_address_that_names_no_database_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="DATABASE_URL"):
        settings_of(url)


def test_without_an_address_the_embedded_server_is_meant_and_only_threads_get_a_pool() -> None:
    found = database(Environment({}), VAR, patience_seconds=10.0)
    assert found["HOST"] == "/srv/var/run"
    assert "pool" in found["OPTIONS"]
    assert redis_url(Environment({}), VAR) == "unix:///srv/var/run/valkey.sock"


def test_a_deep_folder_gets_a_short_path_for_its_sockets() -> None:
    deep = Path("/" + "/".join(["каталог"] * 12))
    assert len(str(socket_dir(deep)).encode()) < 70
    assert socket_dir(deep) != socket_dir(deep / "другой")


@pytest.mark.parametrize(
    "url",
    [
        "redis://cache:6379/2",
        "redis://:secret%40@cache/0",
        "rediss://user:word@cache:6380/1?ssl_cert_reqs=none",
        "unix:///run/v.sock?db=3",
    ],
)
def test_an_address_of_redis_is_taken_as_it_is(url: str) -> None:
    assert redis_url(Environment({"REDIS_URL": url}), VAR) == url


@pytest.mark.parametrize(
    "url", ["cache:6379", "http://cache", "redis://", "redis://cache:port/0", "redis://cache/base", "unix://"]
)
def test_a_wrong_address_of_redis_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured, match="REDIS_URL"):
        redis_url(Environment({"REDIS_URL": url}), VAR)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://:secret%40@cache:6379/2", {"host": "cache", "port": 6379, "db": 2, "password": "secret@"}),
        ("unix:///run/v.sock?db=3", {"path": "/run/v.sock", "db": 3}),
        ("rediss://user:word@cache:6380/1", {"host": "cache", "db": 1, "username": "user"}),
    ],
)
def test_celery_reaches_the_same_place(url: str, expected: dict[str, object]) -> None:
    with Connection(celery_url(url)) as broker:
        channel = Channel.__new__(Channel)  # without __init__, which connects
        channel.connection = broker.transport
        parameters = channel._connparams()
    assert {name: parameters.get(name) for name in expected} == expected


def test_tls_checks_the_certificate_unless_told_otherwise() -> None:
    assert celery_url("rediss://cache/0") == "rediss://cache/0?ssl_cert_reqs=required"
    assert celery_url("rediss://cache/0?ssl_cert_reqs=none") == "rediss://cache/0?ssl_cert_reqs=none"


@pytest.mark.parametrize(("command", "seconds"), [("", 10.0), ("run_voice", 2.0), ("migrate", None)])
def test_a_pool_is_for_processes_with_many_threads(command: str, seconds: float | None) -> None:
    assert patience_of(command) == seconds
