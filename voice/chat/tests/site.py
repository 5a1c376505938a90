"""The site's own server program on the tests' database: sockets need it, and only a process can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from vasdom.env import ROOT
from vasdom.processes import dying_with_this_process

START_SECONDS = 90


class Site:
    """A daphne on a free port of loopback. `environment` is added to ours."""

    def __init__(self, **environment: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.url, self.socket_url = f"http://127.0.0.1:{self.port}", f"ws://127.0.0.1:{self.port}"
        self._environment = environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Site:
        # DEBUG: static files are served from where they lie.
        env = {
            **os.environ,
            "DATABASE_URL": database_url(),
            "REDIS_URL": redis_url(),
            "DEBUG": "1",
            **self._environment,
        }
        command = [sys.executable, "-m", "daphne", "--bind", "127.0.0.1", "--port", str(self.port)]
        self._process = subprocess.Popen(
            [*command, "--verbosity", "0", "vasdom.asgi:application"],
            env=env,
            cwd=ROOT,
            preexec_fn=dying_with_this_process(signal.SIGKILL),
        )
        self._wait()
        return self

    def kill(self) -> None:
        """As a crash would: at once."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(10)

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill()

    def __enter__(self) -> Site:
        return self.start()

    def __exit__(self, *_: Any) -> None:
        self.stop()

    def _wait(self) -> None:
        assert self._process is not None
        for _ in range(START_SECONDS * 10):
            assert self._process.poll() is None, "the site did not start"
            try:
                socket.create_connection(("127.0.0.1", self.port), 0.2).close()
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise AssertionError("the site does not listen")


def database_url() -> str:
    place = connection.get_connection_params()
    known = {name: place[name] for name in ("host", "port", "user", "password") if place.get(name)}
    return f"postgresql:///{place['dbname']}?{urlencode(known)}"


def redis_url() -> str:
    from django.conf import settings

    return str(settings.REDIS_URL)
