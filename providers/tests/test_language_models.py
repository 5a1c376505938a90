"""What every language model keeps to, whoever stands behind it."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import traceback
from collections.abc import Callable
from contextlib import aclosing
from itertools import pairwise
from typing import Any

import pytest

from providers.deadlines import Deadlines
from providers.errors import BrokenOff, ProviderError, Rejected, Timeout, Unavailable
from providers.llm import LanguageModel, Piece, TextDelta, ToolCall, ToolSpec
from providers.registry import LANGUAGE_MODELS
from providers.tests.adapters import CALLS, FIRST, KEY, QUESTION, STAGES, TEXT, Behaviour, Stage
from providers.tests.openai_twin import OpenAITwin
from vasdom.errors import VasdomError

TOOLS = (
    ToolSpec("house_by_address", "Дом по адресу", {"type": "object", "properties": {"address": {"type": "string"}}}),
    ToolSpec("totals", "Всего домов", {"type": "object", "properties": {}}),
)
QUICK = Deadlines(first_token_seconds=0.4, between_tokens_seconds=0.3, whole_seconds=5)
ROOMY = Deadlines(first_token_seconds=10, between_tokens_seconds=10, whole_seconds=20)


def stages(*behaviours: Behaviour, streaming: bool = False) -> Callable[[Any], Any]:
    able = [stage for stage in STAGES if stage.can.issuperset(behaviours) and not (streaming and stage.whole)]
    return pytest.mark.parametrize("stage", able, ids=lambda stage: stage.vendor)


async def ready(stage: Stage, twin: OpenAITwin, behaviour: Behaviour, deadlines: Deadlines = QUICK) -> LanguageModel:
    model = stage.model(twin, behaviour, deadlines)
    await model.ready()
    return model


async def heard(model: LanguageModel, tools: tuple[ToolSpec, ...] = (), into: list[Piece] | None = None) -> list[Piece]:
    pieces = [] if into is None else into
    async with aclosing(model.reply(QUESTION, tools)) as answer:
        async for piece in answer:
            pieces.append(piece)
    return pieces


def text_of(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces if isinstance(piece, TextDelta))


def test_every_vendor_of_the_registry_is_tested_here() -> None:
    assert set(LANGUAGE_MODELS) <= {stage.vendor for stage in STAGES}


@stages("says")
async def test_text_comes_in_order_and_in_pieces_that_are_not_empty(stage: Stage, twin: OpenAITwin) -> None:
    pieces = await heard(await ready(stage, twin, "says"))
    assert text_of(pieces).endswith(TEXT)
    assert all(isinstance(piece, TextDelta) and piece.text for piece in pieces)
    assert len(pieces) == 1 if stage.whole else len(pieces) > 1


@stages("calls")
async def test_tool_calls_come_whole_after_the_text(stage: Stage, twin: OpenAITwin) -> None:
    pieces = await heard(await ready(stage, twin, "calls"), TOOLS)
    assert text_of(pieces) == FIRST
    assert [piece for piece in pieces if isinstance(piece, ToolCall)] == list(CALLS)
    assert pieces[-2:] == list(CALLS)


@stages("stalls")
async def test_a_stall_before_the_first_word_is_heard_of_within_the_deadline(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "stalls")
    started = time.monotonic()
    with pytest.raises(Timeout) as caught:
        await heard(model)
    assert time.monotonic() - started < 0.9
    assert caught.value.retryable


@stages("silent", streaming=True)
async def test_a_stall_in_the_middle_is_heard_of_and_tells_what_was_said(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "silent")
    started = time.monotonic()
    said: list[Piece] = []
    with pytest.raises(BrokenOff) as caught:
        await heard(model, into=said)
    assert time.monotonic() - started < 1.2
    assert caught.value.said == text_of(said) != ""
    assert TEXT.startswith(caught.value.said)
    assert isinstance(caught.value.__cause__, Timeout)
    assert not caught.value.retryable


@stages("breaks", streaming=True)
async def test_a_broken_answer_is_not_begun_again(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "breaks", ROOMY)
    said: list[Piece] = []
    with pytest.raises(BrokenOff) as caught:
        await heard(model, into=said)
    assert text_of(said) == caught.value.said == "".join(TEXT[: len(caught.value.said)]) != ""
    assert isinstance(caught.value.__cause__, Unavailable)
    assert len(twin.requests) <= 1


@stages("slow", streaming=True)
async def test_an_answer_that_takes_too_long_as_a_whole_is_ended(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "slow", Deadlines(10, 10, 0.45))
    started = time.monotonic()
    with pytest.raises(BrokenOff, match="слишком много времени"):
        await heard(model)
    assert time.monotonic() - started < 1


@stages("slow", streaming=True)
async def test_words_come_while_the_answer_is_still_being_written(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "slow", ROOMY)
    started = time.monotonic()
    moments = []
    async for _ in model.reply(QUESTION):
        moments.append(time.monotonic() - started)
    assert moments[0] < 0.1 * len(moments) / 2
    assert all(earlier < later for earlier, later in pairwise(moments))


@stages("says", streaming=True)
async def test_a_slow_reader_is_not_taken_for_a_stall(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "says", Deadlines(0.5, 0.2, 0.5))
    pieces = []
    async for piece in model.reply(QUESTION):
        pieces.append(piece)
        await asyncio.sleep(0.3 if len(pieces) < 4 else 0)
    assert text_of(pieces).endswith(TEXT)


@stages("slow", streaming=True)
async def test_closing_the_answer_ends_the_request(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "slow", ROOMY)
    before = asyncio.all_tasks()
    answer = model.reply(QUESTION)
    await anext(answer)
    await answer.aclose()
    assert asyncio.all_tasks() == before
    await asyncio.sleep(0.25)
    assert all(request.gone and request.pieces <= 3 for request in twin.requests)


@stages("stalls")
async def test_a_cancelled_caller_ends_the_request(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "stalls", ROOMY)
    before = asyncio.all_tasks()
    caller = asyncio.create_task(heard(model))
    await asyncio.sleep(0.2)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0.1)
    assert asyncio.all_tasks() == before
    assert all(request.gone for request in twin.requests)


@stages("busy")
async def test_an_overloaded_vendor_is_said_to_be_worth_another_try(stage: Stage, twin: OpenAITwin) -> None:
    with pytest.raises(Unavailable) as caught:
        await heard(await ready(stage, twin, "busy", ROOMY))
    assert caught.value.retryable
    assert caught.value.retry_after_seconds == 30
    assert not caught.value.account_wide


@stages("refuses")
async def test_a_refusal_is_final(stage: Stage, twin: OpenAITwin) -> None:
    with pytest.raises(Rejected) as caught:
        await heard(await ready(stage, twin, "refuses", ROOMY))
    assert not caught.value.retryable
    assert caught.value.account_wide


@stages("says")
async def test_fifty_at_once_get_their_own_answers(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "says", ROOMY)
    answers = await asyncio.gather(*(heard(model) for _ in range(50)))
    assert all(text_of(pieces).endswith(TEXT) for pieces in answers)


@stages("says")
def test_one_object_serves_several_event_loops(stage: Stage, twin: OpenAITwin) -> None:
    model = stage.model(twin, "says", ROOMY)
    for _ in range(3):
        assert text_of(asyncio.run(heard(model))).endswith(TEXT)


@stages("says")
@pytest.mark.filterwarnings("error:.*never awaited")
async def test_an_answer_never_read_leaves_nothing_behind(stage: Stage, twin: OpenAITwin) -> None:
    model = await ready(stage, twin, "says")
    before = asyncio.all_tasks()
    answer = model.reply(QUESTION)
    del answer
    gc.collect()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before
    assert not twin.requests


FAILURES: tuple[Behaviour, ...] = ("stalls", "silent", "busy", "refuses", "breaks")


@pytest.mark.parametrize("behaviour", FAILURES)
@stages("busy", "refuses")
async def test_no_failure_shows_the_key(
    stage: Stage, behaviour: Behaviour, twin: OpenAITwin, caplog: pytest.LogCaptureFixture
) -> None:
    if behaviour not in stage.can:
        return
    caplog.set_level(logging.DEBUG)
    model = await ready(stage, twin, behaviour)
    with pytest.raises(ProviderError) as caught:
        await heard(model)
    logging.getLogger("edge").exception("as the edge would log it", exc_info=caught.value)
    shown = [repr(model), str(caught.value), repr(caught.value), caught.value.detail, caplog.text]
    shown += traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert KEY not in "\n".join(shown)
    assert isinstance(caught.value, VasdomError)
    assert caught.value.message
    assert not set(caught.value.message) & set("{}<>")
