"""Whole conversations on virtual time: who speaks when, what is heard, what is remembered."""

from __future__ import annotations

import pytest

from voice.engine.events import (
    Answered,
    AssistantTurn,
    CallerTurn,
    Ending,
    GoodBye,
    HandOver,
    MessageTaken,
    Resumed,
    TakeMessage,
    Trouble,
)
from voice.engine.tests.stage import LETTER_BYTES, PHRASES, ByLevel, Desk, Ear, Mind, Stage, Tongue, noise
from voice.engine.tests.virtual_time import virtual_time

LONG = "Это длинный ответ из многих слов, который звучит долго и подробно."
GREETED = 2.0
"""The greeting has sounded by then."""


async def greeted(**parts: object) -> Stage:
    stage = Stage(**parts)  # type: ignore[arg-type]
    await stage.play(GREETED)
    return stage


async def replying(**parts: object) -> Stage:
    """The long answer has been sounding for a second."""
    stage = await greeted(mind=Mind({"вопрос": [LONG, LONG]}), **parts)
    await stage.says("вопрос")
    await stage.play(2.0)
    return stage


# --- greeting, questions, latency


@virtual_time
async def test_the_greeting_sounds_at_once() -> None:
    stage = Stage()
    await stage.play(1)

    assert stage.first_sound_after(0) == pytest.approx(0, abs=0.041)
    assert stage.of(Answered)[0].seconds < 0.05
    await stage.hang_up()


@virtual_time
async def test_a_question_is_answered_once_and_whole() -> None:
    stage = await greeted()
    await stage.says("когда уборка")
    await stage.play(5)

    assert [turn.text for turn in stage.of(CallerTurn)] == ["когда уборка"]
    assert stage.mind.answered[0].heard == "Отвечаю когда уборка."
    assert not stage.mind.answered[0].interrupted
    await stage.hang_up()


@virtual_time
async def test_with_speculation_nothing_is_waited_for_twice() -> None:
    stage = await greeted()
    end = await stage.says("когда уборка")
    await stage.play(3)

    sound = stage.first_sound_after(end)
    assert sound is not None
    # recognition 250 + first token 375 + synthesis 100 ms pass during the pause of 750 ms
    assert sound - end <= stage.settings.endpoint + 0.06
    assert len(stage.mind.asked) == 1 or stage.mind.asked[-1].confirmed
    await stage.hang_up()


@virtual_time
async def test_without_speculation_the_stages_follow_one_another() -> None:
    stage = await greeted(speculate=False)
    end = await stage.says("когда уборка")
    await stage.play(3)

    sound = stage.first_sound_after(end)
    assert sound is not None
    assert sound - end == pytest.approx(0.75 + 0.375 + 0.1, abs=0.08)
    assert len(stage.mind.asked) == 1
    await stage.hang_up()


@virtual_time
async def test_the_stages_add_up_to_what_the_caller_waited() -> None:
    for speculate in (True, False):
        stage = await greeted(speculate=speculate)
        await stage.says("когда уборка")
        await stage.play(4)

        turn = stage.of(AssistantTurn)[-1]
        assert sum(turn.timings.values()) == pytest.approx(turn.first_audio_ms, abs=0.5)
        assert turn.timings["recognition"] == pytest.approx(250, abs=45)
        await stage.hang_up()


@virtual_time
async def test_a_short_answer_is_not_kept_waiting() -> None:
    stage = await greeted()
    end = await stage.says("да")
    await stage.play(3)

    sound = stage.first_sound_after(end)
    assert sound is not None
    assert sound - end < 0.85
    await stage.hang_up()


@virtual_time
async def test_a_pause_in_the_middle_is_not_talked_over() -> None:
    stage = await greeted()
    await stage.says("скажите когда [0.7] будет уборка")
    await stage.play(4)

    assert [turn.text for turn in stage.of(CallerTurn)] == ["скажите когда будет уборка"]
    assert len(stage.mind.answered) == 1
    await stage.hang_up()


@virtual_time
async def test_dictated_digits_are_waited_for() -> None:
    stage = await greeted()
    await stage.says("мой номер восемь девять один два [0.9] три четыре пять [0.9] шесть семь восемь девять")
    await stage.play(5)

    assert len(stage.of(CallerTurn)) == 1
    assert stage.of(CallerTurn)[0].text.endswith("восемь девять")
    await stage.hang_up()


@virtual_time
async def test_a_street_without_a_number_is_waited_for() -> None:
    stage = await greeted()
    await stage.says("уборка на кибальчича [1.2] три")
    await stage.play(5)

    assert [turn.text for turn in stage.of(CallerTurn)] == ["уборка на кибальчича три"]
    await stage.hang_up()


@virtual_time
async def test_other_voices_in_the_room_do_not_keep_the_caller_waiting() -> None:
    stage = await greeted(speech=ByLevel(-50.0))
    end = await stage.says("когда уборка")
    await stage.makes(noise(6, byte=0xDF))

    sound = stage.first_sound_after(end)
    assert sound is not None
    assert sound - end <= 1.5
    assert stage.mind.answered[0].text == "когда уборка"
    await stage.hang_up()


@virtual_time
async def test_a_speculation_for_words_that_changed_is_dropped() -> None:
    stage = await greeted()
    await stage.says("когда уборка [0.5] завтра")
    await stage.play(4)

    assert [asked.text for asked in stage.mind.asked] == ["когда уборка", "когда уборка завтра"]
    assert stage.mind.asked[0].dropped
    assert stage.mind.asked[1].confirmed
    assert not stage.mind.asked[0].confirmed
    await stage.hang_up()


@virtual_time
async def test_who_goes_on_before_the_answer_sounds_is_answered_whole() -> None:
    stage = await greeted(speculate=False)
    await stage.says("когда уборка [1.0] на мира пять")
    await stage.play(5)

    assert stage.mind.answered[-1].text == "когда уборка на мира пять"
    assert stage.mind.answered[-1].heard == "Отвечаю когда уборка на мира пять."
    assert stage.mind.answered[0].heard == ""
    await stage.hang_up()


@virtual_time
async def test_a_turn_without_end_is_answered_at_the_cap() -> None:
    stage = await greeted(turn_cap=6.0)
    await stage.makes(b"".join([noise(0.02), *(noise(0.1) for _ in range(2))]))
    await stage.says(" ".join(f"слово{number}" for number in range(30)))
    await stage.play(1.5)

    assert stage.of(CallerTurn)
    assert stage.mind.answered
    await stage.hang_up()


# --- interruptions


@virtual_time
async def test_the_reply_pauses_as_soon_as_the_caller_speaks() -> None:
    stage = await replying()
    onset = stage.now
    await stage.says("сколько стоит")

    assert stage.silent_between(onset + 0.12, stage.now)
    await stage.hang_up()


@virtual_time
async def test_real_words_take_the_floor_and_only_what_was_heard_is_remembered() -> None:
    stage = await replying()
    await stage.says("сколько стоит")
    await stage.play(3)

    first, second = stage.mind.answered
    assert first.interrupted
    assert first.heard
    assert LONG.startswith(first.heard)
    assert len(first.heard) < len(LONG)
    assert second.text == "сколько стоит"
    cut = next(turn for turn in stage.of(AssistantTurn) if turn.interrupted)
    assert cut.heard == first.heard
    assert cut.cut
    assert cut.cut_ms <= 120
    await stage.hang_up()


@virtual_time
async def test_of_a_very_long_reply_nothing_is_remembered_that_waited_to_be_synthesised() -> None:
    stage = await greeted(mind=Mind({"вопрос": [f"{LONG} Часть {number}." for number in range(12)]}))
    await stage.says("вопрос")
    await stage.play(2.0)
    await stage.says("стоп хватит")
    await stage.play(2)

    heard = stage.mind.answered[0].heard
    assert 0 < len(heard) < len(LONG)
    assert LONG.startswith(heard)
    await stage.hang_up()


@virtual_time
async def test_the_first_word_of_an_interruption_is_whole() -> None:
    stage = await replying()
    await stage.says("подождите сколько стоит")
    await stage.play(3)

    assert stage.mind.answered[-1].text == "подождите сколько стоит"
    await stage.hang_up()


@pytest.mark.parametrize("words", ["угу", "да-да", "ага", "так понятно"])
def test_a_listener_s_word_does_not_stop_the_reply(words: str) -> None:
    @virtual_time
    async def scenario() -> None:
        stage = await replying()
        await stage.says(words)
        await stage.play(8)

        assert len(stage.mind.answered) == 1
        assert stage.mind.answered[0].heard == f"{LONG} {LONG}"
        assert stage.mind.noted_words == [words]
        assert stage.of(Resumed)[0].seconds <= 0.7
        assert [turn.answered for turn in stage.of(CallerTurn)] == [True, False]
        await stage.hang_up()

    scenario()


@virtual_time
async def test_a_cough_pauses_and_the_reply_goes_on_from_the_same_sample() -> None:
    stage = await replying()
    await stage.makes(noise(0.35))
    await stage.play(10)

    assert stage.of(Resumed)[0].seconds <= 0.7
    heard = sum(len(frame) for moment, frame in stage.line.sounded if moment > GREETED)
    assert heard == pytest.approx(len(f"{LONG}{LONG}") * LETTER_BYTES, abs=320)
    assert len(stage.mind.answered) == 1
    await stage.hang_up()


@virtual_time
async def test_our_own_echo_does_not_stop_the_reply() -> None:
    stage = await replying()
    await stage.makes(noise(1.0, byte=0xC5))  # far quieter than the reply, all the time
    await stage.play(8)

    assert stage.mind.answered[0].heard == f"{LONG} {LONG}"
    assert not stage.of(Resumed)
    await stage.hang_up()


@virtual_time
async def test_the_greeting_can_be_interrupted() -> None:
    stage = Stage()
    await stage.play(0.1)
    await stage.says("когда уборка")
    await stage.play(4)

    assert [asked.text for asked in stage.mind.answered] == ["когда уборка"]
    greeting = stage.of(AssistantTurn)[0]
    assert greeting.stock == "greeting"
    assert greeting.interrupted
    await stage.hang_up()


@virtual_time
async def test_a_greeting_that_must_be_heard_is_heard_and_the_question_is_kept() -> None:
    stage = Stage(interruptible_greeting=False)
    await stage.play(0.1)
    await stage.says("уборка")
    await stage.play(4)

    assert stage.of(AssistantTurn)[0].heard == PHRASES.greeting
    assert [asked.text for asked in stage.mind.answered] == ["уборка"]
    await stage.hang_up()


@virtual_time
async def test_yes_to_a_question_that_is_almost_over_is_an_answer() -> None:
    stage = await greeted(mind=Mind({"жалоба": ["Записать вашу жалобу?"]}))
    await stage.says("жалоба")
    await stage.play(1.4)
    await stage.says("да")
    await stage.play(3)

    assert [asked.text for asked in stage.mind.answered] == ["жалоба", "да"]
    await stage.hang_up()


@virtual_time
async def test_two_interruptions_in_half_a_second() -> None:
    stage = await replying()
    await stage.says("стоп")
    await stage.play(0.1)
    await stage.says("сколько стоит")
    await stage.play(4)

    said = " ".join(turn.text for turn in stage.of(CallerTurn))
    assert said == "вопрос стоп сколько стоит"
    assert stage.mind.answered[-1].text.endswith("сколько стоит")
    await stage.hang_up()


@virtual_time
async def test_a_recogniser_without_interim_words_still_lets_the_caller_in() -> None:
    stage = await greeted(ear=Ear(interims=False), mind=Mind({"вопрос": [LONG, LONG]}))
    await stage.says("вопрос")
    await stage.play(2.0)
    await stage.says("сколько стоит доставка")
    await stage.play(4)

    assert stage.mind.answered[-1].text == "сколько стоит доставка"
    await stage.hang_up()


# --- failures: the caller always hears something


@pytest.mark.parametrize("fails", ["error", "silent"])
def test_a_recogniser_that_fails_is_heard_of_in_time(fails: str) -> None:
    @virtual_time
    async def scenario() -> None:
        stage = await greeted(ear=Ear(fails=fails), mind=Mind({"?": ["Простите."]}))
        end = await stage.says("когда уборка")
        await stage.play(5)

        sound = stage.first_sound_after(end)
        assert sound is not None
        assert sound - end <= 2.5
        assert stage.of(Trouble)
        await stage.hang_up()

    scenario()


@virtual_time
async def test_speech_without_a_word_is_answered_and_a_cough_is_not() -> None:
    stage = await greeted(mind=Mind({"?": ["Простите."]}))
    await stage.makes(noise(0.6))
    await stage.play(3)
    assert not stage.mind.asked
    end = await stage.makes(noise(1.6))
    await stage.play(3)

    sound = stage.first_sound_after(end)
    assert sound is not None
    assert sound - end <= 2.5
    assert [asked.text for asked in stage.mind.answered] == ["?"]
    await stage.hang_up()


@virtual_time
async def test_a_model_that_hangs_is_covered_by_a_filler() -> None:
    stage = await greeted(mind=Mind(first_token=6.0), fillers=("Секунду.",))
    end = await stage.says("когда уборка")
    await stage.play(12)

    sound = stage.first_sound_after(end)
    assert sound is not None
    assert 1.2 <= sound - end <= 1.5
    assert stage.mind.answered[0].heard == "Отвечаю когда уборка."
    await stage.hang_up()


@virtual_time
async def test_a_filler_is_never_in_the_way() -> None:
    stage = await greeted(mind=Mind(first_token=1.3), fillers=("Секунду.",), speculate=False)
    end = await stage.says("уборка")
    await stage.play(6)

    turn = stage.of(AssistantTurn)[-1]
    assert turn.first_audio_ms == pytest.approx((0.75 + 1.3 + 0.1) * 1000, abs=90)
    assert stage.first_sound_after(end) - end < 1.5  # type: ignore[operator]
    await stage.hang_up()


@virtual_time
async def test_without_a_voice_the_caller_hears_the_last_resort() -> None:
    stage = await greeted(tongue=Tongue(fails=True, ready_texts=(PHRASES.greeting,)))
    end = await stage.says("когда уборка")
    await stage.play(5)

    sound = stage.first_sound_after(end)
    assert sound is not None
    assert sound - end <= 2.5
    await stage.hang_up()


@virtual_time
async def test_without_a_recogniser_the_keys_are_offered() -> None:
    stage = Stage(deaf=True, mind=Mind({"?": ["Нажмите один."], "#1": ["Завтра."]}))
    await stage.play(4)
    stage.session.digit("1")
    await stage.play(5)

    assert [asked.text for asked in stage.mind.answered] == ["?", "#1"]
    await stage.hang_up()


@virtual_time
async def test_a_message_is_taken_until_the_caller_stops() -> None:
    mind = Mind({"#2": ["Говорите."], "message 3": ["Спасибо."]}, then={"#2": TakeMessage()})
    stage = await greeted(mind=mind)
    stage.session.digit("2")
    await stage.play(4)
    await stage.says("в подъезде не горит свет уже неделю")
    await stage.play(6)

    assert stage.of(MessageTaken)[0].seconds > 2
    assert stage.mind.answered[-1].text.startswith("message")
    await stage.hang_up()


@virtual_time
async def test_who_speaks_to_a_line_without_a_recogniser_hears_the_keys_again() -> None:
    stage = Stage(deaf=True, mind=Mind({"?": ["Нажмите один."]}))
    await stage.play(4)
    end = await stage.says("когда уборка")
    await stage.play(4)

    sound = stage.first_sound_after(end)
    assert sound is not None
    assert sound - end <= 2.5
    assert len(stage.mind.answered) == 2
    await stage.hang_up()


# --- silence, keys, people, the end


@virtual_time
async def test_a_silent_caller_is_asked_once_and_then_let_go() -> None:
    stage = Stage()
    await stage.play(30)

    assert [turn.stock for turn in stage.of(AssistantTurn)] == ["greeting", "silence", "silent"]
    assert stage.ended is not None
    assert stage.ended.ending is Ending.CALLER_SILENT


@virtual_time
async def test_a_call_that_lasts_too_long_is_ended_with_a_word() -> None:
    stage = Stage(longest_call=20.0, silence=100.0)
    await stage.play(30)

    assert stage.ended is not None
    assert stage.of(AssistantTurn)[-1].heard == PHRASES.too_long


@virtual_time
async def test_zero_asks_for_a_person() -> None:
    stage = await replying()
    stage.session.digit("0")
    await stage.play(5)

    assert stage.desk.reasons == ["digit_zero"]
    assert stage.ended is not None
    assert stage.ended.ending is Ending.HANDED_OVER


@pytest.mark.parametrize(("taken", "ending"), [(True, Ending.HANDED_OVER), (False, Ending.CALLER_HUNG_UP)])
def test_a_line_that_ends_while_a_person_is_called_ends_as_the_person_decided(taken: bool, ending: Ending) -> None:
    @virtual_time
    async def scenario() -> None:
        stage = await greeted(desk=Desk(taken=taken))
        stage.session.digit("0")
        await stage.play(2.99)
        stage.line.hang_up()
        await stage.play(2)

        assert stage.ended is not None
        assert stage.ended.ending is ending
        assert [turn.stock for turn in stage.of(AssistantTurn)] == ["greeting"]

    scenario()


@virtual_time
async def test_digits_belong_together() -> None:
    stage = await greeted()
    for digit in "123":
        stage.session.digit(digit)
        await stage.play(0.4)
    await stage.play(4)

    assert stage.mind.answered[0].text == "#123"
    await stage.hang_up()


@virtual_time
async def test_a_key_that_was_offered_is_answered_at_once() -> None:
    stage = await greeted(mind=Mind(keys="12"))
    pressed = stage.now
    stage.session.digit("1")
    await stage.play(2)

    sound = stage.first_sound_after(pressed)
    assert sound is not None
    assert sound - pressed < 0.7
    assert stage.mind.answered[0].text == "#1"
    await stage.hang_up()


@virtual_time
async def test_who_nobody_takes_comes_back() -> None:
    stage = await greeted(
        desk=Desk(taken=False), mind=Mind({"оператор": ["Соединяю."]}, then={"оператор": HandOver("asked_for")})
    )
    await stage.says("оператор")
    await stage.play(8)
    await stage.says("когда уборка")
    await stage.play(4)

    assert stage.desk.reasons == ["asked_for"]
    assert stage.mind.answered[-1].heard == "Отвечаю когда уборка."
    assert "Никто не ответил." in [turn.heard for turn in stage.of(AssistantTurn)]
    await stage.hang_up()


@virtual_time
async def test_a_goodbye_ends_the_call_after_it_was_heard() -> None:
    stage = await greeted(mind=Mind({"спасибо": ["Всего доброго."]}, then={"спасибо": GoodBye()}))
    await stage.says("спасибо")
    await stage.play(5)

    assert stage.ended is not None
    assert stage.ended.ending is Ending.SAID_GOODBYE
    assert stage.mind.answered[0].heard == "Всего доброго."


@pytest.mark.parametrize("seconds", [0.05, 1.0, 2.1, 2.4, 2.9, 3.2, 4.0, 6.0])
def test_a_hang_up_at_any_moment_loses_nothing(seconds: float) -> None:
    @virtual_time
    async def scenario() -> None:
        stage = Stage(mind=Mind({"когда уборка": [LONG]}))
        stage.line.hang_up(at=seconds)
        await stage.play(2.0) if seconds > 2 else None
        if seconds > 2:
            await stage.says("когда уборка")
        await stage.play(10)

        assert stage.ended is not None
        assert stage.ended.ending is Ending.CALLER_HUNG_UP
        said = " ".join(turn.text for turn in stage.of(CallerTurn))
        assert said in {"", "когда", "когда уборка"}
        if seconds >= 2.4:
            assert said.startswith("когда")
        for turn in stage.of(AssistantTurn):
            assert turn.heard is not None

    scenario()


@virtual_time
async def test_the_office_can_speak_into_a_call() -> None:
    stage = await replying()
    stage.session.say("Говорит диспетчер.")
    await stage.play(4)

    assert [turn.heard for turn in stage.of(AssistantTurn) if turn.stock == "office"] == ["Говорит диспетчер."]
    await stage.hang_up()
