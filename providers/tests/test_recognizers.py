"""What every recogniser keeps to, whoever stands behind it."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import traceback
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import numpy as np
import pytest

from providers.audio import to_pcm
from providers.errors import ProviderError, Rejected, Timeout, Unavailable
from providers.registry import RECOGNIZERS
from providers.speech import SpeechRecognizer, Transcript
from providers.speech_deadlines import RecognitionDeadlines
from providers.tests.speech_adapters import EARS, KEY, QUESTION, SAID, Behaviour, Ears, Twins
from vasdom.errors import VasdomError

QUICK = RecognitionDeadlines(final_seconds=0.5)
ROOMY = RecognitionDeadlines(final_seconds=20)
NOISE = to_pcm(np.random.default_rng(0).normal(0, 3000, 3200))


def ears(*behaviours: Behaviour, interim: bool = False) -> Callable[[Any], Any]:
    able = [each for each in EARS if each.can.issuperset(behaviours) and (each.interim or not interim)]
    return pytest.mark.parametrize("stage", able, ids=lambda stage: stage.vendor)


async def at_once(pcm: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(pcm), 320):
        yield pcm[place : place + 320]


async def in_real_time(pcm: bytes, speed: float = 4.0) -> AsyncIterator[bytes]:
    for place in range(0, len(pcm), 320):
        yield pcm[place : place + 320]
        await asyncio.sleep(0.02 / speed)


async def ready(
    stage: Ears, twins: Twins, behaviour: Behaviour = "works", deadlines: RecognitionDeadlines | None = None
) -> SpeechRecognizer:
    usual = QUICK if behaviour in {"stalls", "silent"} else ROOMY
    recognizer = stage.recognizer(twins, behaviour, deadlines or usual)
    await recognizer.ready()
    return recognizer


async def heard(recognizer: SpeechRecognizer, audio: AsyncIterator[bytes] | None = None) -> list[Transcript]:
    async with aclosing(recognizer.transcribe(audio or at_once(QUESTION.pcm), hints=("РЭМ",))) as transcripts:
        return [transcript async for transcript in transcripts]


def test_every_vendor_of_the_registry_is_tested_here() -> None:
    assert set(RECOGNIZERS) <= {stage.vendor for stage in EARS}


@ears("works")
async def test_the_last_transcript_is_the_final_one_and_the_only_one(stage: Ears, twins: Twins) -> None:
    transcripts = await heard(await ready(stage, twins))
    assert transcripts[-1] == Transcript(QUESTION.text, final=True)
    assert not any(transcript.final for transcript in transcripts[:-1])


@ears("works", interim=True)
async def test_words_are_told_while_the_audio_still_comes_and_all_of_them_each_time(stage: Ears, twins: Twins) -> None:
    recognizer, over = await ready(stage, twins, "works", ROOMY), False

    async def audio() -> AsyncIterator[bytes]:
        nonlocal over
        async for chunk in in_real_time(QUESTION.pcm):
            yield chunk
        over = True

    early = [transcript async for transcript in recognizer.transcribe(audio()) if not over]
    assert early
    assert [QUESTION.text.startswith(transcript.text) for transcript in early] == [True] * len(early)
    assert len(early[-1].text.split()) > len(early[0].text.split())


@ears("works")
async def test_audio_that_was_kept_before_may_come_as_one_piece(stage: Ears, twins: Twins) -> None:
    async def audio() -> AsyncIterator[bytes]:
        yield QUESTION.pcm[:16_000]
        async for chunk in in_real_time(QUESTION.pcm[16_000:], speed=10):
            yield chunk

    assert (await heard(await ready(stage, twins), audio()))[-1].text == QUESTION.text


@ears("works")
async def test_where_nobody_speaks_the_final_transcript_is_empty(stage: Ears, twins: Twins) -> None:
    if stage.vendor == "scripted":
        pytest.skip("hears its script")
    assert await heard(await ready(stage, twins), at_once(NOISE)) == [Transcript("", final=True)]
    assert await heard(await ready(stage, twins), at_once(b"")) == [Transcript("", final=True)]


@ears("stalls")
async def test_a_stall_is_heard_of_within_the_deadline_from_the_end_of_the_audio(stage: Ears, twins: Twins) -> None:
    recognizer = await ready(stage, twins, "stalls")
    ended = 0.0

    async def audio() -> AsyncIterator[bytes]:
        nonlocal ended
        async for chunk in in_real_time(QUESTION.pcm, speed=2):
            yield chunk
        ended = time.monotonic()

    with pytest.raises(Timeout) as caught:
        await heard(recognizer, audio())
    assert 0.4 < time.monotonic() - ended < 1.5
    assert caught.value.retryable


@ears("silent")
async def test_a_silence_in_the_middle_of_the_results_is_heard_of(stage: Ears, twins: Twins) -> None:
    with pytest.raises(Timeout):
        await heard(await ready(stage, twins, "silent"))


@ears("breaks")
async def test_a_broken_connection_is_worth_another_try(stage: Ears, twins: Twins) -> None:
    with pytest.raises(Unavailable) as caught:
        await heard(await ready(stage, twins, "breaks", ROOMY), in_real_time(QUESTION.pcm))
    assert caught.value.retryable


@ears("busy")
async def test_an_overloaded_vendor_is_worth_another_try(stage: Ears, twins: Twins) -> None:
    with pytest.raises(Unavailable) as caught:
        await heard(await ready(stage, twins, "busy", ROOMY), in_real_time(QUESTION.pcm))
    assert caught.value.retryable
    assert not caught.value.account_wide


@ears("refuses")
async def test_a_refused_key_is_final(stage: Ears, twins: Twins) -> None:
    with pytest.raises(Rejected) as caught:
        await heard(await ready(stage, twins, "refuses", ROOMY), in_real_time(QUESTION.pcm))
    assert caught.value.account_wide
    assert not caught.value.retryable


@ears("holds")
async def test_a_service_that_keeps_the_line_open_is_not_waited_for(stage: Ears, twins: Twins) -> None:
    began = time.monotonic()
    assert (await heard(await ready(stage, twins, "holds", ROOMY)))[-1] == Transcript(QUESTION.text, final=True)
    assert time.monotonic() - began < 5


@ears("stalls")
async def test_closing_ends_the_request(stage: Ears, twins: Twins) -> None:
    recognizer = await ready(stage, twins, "stalls", ROOMY)
    before = asyncio.all_tasks()
    caller = asyncio.create_task(heard(recognizer))
    await asyncio.sleep(0.4)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0.3)
    assert asyncio.all_tasks() <= before
    assert twins.gone


@ears("works", interim=True)
async def test_closing_in_the_middle_ends_the_request(stage: Ears, twins: Twins) -> None:
    recognizer = await ready(stage, twins, "works", ROOMY)
    before = asyncio.all_tasks()
    transcripts = recognizer.transcribe(in_real_time(QUESTION.pcm, speed=1))
    await anext(transcripts)
    await transcripts.aclose()
    await asyncio.sleep(0.3)
    assert asyncio.all_tasks() <= before
    assert twins.gone


@ears("works")
async def test_fifty_at_once_get_their_own_transcripts(stage: Ears, twins: Twins) -> None:
    recognizer = await ready(stage, twins, "works", ROOMY)
    results = await asyncio.gather(*(heard(recognizer) for _ in range(50)))
    assert {transcripts[-1].text for transcripts in results} == {" ".join(SAID)}


@ears("works")
def test_one_object_serves_several_event_loops(stage: Ears, twins: Twins) -> None:
    recognizer = stage.recognizer(twins, "works", ROOMY)
    for _ in range(3):
        assert asyncio.run(heard(recognizer))[-1].text == QUESTION.text


@ears("works")
@pytest.mark.filterwarnings("error:.*never awaited")
async def test_transcripts_never_read_leave_nothing_behind(stage: Ears, twins: Twins) -> None:
    recognizer = await ready(stage, twins)
    before, asked = asyncio.all_tasks(), len(twins.yandex.asked("recognize"))
    transcripts = recognizer.transcribe(at_once(b""))
    del transcripts
    gc.collect()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before
    assert len(twins.yandex.asked("recognize")) == asked


@pytest.mark.parametrize("behaviour", ["stalls", "silent", "breaks", "busy", "refuses"])
@ears("busy", "refuses")
async def test_no_failure_shows_the_key(
    stage: Ears, behaviour: Behaviour, twins: Twins, caplog: pytest.LogCaptureFixture
) -> None:
    if behaviour not in stage.can:
        return
    caplog.set_level(logging.DEBUG)
    recognizer = await ready(stage, twins, behaviour)
    with pytest.raises(ProviderError) as caught:
        await heard(recognizer, in_real_time(QUESTION.pcm))
    logging.getLogger("edge").exception("as the edge would log it", exc_info=caught.value)
    shown = [repr(recognizer), str(caught.value), repr(caught.value), caught.value.detail, caplog.text]
    shown += traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert KEY not in "\n".join(shown)
    assert isinstance(caught.value, VasdomError)
    assert caught.value.message
    assert not set(caught.value.message) & set("{}<>")
