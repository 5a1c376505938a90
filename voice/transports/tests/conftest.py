"""A real Asterisk whose media connections lead to a port of the tests'."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.phone.fixtures import asterisk as asterisk
from tests.phone.fixtures import asterisk_tree as asterisk_tree
from tests.phone.fixtures import caller as caller
from tests.phone.fixtures import fresh_asterisk as fresh_asterisk
from tests.phone.fixtures import pbx_folder as pbx_folder
from voice.pbx import AsteriskTree, LocalAsterisk
from voice.pbx.settings import free_port


@pytest.fixture(scope="session")
def media_port() -> int:
    return free_port(socket.SOCK_STREAM)


@pytest.fixture(scope="session")
def running_asterisk(asterisk_tree: AsteriskTree, pbx_folder: Path, media_port: int) -> Iterator[LocalAsterisk]:
    address = f"ws://127.0.0.1:{media_port}/asterisk/media/"
    with LocalAsterisk.on_free_ports(asterisk_tree, pbx_folder / "s", media_client=address) as instance:
        yield instance
