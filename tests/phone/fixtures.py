"""An Asterisk for tests. A conftest takes what it needs by importing it: `from tests.phone.fixtures import …`."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from vasdom.env import ROOT
from voice.caller import SipCaller
from voice.pbx import AsteriskTree, AsteriskUnavailable, LocalAsterisk, fetch

HANG_UP_SECONDS = 10.0


def asterisk_home() -> Path:
    """Fetched once for all runs of all worktrees that name it; outside of VAR_DIR, which tests may throw away."""
    return Path(os.environ.get("ASTERISK_HOME") or ROOT / "var" / "asterisk")


@pytest.fixture(scope="session")
def asterisk_tree() -> AsteriskTree:
    try:
        return fetch(asterisk_home())
    except AsteriskUnavailable as exc:
        pytest.skip(exc.message)


@pytest.fixture(scope="session")
def pbx_folder() -> Iterator[Path]:
    """Short: its socket's path is limited."""
    with tempfile.TemporaryDirectory(prefix="pbx-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def running_asterisk(asterisk_tree: AsteriskTree, pbx_folder: Path) -> Iterator[LocalAsterisk]:
    with LocalAsterisk.on_free_ports(asterisk_tree, pbx_folder / "s") as instance:
        yield instance


@pytest.fixture
def asterisk(running_asterisk: LocalAsterisk) -> Iterator[LocalAsterisk]:
    """The session's Asterisk. Behind every test it has to be alive, and without a channel."""
    if not running_asterisk.running:  # a test before this one killed it
        running_asterisk.start()
    yield running_asterisk
    assert running_asterisk.running, running_asterisk.log()[-2000:]
    deadline = time.monotonic() + HANG_UP_SECONDS
    while (left := running_asterisk.channels()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left == 0, running_asterisk.cli("core show channels concise")


@pytest.fixture
def fresh_asterisk(asterisk_tree: AsteriskTree) -> Iterator[LocalAsterisk]:
    """One of the test's own, to be killed, stopped and started again."""
    folder = Path(tempfile.mkdtemp(prefix="pbx-"))
    try:
        with LocalAsterisk.on_free_ports(asterisk_tree, folder) as instance:
            yield instance
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
async def caller(asterisk: LocalAsterisk) -> AsyncIterator[SipCaller]:
    """A telephone without an account, as anybody's."""
    async with SipCaller(*asterisk.sip) as phone:
        yield phone
