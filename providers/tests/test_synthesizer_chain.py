"""A voice that is late, breaks off or drips is replaced by the next, heard as at most a pause. On virtual time."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import pytest

from providers.errors import KEY_REFUSED, BrokenOff, Rejected, Timeout, Unavailable
from providers.scripted.synthesizer import ScriptedSynthesizer, ScriptedSynthesizerConfig
from providers.speech_steps import COOLING_SECONDS, SpeechStep
from providers.synthesizer_chain import SynthesizerChain, rest_of
from voice.engine.tests.virtual_time import virtual_time

TEXT = "Уборка подъезда в доме на улице Кибальчича будет в четверг двенадцатого декабря."
LOST = Unavailable("Связь прервалась")
REFUSED = Rejected("Ключ не подошёл", code=KEY_REFUSED)
FAR_AWAY = 3600.0


def clock() -> float:
    return asyncio.get_running_loop().time()


def voice(label: str, **fields: Any) -> ScriptedSynthesizer:
    fields = {"letter_seconds": 1 / 14, "first_delay_seconds": 0.1, "label": label, **fields}
    return ScriptedSynthesizer(ScriptedSynthesizerConfig(**fields))


def chain(*voices: ScriptedSynthesizer, instant: str = "", account: str = "", **fields: Any) -> SynthesizerChain:
    steps = [SpeechStep(each, each.name, account, instant=each.name == instant) for each in voices]
    return SynthesizerChain(steps, **fields)


class Ear:
    """Listens as a telephone does: plays what has come, in real time, and notes the longest silence in between."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.longest_pause = 0.0
        self.audio_seconds = 0.0
        self._played_until = 0.0

    async def listen(self, synthesizer: SynthesizerChain, text: str = TEXT) -> Ear:
        began = clock()
        async with aclosing(synthesizer.synthesize(text)) as speech:
            async for audio in speech:
                if self.first is None:
                    self.first = round(clock() - began, 3)
                else:
                    self.longest_pause = max(self.longest_pause, clock() - self._played_until)
                self._played_until = max(self._played_until, clock()) + len(audio) / 16_000
                self.audio_seconds += len(audio) / 16_000
        return self


@virtual_time
async def test_one_that_works_is_the_only_one_asked() -> None:
    first, second = voice("one"), voice("two")
    ear = await Ear().listen(chain(first, second))
    assert (ear.first, first.said, second.said) == (0.1, [TEXT], [])
    assert ear.audio_seconds == pytest.approx(len(TEXT) / 14, abs=0.01)


@virtual_time
async def test_one_that_is_late_is_replaced_within_a_second() -> None:
    first, second = voice("one", first_delay_seconds=FAR_AWAY), voice("two")
    ear = await Ear().listen(chain(first, second))
    assert ear.first == 1.1
    assert first.closed == [TEXT]


@virtual_time
async def test_all_together_have_two_seconds_and_then_the_one_without_a_network_speaks() -> None:
    stalled = [voice(label, first_delay_seconds=FAR_AWAY) for label in ("one", "two", "three")]
    ear = await Ear().listen(chain(*stalled, voice("espeak"), instant="espeak"))
    assert ear.first == pytest.approx(2.1, abs=0.01)


@virtual_time
async def test_one_that_fails_is_replaced_at_once() -> None:
    ear = await Ear().listen(chain(voice("one", error=LOST), voice("two")))
    assert ear.first == 0.2


@pytest.mark.parametrize(
    "trouble",
    [{"error": LOST, "error_after_seconds": 2.0}, {"stalls_after_seconds": 2.0}, {"stalls_after_seconds": 0.2}],
)
@virtual_time
async def test_the_next_one_says_the_rest_from_the_beginning_of_the_word(trouble: dict[str, Any]) -> None:
    second = voice("two")
    ear = await Ear().listen(chain(voice("one", **trouble), second))
    (rest,) = second.said
    assert TEXT.endswith(f" {rest}") or rest == TEXT
    said_letters = len(TEXT) - len(rest)
    heard_letters = trouble.get("stalls_after_seconds", trouble.get("error_after_seconds")) * 14
    assert heard_letters - 12 <= said_letters <= heard_letters, "a word may be said twice, none is lost"
    assert ear.longest_pause <= 0.5


@virtual_time
async def test_one_that_drips_is_given_up_before_it_is_unbearable() -> None:
    first, second = voice("one", piece_seconds=0.02, delay_seconds=0.1), voice("two")
    ear = await Ear().listen(chain(first, second))
    assert second.said
    assert ear.longest_pause <= 0.5


@virtual_time
async def test_one_that_hands_over_slowly_but_in_time_is_left_alone() -> None:
    second = voice("two")
    await Ear().listen(chain(voice("one", delay_seconds=0.19), second))
    assert not second.said


@virtual_time
async def test_a_slow_reader_is_not_taken_for_a_stall() -> None:
    second = voice("two")
    async with aclosing(chain(voice("one"), second).synthesize(TEXT)) as speech:
        async for _ in speech:
            await asyncio.sleep(2.0)
    assert not second.said


@virtual_time
async def test_one_that_has_just_failed_is_asked_last_for_half_a_minute() -> None:
    await Ear().listen(chain(voice("one", first_delay_seconds=FAR_AWAY), voice("two")))
    first, second = voice("one"), voice("two")
    assert (await Ear().listen(chain(first, second))).first == 0.1
    assert (first.said, second.said) == ([], [TEXT])
    await asyncio.sleep(COOLING_SECONDS)
    await Ear().listen(chain(first, second))
    assert first.said == [TEXT]


@virtual_time
async def test_a_refused_text_is_no_failure_of_the_vendor() -> None:
    await Ear().listen(chain(voice("one", error=Rejected("Не тот голос")), voice("two")))
    first = voice("one")
    await Ear().listen(chain(first, voice("two")))
    assert first.said == [TEXT]


@virtual_time
async def test_a_refused_key_is_not_tried_over_another_protocol() -> None:
    first, second, third = voice("one", error=REFUSED), voice("two"), voice("three")
    steps = [SpeechStep(first, "one", "a"), SpeechStep(second, "two", "a"), SpeechStep(third, "three")]
    await Ear().listen(SynthesizerChain(steps))
    assert (second.said, third.said) == ([], [TEXT])


@virtual_time
async def test_a_connection_that_breaks_is_tried_once_more_when_there_is_no_other() -> None:
    only = voice("one", error=LOST, error_after_seconds=2.0, times=1)
    await Ear().listen(chain(only))
    assert len(only.said) == 2
    assert TEXT.endswith(only.said[1])
    assert only.said[1] != TEXT


@virtual_time
async def test_when_nobody_can_say_the_rest_that_is_told() -> None:
    with pytest.raises(BrokenOff) as caught:
        await Ear().listen(chain(voice("one", stalls_after_seconds=2.0), voice("two", error=REFUSED)))
    assert TEXT.startswith(caught.value.said)
    with pytest.raises(Timeout):
        await Ear().listen(chain(voice("three", first_delay_seconds=FAR_AWAY)))


@virtual_time
async def test_stress_marks_reach_only_those_who_know_them() -> None:
    first, second = voice("one", stress=True, error=LOST), voice("two")
    both = chain(first, second)
    await Ear().listen(both, "Замок+и 2+2 и з+амок.")
    assert both.takes_stress
    assert first.said[0] == "Замок+и 2+2 и з+амок."
    assert second.said[0] == "Замоки 2+2 и замок."


@virtual_time
async def test_nothing_to_say_asks_nobody() -> None:
    only = voice("one")
    await Ear().listen(chain(only), " … ")
    assert not only.said


@virtual_time
async def test_closing_ends_the_request_and_leaves_nothing_behind() -> None:
    only = voice("one", delay_seconds=0.19)
    before = asyncio.all_tasks()
    speech = chain(only).synthesize(TEXT)
    await anext(speech)
    await speech.aclose()
    assert asyncio.all_tasks() == before
    assert only.closed == [TEXT]


@pytest.mark.parametrize(
    ("letters", "rest"),
    [(0, "раз два три"), (3, "раз два три"), (4, "два три"), (6.9, "два три"), (10, "три"), (11, ""), (50, "")],
)
def test_the_rest_begins_with_the_word_that_was_being_said(letters: float, rest: str) -> None:
    assert rest_of("раз два три", letters) == rest
