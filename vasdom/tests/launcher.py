"""`manage.py run` as a real process, for tests of how it starts and ends."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from vasdom.env import ROOT, VARIABLES

PATIENCE_SECONDS = 300.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(var_dir: Path, **values: str) -> dict[str, str]:
    """A clean environment: nothing of the developer's, no demo, and the given values."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}
    return {
        **inherited,
        **{variable.name: "" for variable in VARIABLES},
        "DEMO": "0",
        "VAR_DIR": str(var_dir),
        **values,
    }


def manage(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def processes_of(var_dir: Path) -> dict[int, str]:
    """Every living process of this data folder, however far down: pid and command line.

    Known by the environment it was given, or, since PostgreSQL writes its titles over that, by where it works.
    """
    wanted = f"VAR_DIR={var_dir}".encode()
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # ended meanwhile, a zombie, or somebody else's
            given = (folder / "environ").read_bytes().split(b"\0")
            if wanted in given or (folder / "cwd").readlink().is_relative_to(var_dir):
                found[int(folder.name)] = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def wait_until(true: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


class Launcher:
    """A running `manage.py run`; what it prints is gathered in `lines`. With `parent` it is started through a process
    that plays `make`.
    """

    def __init__(self, var_dir: Path, *, parent: bool = False, arguments: tuple[str, ...] = (), **values: str) -> None:
        self.var_dir = var_dir
        self.port = free_port()
        command = [sys.executable, "manage.py", "run", "--stop-with-parent", *arguments]
        if parent:
            command = [sys.executable, "-c", f"import subprocess; subprocess.run({command!r})"]
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(var_dir, PORT=str(self.port), **values),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)  # one at a time: others look at them meanwhile

    @property
    def output(self) -> str:
        return "".join(self.lines)

    def wait_ready(self) -> None:
        wait_until(lambda: "ВасДом работает" in self.output or self.process.poll() is not None, self.output)
        assert "ВасДом работает" in self.output, self.output

    def status(self, path: str) -> int:
        """The HTTP status of a page, 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as exc:
            return exc.code
        except OSError:
            return 0

    def child(self, word: str) -> int:
        """The pid of the child whose command line holds this word."""
        return next(pid for pid, command in processes_of(self.var_dir).items() if word in command)

    def stop(self, number: signal.Signals = signal.SIGINT) -> int:
        self.process.send_signal(number)
        code = self.process.wait(20)
        self._reader.join(10)
        return code
