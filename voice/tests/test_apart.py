"""Functions that run in the process beside, and what becomes of them when it dies."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator

import pytest

from providers.apart import helper
from providers.apart.helper import Gone
from providers.chain import Recipe
from vasdom.errors import NotFound
from voice.gate import NotConfirmed
from voice.threads import apart, begin_apart


def refuses() -> None:
    raise NotFound("Такого дома нет.", field="house")


def is_not_confirmed() -> None:
    raise NotConfirmed


def breaks() -> None:
    raise ZeroDivisionError("a defect")


def slowly() -> int:
    time.sleep(1.0)
    return os.getpid()


@pytest.fixture
async def beside() -> AsyncIterator[int]:
    """Its process id."""
    begin_apart()
    kept = helper.keeper()
    assert kept is not None
    await kept.get_ready(Recipe("extractive"))
    assert kept.helper.pid is not None
    yield kept.helper.pid
    await helper.close()


async def test_without_a_process_beside_it_runs_here() -> None:
    assert await apart(os.getpid) == os.getpid()


async def test_it_runs_beside_and_what_it_raises_comes_back(beside: int) -> None:
    assert await apart(os.getpid) == beside
    assert await apart(os.getpid, behind=True) == beside
    with pytest.raises(NotFound) as refused:
        await apart(refuses)
    assert (refused.value.message, refused.value.field) == ("Такого дома нет.", "house")
    with pytest.raises(NotConfirmed):
        await apart(is_not_confirmed)
    with pytest.raises(ZeroDivisionError) as defect:
        await apart(breaks)
    assert "in breaks" in "".join(defect.value.__notes__), "the traceback of the other process"
    assert await apart(os.getpid) == beside, "it goes on"


async def test_what_may_have_been_done_is_done_again_only_where_that_changes_nothing(beside: int) -> None:
    once, again = asyncio.create_task(apart(slowly)), asyncio.create_task(apart(slowly, repeatable=True))
    await asyncio.sleep(0.3)
    os.kill(beside, signal.SIGKILL)
    with pytest.raises(Gone):
        await once
    assert await again == os.getpid()
    assert await apart(os.getpid) == os.getpid(), "meanwhile it runs here"
