"""A local Asterisk as a child process: start, ready, ask, stop."""

from __future__ import annotations

import base64
import os
import re
import secrets
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from vasdom.processes import Child, Program
from voice.pbx import config
from voice.pbx.errors import AsteriskFailed
from voice.pbx.settings import PbxSettings, free_port, new_phones
from voice.pbx.tree import AsteriskTree

READY_SECONDS = 20.0
POLL_SECONDS = 0.02
STOP_GRACE_SECONDS = 5.0
CLI_SECONDS = 10.0
ATTEMPTS = 3
# It goes on without what could not be started: a SIP port in use is a telephone on which no call ever arrives.
CRIPPLED = ("could not be started", "Failed to resolve dependencies", "Unable to bind", "Address already in use")


def program(tree: AsteriskTree, settings: PbxSettings) -> Program:
    """What to run; its configuration has to be written first."""
    return Program(
        name="asterisk",
        command=(*tree.command, "-f", "-q", "-n", "-C", str(settings.etc / "asterisk.conf")),
        env=environment(settings),
        log=settings.folder / "log" / "console.log",
        comes_first=True,
    )


def environment(settings: PbxSettings) -> Mapping[str, str]:
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "HOME": str(settings.folder),
        "LC_ALL": "C.UTF-8",
        "TZ": os.environ.get("TZ", "UTC"),
    }


class LocalAsterisk:
    """One Asterisk on loopback; as a context manager it is started and stopped.

    It ends with the process that started it, whatever happens to that. Start it from the main thread
    (`vasdom.processes.die_with_parent`).
    """

    def __init__(self, tree: AsteriskTree, settings: PbxSettings) -> None:
        self.tree = tree
        self.settings = settings
        self._child: Child | None = None
        self._log_from = 0

    @classmethod
    def on_free_ports(cls, tree: AsteriskTree, folder: Path, **others: Any) -> Self:
        """A running one, with new passwords, for tests and measurements.

        Args:
            others: fields of `PbxSettings` that are to be different.

        Raises:
            AsteriskFailed: it did not start, three times.
        """
        for attempt in range(ATTEMPTS):
            fields: dict[str, Any] = {
                "http_port": free_port(socket.SOCK_STREAM),
                "sip_port": free_port(socket.SOCK_DGRAM),
                "ari_password": secrets.token_urlsafe(24),
                "phones": new_phones(),
            }
            instance = cls(tree, PbxSettings(folder=folder.absolute(), **{**fields, **others}))
            try:
                return instance.start()
            except AsteriskFailed:  # another program may have taken a port since it was found free
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")

    def __enter__(self) -> Self:
        return self if self.running else self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.exit_code() is None

    @property
    def child(self) -> Child:
        """The running process, for who watches over it."""
        assert self._child is not None
        return self._child

    @property
    def pid(self) -> int:
        return self.child.process.pid

    @property
    def sip(self) -> tuple[str, int]:
        """Where telephones call."""
        return self.settings.host, self.settings.sip_port

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which the product finds it."""
        return {
            "ARI_URL": self.settings.ari_url,
            "ARI_USER": self.settings.ari_user,
            "ARI_PASSWORD": self.settings.ari_password,
            "ARI_APP": self.settings.apps[0],
        }

    def configure(self) -> None:
        """Write the configuration."""
        config.write(self.tree, self.settings)

    def start(self, timeout: float = READY_SECONDS) -> Self:
        """Returns when ARI answers. A stopped or killed one may be started again: same ports, same passwords.

        Raises:
            AsteriskFailed: it ended, or did not answer in time, or runs without its telephone.
        """
        self.configure()
        self._log_from = self.settings.log.stat().st_size if self.settings.log.exists() else 0
        self._child = Child(program(self.tree, self.settings))
        try:
            self._wait_ready(time.monotonic() + timeout)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, grace_seconds: float = STOP_GRACE_SECONDS) -> None:
        """Calls that are up are cut off."""
        if self._child is not None:
            self._child.stop(grace_seconds)

    def kill(self) -> None:
        """As a crash or a power cut would."""
        if self._child is not None and self.running:
            os.kill(self.pid, signal.SIGKILL)
            self._child.process.wait()

    def cli(self, command: str) -> str:
        """What its console answers.

        Raises:
            AsteriskFailed: it does not run, or does not answer.
        """
        line = (*self.tree.command, "-C", str(self.settings.etc / "asterisk.conf"), "-rx", command)
        env = dict(environment(self.settings))
        try:
            done = subprocess.run(line, env=env, capture_output=True, text=True, timeout=CLI_SECONDS, check=False)
        except subprocess.TimeoutExpired as exc:
            raise AsteriskFailed("Консоль Asterisk не отвечает.") from exc
        if done.returncode != 0:
            raise AsteriskFailed(f"Консоль Asterisk: {(done.stdout + done.stderr).strip()[-200:]}")
        return done.stdout

    def channels(self) -> int:
        """How many there are now."""
        found = re.search(r"(\d+) active channel", self.cli("core show channels count"))
        return int(found[1]) if found else 0

    def log(self) -> str:
        """What it wrote since this start."""
        if not self.settings.log.exists():
            return ""
        with self.settings.log.open("rb") as file:
            file.seek(self._log_from)
            return file.read().decode(errors="replace")

    def resident_bytes(self) -> int:
        """Memory that it holds."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        return int(found[1]) * 1024 if found else 0

    def _wait_ready(self, deadline: float) -> None:
        while not self._answers():
            if not self.running:
                raise AsteriskFailed(f"Asterisk завершился при запуске: {self._last_words()}")
            if time.monotonic() > deadline:
                raise AsteriskFailed(f"Asterisk не ответил вовремя: {self._last_words()}")
            time.sleep(POLL_SECONDS)
        for line in self.log().splitlines():
            if any(words in line for words in CRIPPLED):
                raise AsteriskFailed(f"Asterisk запустился не полностью: {line[-200:]}")

    def _answers(self) -> bool:
        request = urllib.request.Request(f"{self.settings.ari_url}/ari/asterisk/info?only=status")
        account = f"{self.settings.ari_user}:{self.settings.ari_password}".encode()
        request.add_header("Authorization", f"Basic {base64.b64encode(account).decode()}")
        directly = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with directly.open(request, timeout=1) as response:
                return bool(response.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _last_words(self) -> str:
        console = self.settings.folder / "log" / "console.log"
        text = (console.read_text(errors="replace") if console.exists() else "") + self.log()
        lines = [line for line in text.splitlines() if line.strip()]
        return " ".join(lines[-3:])[-400:] or f"подробности в {self.settings.folder}/log"
