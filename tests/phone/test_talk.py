"""Whole calls: a caller, a real Asterisk, `run_voice` as a process, twins of the vendors, the log in PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

from providers.tests.openai_twin import OpenAITwin
from tests.phone.rig import PhoneRig
from tests.phone.speech import QUESTIONS, clips
from tests.phone.story import Story, history, plain
from tests.phone.talk import number, talk
from voice.caller import SipCaller, tone
from voice.pbx import AsteriskUnavailable

pytest.importorskip("espeakng_loader", reason="speech of the callers is made by espeak")
WRITTEN_SECONDS = 20.0
QUESTION, OTHER = QUESTIONS[0], "а чем вы чистите ковры"


@pytest.fixture(scope="module")
def rig() -> Iterator[PhoneRig]:
    try:
        with PhoneRig.on_own_servers() as found:
            yield found
    except AsteriskUnavailable as exc:
        if os.environ.get("CI"):
            raise
        pytest.skip(exc.message)


@pytest.fixture
def model(rig: PhoneRig) -> OpenAITwin:
    assert rig.openai is not None
    rig.openai.faults.clear()
    rig.openai.brain = Story()
    return rig.openai


def turns(rig: PhoneRig, caller: str, speaker: str, count: int = 1) -> list[dict[str, object]]:
    """The turns of this speaker, as soon as there are so many in the log."""
    deadline = time.monotonic() + WRITTEN_SECONDS
    while True:
        found = [turn for turn in rig.turns(caller) if turn["speaker"] == speaker]
        if len(found) >= count or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


def nothing_left(rig: PhoneRig) -> bool:
    deadline = time.monotonic() + WRITTEN_SECONDS
    while any(rig.leftovers().values()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


async def test_a_caller_is_greeted_asks_and_is_answered_and_all_of_it_is_in_the_log(
    rig: PhoneRig, model: OpenAITwin
) -> None:
    model.brain = Story(sentences=0)
    async with rig.caller() as phone, talk(rig, phone, number(1)) as one:
        asked = await one.ask(QUESTION, timeout=15.0)
        assert asked.heard_at is not None
        await one.quiet()
    assert history(model.asked()[-1].body)[-1] == ("user", QUESTION)
    assert [turn["text"] for turn in turns(rig, number(1), "caller")] == [QUESTION]
    greeting, answer = turns(rig, number(1), "assistant", 2)
    assert "ВасДом" in str(greeting["text"])
    assert str(answer["text"]).startswith("Вопрос ")
    assert answer["first_audio_ms"]
    assert nothing_left(rig)


async def test_a_listeners_word_does_not_stop_the_reply(rig: PhoneRig, model: OpenAITwin) -> None:
    async with rig.caller() as phone, talk(rig, phone, number(2)) as one:
        await one.ask(QUESTION, timeout=15.0)
        await asyncio.sleep(2.0)
        began, _ = await one.say(clips().say("угу"))
        await asyncio.sleep(4.0)
        assert one.sounds(began + 3.0, began + 4.0)
    noted = [turn for turn in turns(rig, number(2), "caller", 2) if not turn["spoken_to"]]
    assert [turn["text"] for turn in noted] == ["угу"]


async def test_an_interruption_stops_the_reply_and_the_model_is_told_what_was_heard(
    rig: PhoneRig, model: OpenAITwin
) -> None:
    async with rig.caller() as phone, talk(rig, phone, number(3)) as one:
        await one.ask(QUESTION, timeout=15.0)
        await asyncio.sleep(4.0)
        known = len(model.asked())
        began, ended = await one.say(clips().say(OTHER))
        quiet = await one.call.silence(after=began, lasting=0.15, timeout=5.0)
        assert quiet < ended
        await one.call.sound(after=ended, timeout=15.0)
    told = history(model.asked()[known:][-1].body)
    assert plain(told[-1][1]) == OTHER
    assert ("user", QUESTION) in told
    heard = told[told.index(("user", QUESTION)) + 1]
    assert heard[0] == "assistant"
    assert 20 < len(heard[1]) < 200
    broken_off = next(turn for turn in turns(rig, number(3), "assistant", 2) if turn["interrupted"])
    assert broken_off["cut"]


async def test_a_caller_who_hangs_up_in_the_middle_leaves_nothing_behind_but_the_log(
    rig: PhoneRig, model: OpenAITwin
) -> None:
    async with rig.caller() as phone, talk(rig, phone, number(4)) as one:
        await one.ask(QUESTION, timeout=15.0)
        await asyncio.sleep(2.0)
    assert nothing_left(rig)
    answer = turns(rig, number(4), "assistant", 2)[-1]
    assert answer["interrupted"] or answer["cut"]
    assert turns(rig, number(4), "caller")[0]["text"] == QUESTION


async def test_a_model_that_fails_does_not_leave_the_caller_in_silence(rig: PhoneRig, model: OpenAITwin) -> None:
    async with rig.caller() as phone, talk(rig, phone, number(5)) as one:
        model.fail("status", status=500, times=20)
        asked = await one.ask(QUESTION, timeout=20.0)
    assert asked.heard_at is not None


async def test_zero_is_a_person_and_nobody_there_is_a_promise_to_call_back(rig: PhoneRig, model: OpenAITwin) -> None:
    async with rig.caller() as phone, talk(rig, phone, number(6)) as one:
        pressed = one.call.now()
        await one.call.dtmf("0")
        await one.call.sound(after=pressed, timeout=15.0)
        await one.quiet(after=pressed, timeout=40.0)
    said = " ".join(str(turn["text"]) for turn in turns(rig, number(6), "assistant", 2))
    assert "перезвонит" in said


async def test_an_operator_hears_what_it_is_about_takes_the_call_and_both_hear_each_other(
    rig: PhoneRig, model: OpenAITwin
) -> None:
    account = rig.asterisk.settings.phone("200")
    async with SipCaller(*rig.asterisk.sip, account.user, account.password) as desk, rig.caller() as phone:
        await desk.register()
        await asyncio.to_thread(rig.run, "-m", "tests.phone.world", "--operator", "PJSIP/200")
        async with talk(rig, phone, number(9)) as one:
            await one.call.dtmf("0")
            leg = await desk.next_call(timeout=30.0)
            await leg.answer()
            await leg.sound(after=leg.now(), timeout=15.0)  # the briefing
            await leg.dtmf("1")
            await leg.silence(after=leg.now(), lasting=0.5, timeout=15.0)
            await asyncio.sleep(1.0)
            for speaker, listener in ((leg, one.call), (one.call, leg)):
                spoken = await speaker.say(tone(0.4))
                assert await listener.sound(after=spoken.began - 0.02, timeout=5.0) < spoken.began + 3.0
                await listener.silence(after=listener.now(), lasting=0.3, timeout=5.0)
            await leg.hangup()
            assert await one.call.ended() == "them"
    assert await asyncio.to_thread(nothing_left, rig)
    events = await asyncio.to_thread(
        rig.rows,
        "SELECT e.kind FROM calls_callevent e JOIN calls_call c ON c.id = e.call_id WHERE c.caller = %s ORDER BY e.id",
        number(9),
    )
    assert "transfer_accepted" in [event["kind"] for event in events], events


async def test_a_killed_assistant_comes_back_and_no_channel_is_left(rig: PhoneRig, model: OpenAITwin) -> None:
    async with rig.caller() as phone:
        async with talk(rig, phone, number(7)) as one:
            await one.ask(QUESTION, timeout=15.0)
            await asyncio.to_thread(rig.kill_voice)
            await asyncio.to_thread(rig.start_voice, wait_for_phrases=False)
        assert await asyncio.to_thread(nothing_left, rig)
        async with talk(rig, phone, number(8)) as one:
            assert one.greeting_seconds is not None
    assert turns(rig, number(7), "caller")[0]["text"] == QUESTION
