"""The pieces of the supervisor; how it behaves as a whole is in test_run.py."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

from vasdom.processes import PRECEDENCE, Child, Program
from vasdom.secret_key import load_secret_key
from vasdom.supervisor import STEADY_SECONDS, Backoff
from vasdom.version import version


def test_restarts_wait_longer_and_longer_up_to_half_a_minute() -> None:
    backoff = Backoff()
    assert [backoff.after(lived_seconds=0) for _ in range(7)] == [1, 2, 4, 8, 16, 30, 30]


def test_a_child_that_lived_long_is_restarted_at_once_again() -> None:
    backoff = Backoff()
    delays = [backoff.after(seconds) for seconds in (0, 0, STEADY_SECONDS, 0)]
    assert delays == [1, 2, 1, 2]


def test_a_child_that_ignores_the_request_to_stop_is_killed() -> None:
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    )
    child = Child(Program("stubborn", (sys.executable, "-c", stubborn)))
    assert child.process.stdout is not None
    child.process.stdout.readline()
    child.stop(grace_seconds=0.2)
    assert child.exit_code() == -signal.SIGKILL


def test_who_comes_first_does_as_far_as_the_system_lets_it() -> None:
    asked = "import os; os.setpriority(os.PRIO_PROCESS, 0, -10)"
    is_allowed = subprocess.run([sys.executable, "-c", asked], stderr=subprocess.DEVNULL).returncode == 0
    child = Child(Program("first", (sys.executable, "-c", "import time; time.sleep(60)"), comes_first=True))
    try:
        niceness = os.getpriority(os.PRIO_PROCESS, child.process.pid)
        session = Path(f"/proc/{child.process.pid}/autogroup")
        weighed = session.read_text().split()[-1] if session.exists() else ""
    finally:
        child.stop(grace_seconds=1)
    assert niceness == (PRECEDENCE if is_allowed else os.getpriority(os.PRIO_PROCESS, 0))
    assert weighed in ({"", str(PRECEDENCE)} if is_allowed else {"", "0"})


def test_two_processes_that_make_the_secret_key_agree(tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(load_secret_key(tmp_path))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert keys[0] == keys[1] == load_secret_key(tmp_path)
    assert len(keys[0]) >= 50
    assert os.stat(tmp_path / "secret_key").st_mode & 0o077 == 0


def test_the_version_is_a_commit_and_its_date() -> None:
    commit, _, day = version().partition(" от ")
    assert int(commit, 16)
    assert len(day.split(".")) == 3
