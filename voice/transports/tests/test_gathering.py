"""Packets of many calls are taken together, and none stays behind."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from voice.transports.gathering import REST_SECONDS, Gathering


class Ear:
    """A bound socket, and what its reader took."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.heard: list[bytes] = []

    def read(self) -> None:
        """One packet, as a call's reader does."""
        with suppress(BlockingIOError):
            self.heard.append(self.socket.recv(100))


@pytest.fixture
def ears() -> Iterator[list[Ear]]:
    made = [Ear() for _ in range(3)]
    yield made
    for ear in made:
        ear.socket.close()


def say(ear: Ear, *words: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as mouth:
        for word in words:
            mouth.sendto(word, ear.socket.getsockname())


async def some_looks() -> None:
    await asyncio.sleep(5 * REST_SECONDS)


async def test_everybody_is_heard_and_all_that_waits(ears: list[Ear]) -> None:
    gathering = Gathering()
    for ear in ears:
        gathering.add(ear.socket, ear.read)
    for round_ in (b"1", b"2"):  # the second comes while it rests, or after
        for ear in ears:
            say(ear, round_ + b"a", round_ + b"b", round_ + b"c")
        await some_looks()
    assert [ear.heard for ear in ears] == [[b"1a", b"1b", b"1c", b"2a", b"2b", b"2c"]] * 3
    for ear in ears:
        gathering.remove(ear.socket)


async def test_who_is_removed_hears_no_more_and_the_others_do(ears: list[Ear]) -> None:
    gathering, (first, second, _) = Gathering(), ears
    gathering.add(first.socket, lambda: gathering.remove(second.socket))
    gathering.add(second.socket, second.read)
    say(first, b"your call is over")
    await some_looks()
    say(second, b"nobody")
    await some_looks()
    assert second.heard == []
    gathering.remove(first.socket)
    gathering.remove(first.socket)  # twice is once

    gathering.add(second.socket, second.read)  # after a time without anybody
    await some_looks()
    assert second.heard == [b"nobody"]
    gathering.remove(second.socket)
