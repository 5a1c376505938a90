"""What the caller said reaches the next recogniser when one fails, late enough or early enough. On virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import pytest

from providers.errors import KEY_REFUSED, ProviderError, Rejected, Timeout, Unavailable
from providers.recognizer_chain import RecognizerChain
from providers.scripted.recognizer import ScriptedRecognizer, ScriptedRecognizerConfig, Utterance
from providers.speech import Transcript
from providers.speech_steps import COOLING_SECONDS, SpeechStep
from vasdom.errors import InvalidInput
from voice.engine.tests.virtual_time import virtual_time

FRAME = bytes(320)
WORDS = "когда уборка в доме три"  # 1.5 s
LOST = Unavailable("Связь прервалась")
REFUSED = Rejected("Ключ не подошёл", code=KEY_REFUSED)


def clock() -> float:
    return asyncio.get_running_loop().time()


async def live(seconds: float) -> AsyncIterator[bytes]:
    for _ in range(round(seconds / 0.02)):
        await asyncio.sleep(0.02)
        yield FRAME


def ears(label: str, utterance: Utterance | None = None, **fields: Any) -> ScriptedRecognizer:
    script = (utterance or Utterance(text=f"{WORDS} {label}"),)
    return ScriptedRecognizer(ScriptedRecognizerConfig(script=script, label=label, **fields))


def chain(*models: ScriptedRecognizer, account: str = "", **fields: Any) -> RecognizerChain:
    return RecognizerChain([SpeechStep(model, model.name, account) for model in models], **fields)


async def heard(recognizer: RecognizerChain, seconds: float = 2.0) -> list[tuple[float, Transcript]]:
    """Transcripts with the time since the end of the audio."""
    ends = clock() + seconds
    async with aclosing(recognizer.transcribe(live(seconds), hints=("РЭМ",))) as transcripts:
        return [(round(clock() - ends, 3), transcript) async for transcript in transcripts]


def final(transcripts: list[tuple[float, Transcript]]) -> tuple[float, str]:
    assert [transcript.final for _, transcript in transcripts] == [False] * (len(transcripts) - 1) + [True]
    late, transcript = transcripts[-1]
    return late, transcript.text


@virtual_time
async def test_one_that_works_is_the_only_one_asked() -> None:
    first, second = ears("one"), ears("two")
    transcripts = await heard(chain(first, second))
    assert final(transcripts) == (0.2, f"{WORDS} one")
    assert [transcript.text for _, transcript in transcripts[:2]] == ["когда", "когда уборка"]
    assert first.heard[0].hints == ("РЭМ",)
    assert not second.heard


@virtual_time
async def test_one_that_fails_in_the_middle_is_replaced_by_another_that_hears_all_of_it() -> None:
    first = ears("one", Utterance(text=WORDS, error=LOST, error_after_seconds=1.4))
    second = ears("two")
    transcripts = await heard(chain(first, second))
    assert final(transcripts) == (0.2, f"{WORDS} two")
    assert second.heard[0].seconds == 2.0
    counts = [len(transcript.text.split()) for _, transcript in transcripts]
    assert counts == sorted(counts), "what is shown never shrinks"


@virtual_time
async def test_one_that_fails_after_the_end_is_replaced_at_once() -> None:
    first = ears("one", Utterance(text=WORDS, error=LOST, error_after_seconds=0), final_seconds=0.1)
    assert final(await heard(chain(first, ears("two")))) == (0.3, f"{WORDS} two")


@virtual_time
async def test_one_that_says_nothing_leaves_half_of_the_time_to_the_next() -> None:
    first = ears("one", Utterance(text=WORDS, silent=True))
    late, text = final(await heard(chain(first, ears("two"))))
    assert (late, text) == (0.95, f"{WORDS} two")
    assert first.heard[0].closed_early


@virtual_time
async def test_one_that_is_only_late_is_not_given_up_for_one_that_is_later() -> None:
    first, second = ears("one", final_seconds=1.0), ears("two", final_seconds=1.0)
    assert final(await heard(chain(first, second))) == (1.0, f"{WORDS} one")
    assert second.heard[0].closed_early
    assert final(await heard(chain(first, second)))[1] == f"{WORDS} one", "it has not failed"


@virtual_time
async def test_one_that_was_late_and_lost_has_failed() -> None:
    first, second = ears("one", final_seconds=1.4), ears("two")
    assert final(await heard(chain(first, second))) == (0.95, f"{WORDS} two")
    assert final(await heard(chain(first, second))) == (0.2, f"{WORDS} two")
    assert len(first.heard) == 1


@virtual_time
async def test_one_that_fails_while_the_next_already_listens_changes_nothing() -> None:
    first = ears("one", Utterance(text=WORDS, error=LOST, error_after_seconds=0), final_seconds=0.8)
    assert final(await heard(chain(first, ears("two", final_seconds=0.3)))) == (1.05, f"{WORDS} two")


@virtual_time
async def test_one_that_is_late_is_still_heard_when_the_next_refuses() -> None:
    second = ears("two", Utterance(error=REFUSED))
    assert final(await heard(chain(ears("one", final_seconds=1.2), second))) == (1.2, f"{WORDS} one")
    began = clock()
    with pytest.raises(ProviderError):
        await heard(chain(ears("three", Utterance(silent=True)), ears("four", Utterance(error=REFUSED))))
    assert clock() - began == pytest.approx(2.0 + 1.5, abs=0.01)


@virtual_time
async def test_a_defect_of_one_vendor_is_not_the_end(caplog: pytest.LogCaptureFixture) -> None:
    def broken(pcm: bytes) -> Utterance:
        raise ZeroDivisionError

    first = ScriptedRecognizer(ScriptedRecognizerConfig(script=broken, label="one"))
    assert final(await heard(chain(first, ears("two")))) == (0.2, f"{WORDS} two")
    assert "ZeroDivisionError" in caplog.text


@virtual_time
async def test_the_budget_holds_when_nobody_says_anything() -> None:
    began = clock()
    with pytest.raises(Timeout):
        await heard(chain(*(ears(label, Utterance(silent=True)) for label in ("one", "two", "three"))))
    assert clock() - began == pytest.approx(2.0 + 1.5, abs=0.01)


@virtual_time
async def test_a_single_one_may_use_all_of_the_time_and_no_more() -> None:
    assert final(await heard(chain(ears("one", final_seconds=1.4)))) == (1.4, f"{WORDS} one")
    with pytest.raises(Timeout):
        await heard(chain(ears("one", final_seconds=1.6)))


@virtual_time
async def test_an_utterance_of_any_length_costs_no_time_of_the_budget() -> None:
    assert final(await heard(chain(ears("one")), seconds=40.0))[0] == 0.2


@virtual_time
async def test_an_utterance_without_words_is_no_failure() -> None:
    second = ears("two")
    assert final(await heard(chain(ears("one", Utterance(text="")), second))) == (0.2, "")
    assert not second.heard


@virtual_time
async def test_one_that_has_just_failed_is_asked_last_for_half_a_minute() -> None:
    first, second = ears("one", Utterance(error=LOST)), ears("two")
    await heard(chain(first, second))
    assert final(await heard(chain(ears("one"), second)))[1] == f"{WORDS} two"
    await asyncio.sleep(COOLING_SECONDS)
    assert final(await heard(chain(ears("one"), second)))[1] == f"{WORDS} one"


@virtual_time
async def test_one_that_has_just_failed_is_still_asked_when_it_is_the_only_one() -> None:
    with pytest.raises(Unavailable):
        await heard(chain(ears("one", Utterance(error=LOST))))
    assert final(await heard(chain(ears("one"))))[1] == f"{WORDS} one"


@virtual_time
async def test_a_lost_connection_of_the_only_one_is_tried_once_more() -> None:
    script = (Utterance(error=LOST, error_after_seconds=1.0), Utterance(text=WORDS))
    model = ScriptedRecognizer(ScriptedRecognizerConfig(script=script, label="one"))
    assert final(await heard(chain(model)))[1] == WORDS
    assert len(model.heard) == 2


@virtual_time
async def test_a_refused_key_is_not_tried_again_anywhere() -> None:
    first, second, third = ears("one", Utterance(error=REFUSED)), ears("two"), ears("three")
    steps = [SpeechStep(first, "one", "a"), SpeechStep(second, "two", "a"), SpeechStep(third, "three", "b")]
    assert final(await heard(RecognizerChain(steps)))[1] == f"{WORDS} three"
    assert not second.heard


@virtual_time
async def test_when_all_fail_the_first_one_tells_why() -> None:
    with pytest.raises(ProviderError) as caught:
        await heard(chain(ears("one", Utterance(error=REFUSED)), ears("two", Utterance(error=LOST))))
    assert caught.value.message == REFUSED.message


@virtual_time
async def test_closing_ends_the_request_and_leaves_nothing_behind() -> None:
    model = ears("one")
    before = asyncio.all_tasks()
    transcripts = chain(model).transcribe(live(2.0))
    await anext(transcripts)
    await transcripts.aclose()
    assert asyncio.all_tasks() == before
    assert model.heard[0].closed_early


@virtual_time
async def test_a_cancelled_caller_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    caller = asyncio.create_task(heard(chain(ears("one", Utterance(silent=True)))))
    await asyncio.sleep(2.5)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert asyncio.all_tasks() == before


def test_a_chain_of_nobody_is_refused() -> None:
    with pytest.raises(InvalidInput):
        RecognizerChain([])
