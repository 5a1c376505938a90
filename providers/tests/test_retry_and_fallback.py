"""Who is asked again, who is asked next, and when nobody is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import pytest

from providers.chain import chain
from providers.deadlines import Deadlines
from providers.errors import BrokenOff, ProviderError, Rejected, Timeout, Unavailable
from providers.fallback import Fallback, Step
from providers.llm import LanguageModel, Message, Passage, TextDelta
from providers.retry import Retrying
from providers.scripted.model import Line, Scripted, ScriptedConfig
from providers.tests.adapters import chat_config
from providers.tests.openai_twin import OpenAITwin, Reply
from vasdom.errors import InvalidInput

ASK = (Message("user", "Когда уборка?", passages=(Passage("Уборка проходит по четвергам."),)),)
GOOD = Line(text="По четвергам.")
PASSING = Unavailable("Занято")
FINAL = Rejected("Нельзя")


def script(*lines: Line) -> Scripted:
    return Scripted(ScriptedConfig(lines=lines))


def failing(error: ProviderError, after: int = 0) -> Line:
    return Line(text="Раз два три четыре.", error=error, error_after=after)


async def said(model: LanguageModel, messages: Sequence[Message] = ASK) -> str:
    await model.ready()
    return "".join([piece.text async for piece in model.reply(messages) if isinstance(piece, TextDelta)])


async def test_a_passing_failure_is_asked_once_more() -> None:
    model = script(failing(PASSING), GOOD)
    assert await said(Retrying(model)) == "По четвергам."
    assert len(model.heard) == 2


async def test_there_is_one_retry_and_no_more() -> None:
    model = script(failing(PASSING))
    with pytest.raises(Unavailable):
        await said(Retrying(model))
    assert len(model.heard) == 2


async def test_a_refusal_is_not_asked_again() -> None:
    model = script(failing(FINAL), GOOD)
    with pytest.raises(Rejected):
        await said(Retrying(model))
    assert len(model.heard) == 1


async def test_nothing_is_asked_again_after_the_first_word() -> None:
    model = script(failing(PASSING, after=1), GOOD)
    with pytest.raises(BrokenOff) as caught:
        await said(Retrying(model))
    assert caught.value.said == "Раз"
    assert len(model.heard) == 1


async def test_the_vendors_own_pause_is_kept() -> None:
    model = script(failing(Unavailable("Занято", retry_after_seconds=0.4)), GOOD)
    started = time.monotonic()
    assert await said(Retrying(model)) == "По четвергам."
    assert time.monotonic() - started >= 0.4


async def test_a_pause_longer_than_our_patience_is_not_waited_for() -> None:
    model = script(failing(Unavailable("Занято", retry_after_seconds=20)), GOOD)
    started = time.monotonic()
    with pytest.raises(Unavailable):
        await said(Retrying(model, patience_seconds=8))
    assert time.monotonic() - started < 0.5


async def test_a_vendor_that_stalled_for_all_our_patience_is_not_asked_again() -> None:
    model = script(Line(text="Поздно.", first_delay_seconds=60))
    started = time.monotonic()
    with pytest.raises(Timeout):
        await said(Retrying(model, patience_seconds=0.4))
    assert 0.4 <= time.monotonic() - started < 0.8
    assert len(model.heard) == 1


async def test_the_next_is_asked_when_one_fails() -> None:
    first, second, third = script(failing(FINAL)), script(failing(PASSING)), script(GOOD)
    assert await said(Fallback([Step(first), Step(second), Step(third)])) == "По четвергам."
    assert [len(model.heard) for model in (first, second, third)] == [1, 1, 1]


async def test_the_first_failure_is_told_when_nobody_answers() -> None:
    with pytest.raises(Rejected, match="Нельзя"):
        await said(Fallback([Step(script(failing(FINAL))), Step(script(failing(PASSING)))]))


async def test_an_answer_that_has_begun_is_not_begun_again_by_another() -> None:
    first, second = script(failing(PASSING, after=2)), script(GOOD)
    with pytest.raises(BrokenOff) as caught:
        await said(Fallback([Step(first), Step(second)]))
    assert caught.value.said == "Раз два"
    assert not second.heard


async def test_models_of_a_refused_account_are_not_asked() -> None:
    refusing = script(failing(Rejected("Ключ не подошёл", code="provider_key")))
    same, other = script(GOOD), script(Line(text="Другой."))
    steps = [Step(refusing, "openai"), Step(same, "openai"), Step(other, "yandex")]
    assert await said(Fallback(steps)) == "Другой."
    assert not same.heard


async def test_stalls_share_the_time_and_the_instant_one_is_asked_at_the_end() -> None:
    stalled = [script(Line(text="Поздно.", first_delay_seconds=60)) for _ in range(2)]
    steps = [*(Step(model) for model in stalled), Step(script(GOOD), instant=True)]
    started = time.monotonic()
    assert await said(Fallback(steps, patience_seconds=0.8)) == "По четвергам."
    assert 0.7 <= time.monotonic() - started < 1.3
    assert all(model.heard for model in stalled)


async def test_time_is_for_the_first_word_only() -> None:
    slow = script(Line(text="Раз два три четыре пять шесть.", delay_seconds=0.15))
    assert await said(Fallback([Step(slow)], patience_seconds=0.3)) == "Раз два три четыре пять шесть."


async def test_closing_reaches_the_model_behind_retry_and_fallback(twin: OpenAITwin) -> None:
    twin.first_token_seconds = 60
    model = chain("openai", chat_config(twin))
    await model.ready()
    caller = asyncio.create_task(said(model))
    await asyncio.sleep(0.4)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0.1)
    assert [request.gone for request in twin.requests] == [True]


def test_a_fallback_needs_somebody_to_ask() -> None:
    with pytest.raises(InvalidInput):
        Fallback([])


def asked(twin: OpenAITwin) -> list[tuple[str, bool]]:
    return [(request.body["model"], bool(request.body.get("stream"))) for request in twin.requests]


ORDER = [("gpt-4o-mini", True), ("gpt-4o-mini", True), ("gpt-4o", True), ("gpt-4o-mini", False)]


async def test_the_whole_chain_ends_in_the_knowledge_base(twin: OpenAITwin) -> None:
    twin.fail("status", status=503, times=9)
    model = chain("openai", chat_config(twin), fallback_model="gpt-4o")
    assert await said(model) == "Ответ из базы знаний: Уборка проходит по четвергам."
    assert asked(twin) == ORDER


@pytest.mark.parametrize("failures", [1, 2, 3])
async def test_the_chain_stops_at_the_first_that_answers(twin: OpenAITwin, failures: int) -> None:
    twin.fail("status", status=503, times=failures)
    twin.brain = lambda body: Reply("По четвергам.")
    assert await said(chain("openai", chat_config(twin), fallback_model="gpt-4o")) == "По четвергам."
    assert asked(twin) == ORDER[: failures + 1]


async def test_a_refused_key_goes_straight_to_the_knowledge_base(twin: OpenAITwin) -> None:
    twin.api_key = "sk-another"
    assert (await said(chain("openai", chat_config(twin), fallback_model="gpt-4o"))).startswith("Ответ из базы знаний")
    assert len(twin.requests) == 1


async def test_a_stalled_server_is_answered_for_within_our_patience(twin: OpenAITwin) -> None:
    twin.fail("stall", times=9)
    model = chain("openai", chat_config(twin), fallback_model="gpt-4o", patience_seconds=1.2)
    await model.ready()
    started = time.monotonic()
    assert (await said(model)).startswith("Ответ из базы знаний")
    assert time.monotonic() - started < 2
    assert asked(twin) == [ORDER[0], *ORDER[2:]]


@pytest.mark.parametrize("seconds", [0, -1, float("nan"), float("inf")])
def test_a_wait_without_an_end_is_refused(seconds: Any) -> None:
    for refused in (
        lambda: Deadlines(first_token_seconds=seconds),
        lambda: Retrying(script(GOOD), patience_seconds=seconds),
        lambda: Fallback([Step(script(GOOD))], patience_seconds=seconds),
    ):
        with pytest.raises(InvalidInput):
            refused()
