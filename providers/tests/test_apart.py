"""The process that asks the models: what happens when it is not there, dies or hangs."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from providers.apart import helper
from providers.apart.helper import Gone
from providers.apart.model import Apart
from providers.chain import Recipe
from providers.errors import BrokenOff
from providers.llm import TextDelta
from providers.tests.adapters import KEY, QUESTION, TEXT, chat_config
from providers.tests.openai_twin import OpenAITwin, Reply

OWNER = """
import asyncio
from providers.apart.helper import begin
from providers.chain import Recipe

async def main():
    await begin().get_ready(Recipe("extractive"))
    print(begin().helper.pid, flush=True)
    await asyncio.sleep(3600)

asyncio.run(main())
"""


def model(twin: OpenAITwin) -> Apart:
    twin.brain = lambda body: Reply(TEXT)
    return Apart(Recipe("openai", chat_config(twin), patience_seconds=5.0))


async def answered(asked: Apart) -> str:
    async with aclosing(asked.reply(QUESTION)) as answer:
        return "".join([piece.text async for piece in answer if isinstance(piece, TextDelta)])


def pid() -> int:
    """Of the running loop's process beside. Raises Gone."""
    kept = helper.keeper()
    assert kept is not None
    found = kept.helper.pid
    assert found is not None
    return found


async def pid_soon() -> int:
    async with asyncio.timeout(30):
        while True:
            with suppress(Gone):
                return pid()
            await asyncio.sleep(0.05)


async def test_a_loop_that_never_got_ready_asks_by_itself(twin: OpenAITwin) -> None:
    assert await answered(model(twin)) == TEXT
    assert helper.keeper() is None


async def test_one_process_answers_whatever_the_loop_asks(twin: OpenAITwin) -> None:
    asked = model(twin)
    await asked.ready()
    first = pid()
    assert await answered(asked) == TEXT
    assert await answered(Apart(Recipe("extractive"))) == await answered(Apart(Recipe("extractive")))
    assert pid() == first != os.getpid()


async def test_one_that_died_is_not_missed_and_comes_back(twin: OpenAITwin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(helper, "AGAIN_SECONDS", 600.0)
    asked = model(twin)
    await asked.ready()
    first = pid()
    os.kill(first, signal.SIGKILL)
    assert await answered(asked) == TEXT, "this process asks meanwhile"
    with pytest.raises(Gone):
        pid()
    monkeypatch.setattr(helper, "AGAIN_SECONDS", 0.0)
    assert await answered(asked) == TEXT, "nobody waits for the new one"
    assert await pid_soon() != first
    assert await answered(asked) == TEXT


async def test_an_answer_that_had_begun_is_not_begun_again(twin: OpenAITwin) -> None:
    asked = model(twin)
    await asked.ready()
    twin.fail("silence", after=5)
    said: list[str] = []

    async def hear_it_out() -> None:
        async with aclosing(asked.reply(QUESTION)) as answer:
            async for piece in answer:
                assert isinstance(piece, TextDelta)
                said.append(piece.text)
                if len(said) == 1:
                    os.kill(pid(), signal.SIGKILL)

    with pytest.raises(BrokenOff) as broken:
        await hear_it_out()
    assert broken.value.said == "".join(said) != ""
    assert TEXT.startswith("".join(said))
    assert isinstance(broken.value.__cause__, Gone)


async def test_one_that_hangs_is_killed_and_not_waited_for(twin: OpenAITwin, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = model(twin)
    await asked.ready()
    monkeypatch.setattr(helper, "SILENT_SECONDS", 1.5)
    hanging = pid()
    os.kill(hanging, signal.SIGSTOP)
    began = time.monotonic()
    assert await answered(asked) == TEXT
    assert time.monotonic() - began < 10
    assert not Path(f"/proc/{hanging}").exists()


async def test_closing_an_answer_ends_its_request_and_no_other(twin: OpenAITwin) -> None:
    asked = model(twin)
    await asked.ready()
    twin.first_token_seconds, twin.token_seconds = 0.1, 0.05
    other = asyncio.create_task(answered(asked))
    async with aclosing(asked.reply(QUESTION)) as answer:
        assert isinstance(await anext(answer), TextDelta)
    assert await other == TEXT


def test_its_log_holds_no_key_and_no_number() -> None:
    said = "logging.warning('refused: %s, asked by +7 900 000-00-00', os.environ['OPENAI_API_KEY'])"
    program = f"import logging, os; from providers.apart import writer; writer.log_without_secrets(); {said}"
    done = subprocess.run(
        [sys.executable, "-c", program], env={**os.environ, "OPENAI_API_KEY": KEY}, capture_output=True, text=True
    )
    assert "refused: ***, asked by ***" in done.stderr


def test_it_ends_with_its_owner() -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout is not None
        started = int(owner.stdout.readline())
        assert Path(f"/proc/{started}").exists()
        owner.kill()
    deadline = time.monotonic() + 10
    while Path(f"/proc/{started}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not Path(f"/proc/{started}").exists()
