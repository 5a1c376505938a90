"""What every voice keeps to, whoever stands behind it."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
import traceback
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from providers.audio import loudness
from providers.errors import BrokenOff, ProviderError, Rejected, Timeout, Unavailable
from providers.registry import SYNTHESIZERS
from providers.speech import SpeechSynthesizer
from providers.speech_deadlines import SynthesisDeadlines
from providers.tests.speech_adapters import KEY, LETTER_SECONDS, TEXT, VOICES, Behaviour, Twins, Voice
from vasdom.errors import VasdomError

QUICK = SynthesisDeadlines(first_audio_seconds=0.5, between_seconds=0.4, whole_seconds=20)
ROOMY = SynthesisDeadlines(first_audio_seconds=20, between_seconds=20, whole_seconds=40)


def voices(*behaviours: Behaviour) -> Callable[[Any], Any]:
    able = [each for each in VOICES if each.can.issuperset(behaviours)]
    return pytest.mark.parametrize("stage", able, ids=lambda stage: stage.vendor)


async def ready(
    stage: Voice, twins: Twins, behaviour: Behaviour = "works", deadlines: SynthesisDeadlines | None = None
) -> SpeechSynthesizer:
    usual = QUICK if behaviour in {"stalls", "silent"} else ROOMY
    synthesizer = stage.synthesizer(twins, behaviour, deadlines or usual)
    await synthesizer.ready()
    return synthesizer


async def said(synthesizer: SpeechSynthesizer, text: str = TEXT, into: list[bytes] | None = None) -> list[bytes]:
    pieces = [] if into is None else into
    async with aclosing(synthesizer.synthesize(text)) as speech:
        async for audio in speech:
            pieces.append(audio)
    return pieces


def seconds(pieces: list[bytes]) -> float:
    return len(b"".join(pieces)) / 16_000


def test_every_vendor_of_the_registry_is_tested_here() -> None:
    assert set(SYNTHESIZERS) <= {stage.vendor for stage in VOICES}


@voices("works")
async def test_a_text_becomes_audio_of_the_telephone(stage: Voice, twins: Twins) -> None:
    pieces = await said(await ready(stage, twins))
    assert all(pieces)
    assert all(len(piece) % 2 == 0 for piece in pieces)
    assert loudness(b"".join(pieces)) > 500
    if stage.vendor != "espeak":
        assert seconds(pieces) == pytest.approx(len(TEXT) * LETTER_SECONDS, rel=0.02)


@voices("works")
async def test_a_text_of_any_length_is_said(stage: Voice, twins: Twins) -> None:
    pieces = await said(await ready(stage, twins, deadlines=ROOMY), " ".join([TEXT] * 12))
    assert seconds(pieces) > 10 * seconds(await said(await ready(stage, twins, deadlines=ROOMY)))


@voices("works")
async def test_nothing_to_say_is_no_request(stage: Voice, twins: Twins) -> None:
    assert await said(await ready(stage, twins), " …! ") == []
    assert not [request for request in twins.yandex.requests if request.method != "iam"]
    assert not twins.openai.requests


@voices("slow")
async def test_audio_is_handed_over_while_the_rest_is_still_being_made(stage: Voice, twins: Twins) -> None:
    synthesizer = await ready(stage, twins, "slow", ROOMY)
    began = time.monotonic()
    async with aclosing(synthesizer.synthesize("Уборка в четверг")) as speech:
        await anext(speech)
        first = time.monotonic() - began
        async for _ in speech:
            pass
    assert first < 0.5 * (time.monotonic() - began)


@voices("stalls")
async def test_a_stall_before_the_first_audio_is_heard_of_within_the_deadline(stage: Voice, twins: Twins) -> None:
    synthesizer = await ready(stage, twins, "stalls")
    began = time.monotonic()
    with pytest.raises(Timeout) as caught:
        await said(synthesizer)
    assert time.monotonic() - began < 1.5
    assert caught.value.retryable


@pytest.mark.parametrize(("behaviour", "cause"), [("silent", Timeout), ("breaks", Unavailable)])
@voices("silent", "breaks")
async def test_audio_that_breaks_off_is_told_so(
    stage: Voice, twins: Twins, behaviour: Behaviour, cause: type[ProviderError]
) -> None:
    pieces: list[bytes] = []
    with pytest.raises(BrokenOff) as caught:
        await said(await ready(stage, twins, behaviour), into=pieces)
    assert isinstance(caught.value.__cause__, cause | BrokenOff)
    assert 0 < seconds(pieces) < len(TEXT) * LETTER_SECONDS * (1.5 if stage.vendor == "chain" else 1)


@voices("empty")
async def test_no_audio_at_all_is_a_failure(stage: Voice, twins: Twins) -> None:
    with pytest.raises(Unavailable):
        await said(await ready(stage, twins, "empty", ROOMY))


@voices("busy")
async def test_an_overloaded_vendor_is_worth_another_try(stage: Voice, twins: Twins) -> None:
    with pytest.raises(Unavailable) as caught:
        await said(await ready(stage, twins, "busy", ROOMY))
    assert caught.value.retryable
    assert not caught.value.account_wide


@voices("refuses")
async def test_a_refused_key_is_final(stage: Voice, twins: Twins) -> None:
    with pytest.raises(Rejected) as caught:
        await said(await ready(stage, twins, "refuses", ROOMY))
    assert caught.value.account_wide
    assert not caught.value.retryable


@voices("slow")
async def test_closing_ends_the_request(stage: Voice, twins: Twins) -> None:
    synthesizer = await ready(stage, twins, "slow", ROOMY)
    before = asyncio.all_tasks()
    speech = synthesizer.synthesize(TEXT)
    await anext(speech)
    await speech.aclose()
    await asyncio.sleep(0.3)
    assert asyncio.all_tasks() <= before
    assert twins.gone


@voices("stalls")
async def test_a_cancelled_caller_ends_the_request(stage: Voice, twins: Twins) -> None:
    synthesizer = await ready(stage, twins, "stalls", ROOMY)
    before = asyncio.all_tasks()
    caller = asyncio.create_task(said(synthesizer))
    await asyncio.sleep(0.3)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.sleep(0.3)
    assert asyncio.all_tasks() <= before
    assert twins.gone


@voices("slow")
async def test_a_slow_reader_is_not_taken_for_a_stall(stage: Voice, twins: Twins) -> None:
    synthesizer = await ready(stage, twins, "works", SynthesisDeadlines(2, 0.3, 5))
    async with aclosing(synthesizer.synthesize("Уборка в четверг")) as speech:
        async for _ in speech:
            await asyncio.sleep(0.4)


@voices("works")
async def test_fifty_at_once_get_their_own_audio(stage: Voice, twins: Twins) -> None:
    synthesizer = await ready(stage, twins, "works", ROOMY)
    results = await asyncio.gather(*(said(synthesizer, TEXT[: 10 + number % 30]) for number in range(50)))
    lengths = [round(seconds(pieces), 1) for pieces in results]
    assert lengths[:20] == pytest.approx(lengths[30:], abs=0.3)
    assert lengths[29] > lengths[0]


@voices("works")
def test_one_object_serves_several_event_loops(stage: Voice, twins: Twins) -> None:
    synthesizer = stage.synthesizer(twins, "works", ROOMY)
    for _ in range(3):
        assert asyncio.run(said(synthesizer))


@voices("works")
@pytest.mark.filterwarnings("error:.*never awaited")
async def test_speech_never_read_leaves_nothing_behind(stage: Voice, twins: Twins) -> None:
    synthesizer = await ready(stage, twins)
    before = asyncio.all_tasks()
    speech = synthesizer.synthesize(TEXT)
    del speech
    gc.collect()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() <= before


@pytest.mark.parametrize("behaviour", ["stalls", "silent", "breaks", "busy", "refuses"])
@voices("busy", "refuses")
async def test_no_failure_shows_the_key(
    stage: Voice, behaviour: Behaviour, twins: Twins, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    synthesizer = await ready(stage, twins, behaviour)
    with pytest.raises(ProviderError) as caught:
        await said(synthesizer)
    logging.getLogger("edge").exception("as the edge would log it", exc_info=caught.value)
    shown = [repr(synthesizer), str(caught.value), repr(caught.value), caught.value.detail, caplog.text]
    shown += traceback.TracebackException.from_exception(caught.value, capture_locals=True).format()
    assert KEY not in "\n".join(shown)
    assert isinstance(caught.value, VasdomError)
    assert caught.value.message
