"""Two of our telephones call each other, with no exchange between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import numpy as np
import pytest

from voice.caller import Call, CallFailed, SipCaller, tone
from voice.caller.measure import level


@pytest.fixture
async def person() -> AsyncIterator[SipCaller]:
    async with SipCaller(user="200", local_host="127.0.0.1") as phone:
        yield phone


@pytest.fixture
async def phone(person: SipCaller) -> AsyncIterator[SipCaller]:
    async with SipCaller(*person.address, user="100") as calling:
        yield calling


async def talking(phone: SipCaller, person: SipCaller) -> tuple[Call, Call]:
    outgoing = phone.dial("200", caller_id="74950000000")
    incoming = await person.next_call()
    incoming.ring()
    await incoming.answer()
    await outgoing.answered()
    return outgoing, incoming


async def test_both_hear_each_other_on_one_clock(phone: SipCaller, person: SipCaller) -> None:
    outgoing, incoming = await talking(phone, person)
    assert (incoming.number, incoming.dialled) == ("74950000000", "200")
    said, answered = await asyncio.gather(outgoing.say(tone(0.5)), incoming.say(tone(0.5, hertz=600)))
    heard = await incoming.sound(after=said.began - 0.02)
    assert 0 <= heard - said.began < 0.1
    assert 0 <= await outgoing.sound(after=answered.began - 0.02) - answered.began < 0.1
    assert outgoing.lost_packets == incoming.lost_packets == 0
    left, right = outgoing.timeline()
    assert abs(level(left[left != left[0]]) - level(right[right != 0])) < 6


async def test_a_hang_up_in_the_middle_of_speech_is_seen_by_both(phone: SipCaller, person: SipCaller) -> None:
    outgoing, incoming = await talking(phone, person)
    speaking = incoming.say_at(0.0, tone(5.0))
    await outgoing.sound(after=0.0)
    await outgoing.hangup()
    assert outgoing.ended_by == "us"
    assert await incoming.ended() == "them"
    spoken = await speaking
    assert not spoken.complete
    assert spoken.ended - spoken.began < 5


async def test_speech_can_be_broken_off_and_begun_again(phone: SipCaller, person: SipCaller) -> None:
    outgoing, incoming = await talking(phone, person)
    first = outgoing.say_at(0.0, tone(5.0))
    await incoming.sound(after=0.0)
    outgoing.break_off()
    assert not (await first).complete
    quiet = await incoming.silence(after=incoming.now())
    second = await outgoing.say(tone(0.2))
    assert second.complete
    assert await incoming.sound(after=quiet + 0.1) >= second.began


async def test_digits_arrive_each_once_even_while_speech_goes_on(phone: SipCaller, person: SipCaller) -> None:
    outgoing, incoming = await talking(phone, person)
    speaking = outgoing.say_at(0.0, tone(0.5))
    await outgoing.dtmf("0*#9")
    assert [await incoming.digit() for _ in range(4)] == ["0", "*", "#", "9"]
    assert (await speaking).complete


async def test_refusals_carry_their_code(phone: SipCaller, person: SipCaller) -> None:
    for refuse, code in ((Call.busy, 486), (Call.decline, 603)):
        outgoing = phone.dial("200")
        refuse(await person.next_call())
        with pytest.raises(CallFailed) as failure:
            await outgoing.answered()
        assert failure.value.status == code


async def test_a_call_that_is_given_up_stops_ringing(phone: SipCaller, person: SipCaller) -> None:
    outgoing = phone.dial("200")
    incoming = await person.next_call()
    incoming.ring()
    await outgoing.hangup()
    assert await incoming.ended() == "them"
    with pytest.raises(CallFailed):
        await incoming.answer()


async def test_nobody_answers_in_time(phone: SipCaller, person: SipCaller) -> None:
    outgoing = phone.dial("200")
    incoming = await person.next_call()
    incoming.ring()
    with pytest.raises(CallFailed, match="Никто не ответил"):
        await outgoing.answered(timeout=0.3)
    await outgoing.hangup()


async def test_an_address_at_which_nobody_is_is_said_to_be_one() -> None:
    async with SipCaller(port=9) as phone:
        with pytest.raises(CallFailed, match="проверьте адрес"):
            await phone.dial("1000").answered(timeout=0.3)


async def test_on_hold_nothing_is_sent(phone: SipCaller, person: SipCaller) -> None:
    outgoing, incoming = await talking(phone, person)
    await outgoing.hold()
    await asyncio.sleep(0.1)
    before = outgoing.packets
    await incoming.say(tone(0.2))
    assert outgoing.packets == before
    await outgoing.hold(held=False)
    spoken = await incoming.say(tone(0.2))
    await outgoing.sound(after=spoken.began - 0.02)


async def test_a_mute_telephone_sends_nothing_but_speech(phone: SipCaller, person: SipCaller) -> None:
    outgoing, incoming = await talking(phone, person)
    outgoing.media.sends_silence = False
    await asyncio.sleep(0.1)
    before = incoming.packets
    await outgoing.say(tone(0.2))
    await incoming.sound(after=0.0)
    assert incoming.packets - before <= 11


async def test_without_audio_the_measures_are_the_same(person: SipCaller) -> None:
    async with SipCaller(*person.address, keep_audio=False) as phone:
        outgoing, incoming = await talking(phone, person)
        spoken = await incoming.say(tone(0.4))
        await outgoing.silence(after=await outgoing.sound(after=0.0))
        stretch = outgoing.heard_stretches()[0]
        assert abs(stretch.seconds - 0.4) < 0.1
        assert abs(stretch.began - spoken.began) < 0.1
        assert not np.any(outgoing.timeline()[0])
