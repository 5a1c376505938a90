"""Child processes that cannot outlive their parent."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1  # prctl(2): the signal this process gets when its parent dies, even by SIGKILL
_libc = ctypes.CDLL(None)


def die_with_parent(stop_signal: signal.Signals) -> Callable[[], None]:
    """What to run between fork and exec so that the child is sent `stop_signal` when its parent is gone."""
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(stop_signal))
        if os.getppid() != parent:  # the parent died between fork and prctl
            os._exit(1)

    return prepare


def spawn(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    stdout: IO[str] | int | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
) -> subprocess.Popen[str]:
    """Start a child in its own session, without input, that dies with this process."""
    return subprocess.Popen(
        [str(part) for part in command],
        env=None if env is None else dict(env),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT if stdout is not None else None,
        text=True,
        start_new_session=True,
        preexec_fn=die_with_parent(stop_signal),  # noqa: PLW1509 -- no threads run yet that could hold a lock
    )
