"""`make run`, as real processes."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from vasdom.connections import VALKEY_SOCKET, socket_dir
from vasdom.tests.launcher import Launcher, environment, free_port, manage, processes_of, wait_until

SIGN_IN = "/admin/login/"


@dataclass(frozen=True, slots=True)
class Stopped:
    """A data folder that was started once and stopped by Ctrl-C: how that ended."""

    var_dir: Path
    output: str
    code: int
    left: dict[int, str]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    """A first start that is ready. Tests share it, in any order and in any number of test processes."""
    launcher = Launcher(tmp_path_factory.mktemp("running"))
    launcher.wait_ready()
    yield launcher
    launcher.stop()


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> Stopped:
    var_dir = tmp_path_factory.mktemp("stopped")
    launcher = Launcher(var_dir)
    launcher.wait_ready()
    code = launcher.stop(signal.SIGINT)
    return Stopped(var_dir, launcher.output, code, processes_of(var_dir))


def test_a_fresh_start_serves_pages_and_shows_the_password(running: Launcher) -> None:
    assert running.status(SIGN_IN) == 200
    assert re.search(r"логин +admin\n +пароль +\S{12,}", running.output)
    assert f"http://127.0.0.1:{running.port}/admin/" in running.output


def test_a_second_launcher_on_the_same_data_is_refused_in_one_sentence(running: Launcher) -> None:
    refused = manage("run", env=environment(running.var_dir, PORT=str(free_port())))
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert "уже запущен" in refused.stderr
    assert str(running.var_dir) in refused.stderr


def test_a_port_in_use_is_named(running: Launcher, tmp_path: Path) -> None:
    refused = manage("run", env=environment(tmp_path, PORT=str(running.port)))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "PORT" in refused.stderr
    assert not processes_of(tmp_path)


def test_a_fallen_child_is_started_again(running: Launcher) -> None:
    fallen = running.child("daphne")
    os.kill(fallen, signal.SIGKILL)
    wait_until(lambda: "web: процесс завершился (сигнал SIGKILL), перезапуск через 1 с" in running.output, "said so")
    wait_until(lambda: running.status(SIGN_IN) == 200, "the site is back")
    assert running.child("daphne") != fallen


def test_a_fallen_database_is_started_again(running: Launcher) -> None:
    os.kill(running.child("bin/postgres "), signal.SIGKILL)
    wait_until(lambda: "postgres: процесс завершился" in running.output, "said so")
    wait_until(lambda: running.status("/readyz") == 200, "the database is back")


def test_the_access_log_has_no_query_string(running: Launcher) -> None:
    running.status("/admin/login/?phone=70000000001")
    wait_until(lambda: "GET /admin/login/ 200" in running.output, running.output)
    assert "70000000001" not in running.output


def test_ctrl_c_stops_everything(stopped: Stopped) -> None:
    assert stopped.code == 0
    assert not stopped.left
    assert "Traceback" not in stopped.output


def test_the_next_start_shows_no_password_and_dies_whole_with_make(stopped: Stopped) -> None:
    launcher = Launcher(stopped.var_dir, parent=True)
    launcher.wait_ready()
    assert "пароль" not in launcher.output
    launcher.process.kill()  # kill -9 of `make`
    wait_until(lambda: not processes_of(stopped.var_dir), "nothing is left")


def test_kill_9_of_the_launcher_leaves_nothing_and_the_next_start_waits_for_the_end(stopped: Stopped) -> None:
    launcher = Launcher(stopped.var_dir)
    launcher.wait_ready()
    assert len(processes_of(stopped.var_dir)) > 5
    launcher.process.kill()
    launcher.process.wait()
    follower = Launcher(stopped.var_dir)  # at once: PostgreSQL of the killed one may still be writing its checkpoint
    follower.wait_ready()
    assert follower.stop(signal.SIGTERM) == 0
    wait_until(lambda: not processes_of(stopped.var_dir), "nothing is left")


@pytest.fixture
def outside_database(django_db_setup: None, django_db_blocker: pytest.DatabaseBlocker) -> Iterator[str]:
    """The URL of an empty database on the tests' own server, which the launcher takes for somebody else's."""
    name = "launcher_тест"
    place = connection.settings_dict
    server = {"host": place["HOST"], "port": place["PORT"], "user": place["USER"], "password": place["PASSWORD"]}
    with psycopg.connect(**server, dbname="postgres", autocommit=True) as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}"')
        yield psycopg.conninfo.make_conninfo(**server, dbname=name) and _url(server, name)
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _url(server: dict[str, str], name: str) -> str:
    from urllib.parse import quote, urlencode

    address = f"{quote(server['user'], safe='')}:{quote(server['password'] or 'x', safe='')}"
    return f"postgres://{address}@/{quote(name)}?{urlencode({'host': server['host'], 'port': server['port']})}"


def test_with_both_addresses_set_nothing_embedded_starts(outside_database: str, tmp_path: Path) -> None:
    redis = f"unix://{socket_dir(settings.VAR_DIR) / VALKEY_SOCKET}?db=7"
    launcher = Launcher(tmp_path, DATABASE_URL=outside_database, REDIS_URL=redis)
    launcher.wait_ready()
    assert launcher.status(SIGN_IN) == 200
    commands = " ".join(processes_of(tmp_path).values())
    assert launcher.stop(signal.SIGTERM) == 0
    assert "postgres -D" not in commands
    assert "valkey-server" not in commands
    assert not (tmp_path / "pg").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql://user:password@127.0.0.1:1/base"),
        ("REDIS_URL", "redis://127.0.0.1:1/0"),
        ("TIME_ZONE", "Moscow"),
        ("HOST", "no.such.host.invalid"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_names_the_variable(name: str, value: str, tmp_path: Path) -> None:
    refused = manage("run", env=environment(tmp_path, **{"PORT": str(free_port()), name: value}))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
    assert refused.stderr.startswith(f"Переменная {name}: ")
    assert "ожидается" in refused.stderr
    assert not processes_of(tmp_path)


def test_any_command_names_a_wrong_value(tmp_path: Path) -> None:
    refused = manage("check", env=environment(tmp_path, PORT="восемь"))
    assert (refused.returncode, refused.stderr) == (2, "Переменная PORT: ожидается целое число от 1 до 65535.\n")


def test_a_command_without_a_database_says_so(tmp_path: Path) -> None:
    refused = manage("showmigrations", env=environment(tmp_path))
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
    assert "make run" in refused.stderr


def test_a_name_of_the_originals_warns_once(tmp_path: Path) -> None:
    done = manage("help", env=environment(tmp_path, REACT_APP_BACKEND_URL="https://old.example"))
    assert done.stderr.count("REACT_APP_BACKEND_URL") == 1
    assert "SITE_URL" in done.stderr
