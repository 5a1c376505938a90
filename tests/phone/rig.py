"""The whole line on loopback: databases, a local Asterisk, twins of the vendors, `run_voice`, callers.

    with PhoneRig.on_own_servers() as rig:
        async with rig.caller() as phone, await phone.call(ASSISTANT) as call:
            …

Everything runs in a folder of its own and ends with the block. The process that measures asks the database by SQL only.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from providers.tests.openai_twin import OpenAITwin
from providers.tests.yandex_twin import YandexTwin
from tests.phone import twins
from vasdom.connections import EMBEDDED_DATABASE, EMBEDDED_USER
from vasdom.embedded import EmbeddedServers
from vasdom.env import ROOT, VARIABLES
from vasdom.processes import Child, Program
from voice.caller import SipCaller
from voice.pbx import LocalAsterisk, fetch

READY_SECONDS = 60.0
QUIET_SECONDS = 1.5
POLL_SECONDS = 0.05
STOP_SECONDS = 10.0
ESTABLISHED = "01"
REVISION: Mapping[str, Any] = {"model_vendor": "openai", "recognizers": ["yandex"], "synthesizers": ["yandex"]}
"""What the revision of the tests differs in; the pauses and everything else are those of a new installation."""


class NotReady(RuntimeError):
    """Something did not come up in time."""


def asterisk_home() -> Path:
    return Path(os.environ.get("ASTERISK_HOME") or ROOT / "var" / "asterisk")


def until(true: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> None:
    """Wait for it. Raises NotReady."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise NotReady(f"{what} did not come in {seconds:.0f} s")
        time.sleep(POLL_SECONDS)


class PhoneRig:
    """Made by `on_own_servers`.

    Attributes:
        openai, yandex: the twins; None when they run in a process of their own.
    """

    def __init__(self, folder: Path, asterisk: LocalAsterisk, servers: EmbeddedServers) -> None:
        self.folder, self.asterisk, self.servers = folder, asterisk, servers
        self.openai: OpenAITwin | None = None
        self.yandex: YandexTwin | None = None
        self.env: dict[str, str] = {}
        self.voice: Child | None = None

    @classmethod
    @contextmanager
    def on_own_servers(
        cls, *, revision: Mapping[str, Any] | None = None, apart: bool = False, failing: int = 0, durable: bool = False
    ) -> Iterator[PhoneRig]:
        """A rig with `run_voice` ready for a call.

        Args:
            revision: fields in which the revision differs from a new installation's.
            apart: the twins run in a process of their own; `failing`: one in so many of their answers is an error.
            durable: PostgreSQL is going to be killed, and may lose nothing.
        """
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="rig-", ignore_cleanup_errors=True)))
            (folder / "var").mkdir()
            servers = stack.enter_context(EmbeddedServers(folder / "var", durable=durable))
            servers.start()
            asterisk = stack.enter_context(LocalAsterisk.on_free_ports(fetch(asterisk_home()), folder / "pbx"))
            rig = cls(folder, asterisk, servers)
            vendors = rig._twins_apart(stack, failing) if apart else rig._twins_here(stack)
            rig.env = _environment(folder / "var", {**vendors, **asterisk.environment})
            rig.manage("migrate", "--noinput", "-v0")
            rig.run("-m", "tests.phone.world", json.dumps({**REVISION, **(revision or {})}))
            stack.callback(rig.stop_voice)
            rig.start_voice()
            yield rig

    # --- processes

    def run(self, *arguments: str) -> None:
        """A program of the project in the rig's environment. Raises NotReady with its last words."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise NotReady(f"{' '.join(arguments)[:60]} failed: {(done.stdout + done.stderr)[-1500:]}")

    def manage(self, *arguments: str) -> None:
        self.run("manage.py", *arguments)

    def start_voice(self, *, wait_for_phrases: bool = True) -> None:
        """Returns when a call would be answered at once: subscribed, and every phrase made."""
        log = self.folder / "voice.log"
        command = (sys.executable, "manage.py", "run_voice")
        self.voice = Child(Program("voice", command, env={**self.env, "PYTHONPATH": str(ROOT)}, log=log))
        until(self._is_subscribed, f"run_voice ({log})")
        if wait_for_phrases:
            self._until_phrases_are_made()

    def stop_voice(self) -> None:
        if self.voice is not None:
            self.voice.stop(STOP_SECONDS)

    def kill_voice(self) -> None:
        """As a crash would."""
        if self.voice is not None and self.voice.exit_code() is None:
            os.kill(self.voice.process.pid, signal.SIGKILL)
            self.voice.process.wait()

    def kill_postgres(self) -> None:
        """The server with all its sessions; `start_postgres` brings it back."""
        child = self._postgres
        if child.exit_code() is None:
            child.process.kill()
            child.process.wait()

    def start_postgres(self) -> None:
        self._postgres.restart()
        until(self._database_answers, "PostgreSQL")

    @property
    def _postgres(self) -> Child:
        return next(child for child in self.servers.children if child.name == "postgres")

    def voice_log(self) -> str:
        log = self.folder / "voice.log"
        return log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""

    def voice_memory(self) -> int:
        """Resident bytes of `run_voice`."""
        return _status(self._voice_pid, "VmRSS") * 1024

    def voice_sockets(self) -> int:
        """Open UDP sockets of `run_voice`: its media ports."""
        return len(_sockets(self._voice_pid, "udp"))

    @property
    def _voice_pid(self) -> int:
        assert self.voice is not None
        return self.voice.process.pid

    # --- calls

    def caller(self, **options: Any) -> SipCaller:
        """A telephone without an account."""
        return SipCaller(*self.asterisk.sip, **options)

    def ari(self, path: str) -> Any:
        """What Asterisk answers to GET /ari/…; raises OSError."""
        settings = self.asterisk.settings
        request = urllib.request.Request(f"{settings.ari_url}/ari/{path}")
        account = f"{settings.ari_user}:{settings.ari_password}".encode()
        request.add_header("Authorization", f"Basic {b64encode(account).decode()}")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=2) as response:
            return json.load(response)

    def leftovers(self) -> dict[str, int]:
        """Channels and bridges that Asterisk has now."""
        return {"channels": len(self.ari("channels")), "bridges": len(self.ari("bridges"))}

    # --- the log

    def rows(self, query: str, *values: object) -> list[dict[str, Any]]:
        """What the product's database holds."""
        with self._connect() as connection:
            return connection.execute(query, values).fetchall()

    def turns(self, caller_id: str) -> list[dict[str, Any]]:
        """The turns of the calls of this number, in their order."""
        query = (
            "SELECT t.*, c.id AS call_id FROM calls_turn t JOIN calls_call c ON c.id = t.call_id "
            "WHERE c.caller = %s ORDER BY c.started_at, t.number"
        )
        return self.rows(query, caller_id)

    def _connect(self) -> psycopg.Connection[dict[str, Any]]:
        return psycopg.connect(
            host=str(self.servers.sockets),
            port=5432,
            user=EMBEDDED_USER,
            dbname=EMBEDDED_DATABASE,
            autocommit=True,
            row_factory=dict_row,
        )

    # --- below

    def _twins_here(self, stack: ExitStack) -> dict[str, str]:
        self.openai = stack.enter_context(twins.make_openai())
        self.yandex = stack.enter_context(twins.make_yandex())
        return twins.environment(self.openai, self.yandex)

    def _twins_apart(self, stack: ExitStack, failing: int) -> dict[str, str]:
        command = (sys.executable, "-m", "tests.phone.twins", str(self.folder), "--failing", str(failing))
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        child = Child(Program("twins", command, env=env, log=self.folder / "twins.log"))
        stack.callback(child.stop, STOP_SECONDS)
        file = self.folder / "twins.json"
        until(file.exists, "the twins")
        found: dict[str, str] = json.loads(file.read_text(encoding="utf-8"))
        return found

    def _is_subscribed(self) -> bool:
        if self.voice is not None and self.voice.exit_code() is not None:
            raise NotReady(f"run_voice ended: {self.voice_log()[-2000:]}")
        try:
            self.ari(f"applications/{self.asterisk.settings.apps[0]}")
        except (urllib.error.URLError, OSError):
            return False
        # Asterisk knows the application of a process that was killed, too.
        port = f":{self.asterisk.settings.http_port:04X}"
        return any(line[2].endswith(port) and line[3] == ESTABLISHED for line in _sockets(self._voice_pid, "tcp"))

    def _until_phrases_are_made(self) -> None:
        """Ready phrases are files; when none has come for a while, all are there."""
        folder = self.folder / "var" / "voice" / "phrases"
        until(lambda: folder.is_dir() and any(folder.rglob("*.*")), f"ready phrases in {folder}")
        count, since = -1, time.monotonic()
        while time.monotonic() - since < QUIET_SECONDS:
            now = sum(1 for _ in folder.rglob("*"))
            if now != count:
                count, since = now, time.monotonic()
            time.sleep(POLL_SECONDS)

    def _database_answers(self) -> bool:
        try:
            self._connect().close()
        except psycopg.OperationalError:
            return False
        return True


def _environment(var_dir: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """Of the product's processes: nothing of the caller's own configuration."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    empty = {variable.name: "" for variable in VARIABLES}
    return {
        **kept,
        **empty,
        "VAR_DIR": str(var_dir),
        "DEMO": "0",
        "LOG_LEVEL": os.environ.get("RIG_LOG_LEVEL", "WARNING"),
        "DJANGO_SETTINGS_MODULE": "vasdom.settings",
        **extra,
    }


def _sockets(pid: int, kind: str) -> list[list[str]]:
    """The lines of /proc/net/tcp or udp that belong to the process, as columns."""
    inodes = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(OSError):  # it was closed meanwhile
            inodes.add(os.readlink(link).removeprefix("socket:[").removesuffix("]"))
    lines = (line.split() for line in Path(f"/proc/net/{kind}").read_text(encoding="ascii").splitlines()[1:])
    return [line for line in lines if line[9] in inodes]


def _status(pid: int, field: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{field}:"))


def keep(rig: PhoneRig, folder: Path) -> None:
    """The logs of a rig that failed, for a person."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("voice.log", "twins.log", "pbx/log/messages.log"):
        if (rig.folder / name).exists():
            shutil.copy(rig.folder / name, folder / Path(name).name)
