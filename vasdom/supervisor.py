"""The supervisor behind `make run`: starts the product's processes, shows what they say, restarts what falls.

It runs one thread, since children must be forked from the main one (see `processes.die_with_parent`): a selector
waits for the children's output, and for the signals through a wake-up descriptor.
"""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Sequence
from types import FrameType

from vasdom.processes import Child, Program

STOP_GRACE_SECONDS = 5.0
FIRST_DELAY_SECONDS = 1.0
LONGEST_DELAY_SECONDS = 30.0
STEADY_SECONDS = 60.0  # a child that lived this long has proved itself: its next fall starts from the first delay
READ_BYTES = 65536
DOUBLE_SIGNAL_SECONDS = 0.5


class Backoff:
    """How long to wait before the next restart: doubling from one second to thirty."""

    def __init__(self) -> None:
        self._delay = 0.0

    def after(self, lived_seconds: float) -> float:
        if lived_seconds >= STEADY_SECONDS:
            self._delay = 0.0
        self._delay = min(max(self._delay * 2, FIRST_DELAY_SECONDS), LONGEST_DELAY_SECONDS)
        return self._delay


class Watched:
    """A child under supervision: since when it runs, or when it is to be started again."""

    def __init__(self, child: Child) -> None:
        self.child = child
        self.backoff = Backoff()
        self.since = time.monotonic()
        self.restart_at: float | None = None
        self.unfinished_line = b""

    def fell(self) -> float:
        """Note that the child ended; returns the seconds until it is started again."""
        now = time.monotonic()
        delay = self.backoff.after(now - self.since)
        self.restart_at = now + delay
        return delay

    def start_again(self) -> None:
        self.child.restart()
        self.since = time.monotonic()
        self.restart_at = None


class Supervisor:
    """Runs `programs` beside the already running `servers` until SIGINT, SIGTERM or SIGHUP; then stops the programs.

    The servers are watched and restarted too; stopping them is left to their owner. `say` takes one line of text.
    `on_idle` is called between events, at least every half a second.
    """

    def __init__(
        self,
        programs: Sequence[Program],
        servers: Sequence[Child],
        say: Callable[[str], None],
        on_idle: Callable[[], None] = lambda: None,
    ) -> None:
        self._programs = programs
        self._watched = [Watched(server) for server in servers]
        self._say = say
        self._on_idle = on_idle
        self._selector = selectors.DefaultSelector()
        self._asked_at: float | None = None
        self._hurry = False
        self._width = max(len(name) for name in [*(p.name for p in programs), *(s.name for s in servers)])

    def run(self) -> None:
        wakeup_read, wakeup_write = os.pipe()
        os.set_blocking(wakeup_write, False)
        self._selector.register(wakeup_read, selectors.EVENT_READ, None)
        signal.set_wakeup_fd(wakeup_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)  # only to wake the selector
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_stop_signal)
        children: list[Watched] = []
        try:
            for program in self._programs:
                children.append(watched := Watched(Child(program)))
                self._watched.append(watched)
                self._listen(watched)
            while self._asked_at is None:
                self._turn()
        finally:
            self._stop(children)

    def _on_stop_signal(self, number: int, frame: FrameType | None) -> None:
        """The first signal asks; a later Ctrl-C hurries. `make` may pass the first one on, so twice at once is once."""
        now = time.monotonic()
        if self._asked_at is None:
            self._asked_at = now
        elif number == signal.SIGINT and now - self._asked_at > DOUBLE_SIGNAL_SECONDS:
            self._hurry = True

    def _turn(self) -> None:
        self._wait_for_events(self._seconds_until_restart())
        for watched in self._watched:
            if watched.restart_at is not None:
                self._restart_when_due(watched)
            elif (code := watched.child.exit_code()) is not None:
                delay = watched.fell()
                self._say(f"{watched.child.name}: процесс завершился ({_ending(code)}), перезапуск через {delay:.0f} с")
        self._on_idle()

    def _seconds_until_restart(self) -> float:
        due = [watched.restart_at for watched in self._watched if watched.restart_at is not None]
        return max(0.0, min([0.5, *(moment - time.monotonic() for moment in due)]))

    def _restart_when_due(self, watched: Watched) -> None:
        if watched.restart_at is not None and time.monotonic() >= watched.restart_at:
            watched.start_again()
            self._listen(watched)

    def _listen(self, watched: Watched) -> None:
        output = watched.child.process.stdout
        if output is not None:
            self._selector.register(output, selectors.EVENT_READ, watched)

    def _wait_for_events(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            data = os.read(key.fd, READ_BYTES)
            if isinstance(key.data, Watched):
                self._show(key.data, data)
                if not data:
                    self._selector.unregister(key.fileobj)

    def _show(self, watched: Watched, data: bytes) -> None:
        """Print whole lines under the child's name; an unfinished one waits for its rest, or for the end."""
        *lines, rest = (watched.unfinished_line + data).split(b"\n")
        if rest and (not data or len(rest) > READ_BYTES):
            lines, rest = [*lines, rest], b""
        watched.unfinished_line = rest
        for line in lines:
            self._say(f"{watched.child.name:{self._width}} | {line.decode(errors='replace').rstrip()}")

    def _stop(self, children: Sequence[Watched]) -> None:
        """Ask all at once, go on showing what they say, kill what is left: after the grace, or at a second Ctrl-C."""
        for watched in children:
            watched.child.ask_to_stop()
        deadline = time.monotonic() + STOP_GRACE_SECONDS
        while any(watched.child.exit_code() is None for watched in children):
            if self._hurry or time.monotonic() > deadline:
                break
            self._wait_for_events(0.1)
        for watched in children:
            watched.child.stop(grace_seconds=0)


def _ending(code: int) -> str:
    return f"код {code}" if code >= 0 else f"сигнал {signal.Signals(-code).name}"
