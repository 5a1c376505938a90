"""The product under measurement: its own data folder, its real servers, a real web process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_SECONDS = 60.0
STOP_TIMEOUT_SECONDS = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def environment(var_dir: Path, **extra: str) -> dict[str, str]:
    """The environment of a child: our data folder, nothing of the caller's own configuration."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG", "VIRTUAL_ENV"}}
    return kept | {"VAR_DIR": str(var_dir), "BITRIX24_WEBHOOK_URL": "", "LOG_LEVEL": "WARNING"} | extra


def manage(*arguments: str, env: Mapping[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=dict(env), check=True)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the process behind {url} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    raise RuntimeError(f"{url} did not answer in {START_TIMEOUT_SECONDS:.0f} s")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_TIMEOUT_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def child(command: list[str], env: Mapping[str, str], ready_url: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the product, up when `ready_url` answers, ended with the block."""
    process = subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        wait_for(ready_url, process)
        yield process
    finally:
        stop(process)


@contextmanager
def web_process(env: Mapping[str, str]) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """One web process as `make run` starts it, and its address."""
    port = free_port()
    daphne = str(Path(sys.executable).parent / "daphne")
    command = [daphne, "-b", "127.0.0.1", "-p", str(port), "vasdom.asgi:application"]
    with child(command, env, f"http://127.0.0.1:{port}/healthz") as process:
        yield f"http://127.0.0.1:{port}", process


@contextmanager
def web(env: Mapping[str, str]) -> Iterator[str]:
    """The address of one web process."""
    with web_process(env) as (site, _):
        yield site


def memory_megabytes(pid: int) -> float:
    """What a process holds of the machine's memory now."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no process {pid}")
