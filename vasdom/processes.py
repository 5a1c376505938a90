"""Child processes that cannot outlive their parent, and who runs first where processors are few."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PRECEDENCE = -10
"""The niceness of what sends sound every 20 ms: others may wait that long, a call may not."""
PR_SET_PDEATHSIG = 1  # prctl(2): the signal this process gets when its parent dies, even by SIGKILL
_libc = ctypes.CDLL(None)


def die_with_parent(death_signal: signal.Signals, parent: int | None = None) -> None:
    """Have the kernel send this process `death_signal` when its parent is gone; leave at once if it already is.

    "Parent" is the *thread* that forked this process (prctl(2)), so children must be started from a main thread. The
    wish survives `exec`, and is not inherited by the children of this process.
    """
    _libc.prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() == 1 if parent is None else os.getppid() != parent:
        os._exit(1)


def dying_with_this_process(death_signal: signal.Signals) -> Callable[[], None]:
    """What to run between fork and exec so that the child does not outlive this process."""
    parent = os.getpid()
    return lambda: die_with_parent(death_signal, parent)


def come_first(pid: int = 0) -> None:
    """Have a process (0 = this one) run before others that want a processor, as far as the system lets us.

    Linux weighs sessions against each other before it weighs the processes of one (autogroup, sched(7)), so that
    niceness alone would do nothing for a process with a session of its own.
    """
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, PRECEDENCE)
    with suppress(OSError):
        Path(f"/proc/{pid or 'self'}/autogroup").write_text(str(PRECEDENCE))


@dataclass(frozen=True, slots=True)
class Program:
    """What to run as a child.

    `log` receives the output; without one it is a pipe that the owner reads. `stop_signal` asks for an orderly end,
    `death_signal` is what the kernel sends when the owner itself was killed. `inherited` are open file descriptors.
    `comes_first`: before others, where processors are few (`come_first`).
    """

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str] | None = None
    log: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL
    inherited: tuple[int, ...] = ()
    comes_first: bool = False


class Child:
    """One running program: in a session of its own (a Ctrl-C of the terminal does not reach it) and without input."""

    def __init__(self, program: Program) -> None:
        self.program = program
        self.process = self._start()

    @property
    def name(self) -> str:
        return self.program.name

    def restart(self) -> None:
        self.process = self._start()

    def exit_code(self) -> int | None:
        """The code of the ended program (negative: the signal that ended it), None while it runs."""
        return self.process.poll()

    def ask_to_stop(self) -> None:
        if self.exit_code() is None:
            self.process.send_signal(self.program.stop_signal)

    def stop(self, grace_seconds: float) -> None:
        """Ask, wait, kill; returns when the program is gone."""
        self.ask_to_stop()
        try:
            self.process.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        log = self.program.log
        output = subprocess.PIPE if log is None else os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            process = subprocess.Popen(
                self.program.command,
                env=self.program.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                pass_fds=self.program.inherited,
                start_new_session=True,
                # Safe here: the processes that start children run one thread.
                preexec_fn=dying_with_this_process(self.program.death_signal),
            )
        finally:
            if log is not None:
                os.close(output)
        if self.program.comes_first:
            come_first(process.pid)
        return process
