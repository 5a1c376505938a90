"""Our caller against a real Asterisk."""

from __future__ import annotations

import asyncio
import statistics
from pathlib import Path

import numpy as np
import pytest

from voice.caller import Call, CallFailed, SipCaller, load_wav, tone
from voice.caller.measure import level
from voice.pbx import LocalAsterisk


def operator(asterisk: LocalAsterisk, user: str) -> SipCaller:
    phone = asterisk.settings.phone(user)
    return SipCaller(*asterisk.sip, phone.user, phone.password)


async def test_the_echo_test_gives_back_what_is_said_at_once_and_ends_with_it(
    caller: SipCaller, tmp_path: Path
) -> None:
    async with await caller.call("echo") as call:
        spoken = await call.say(tone(1.0))
        heard = await call.sound(after=spoken.began - 0.02)
        quiet = await call.silence(after=heard)
        call.save_wav(tmp_path / "talk.wav")
    assert 0 <= heard - spoken.began < 0.1
    assert 0 <= quiet - spoken.ended < 0.1
    assert abs(spoken.ended - spoken.began - 1.0) < 0.1
    assert call.lost_packets == 0
    assert len(call.heard_stretches()) == 1
    left, right = call.timeline()
    assert left.size == right.size
    assert level(load_wav(tmp_path / "talk.wav")) > -40


async def test_speech_goes_out_at_a_set_moment_in_the_middle_of_what_is_heard(caller: SipCaller) -> None:
    async with await caller.call("echo") as call:
        first = call.say_at(call.now() + 0.3, tone(0.3))
        second = call.say_at(call.now() + 1.0, tone(0.3))
        asked = call.now()
        began = [(await first).began, (await second).began]
        await call.silence(after=began[1])
        assert abs(began[0] - asked - 0.3) < 0.1
        assert abs(began[1] - asked - 1.0) < 0.1
        assert len(call.heard_stretches()) == 2


async def test_digits_come_back_from_the_echo(caller: SipCaller) -> None:
    async with await caller.call("echo") as call:
        await call.dtmf("105")
        await call.dtmf("*")
        await wait(lambda: call.digits_heard == "105*")


async def test_a_number_that_is_not_there_is_refused_with_its_code(caller: SipCaller) -> None:
    with pytest.raises(CallFailed) as failure:
        await caller.call("nosuch")
    assert failure.value.status == 404


async def test_a_wrong_password_does_not_register_and_does_not_call(asterisk: LocalAsterisk) -> None:
    async with SipCaller(*asterisk.sip, "200", "wrong") as phone:
        with pytest.raises(CallFailed):
            await phone.register()
        with pytest.raises(CallFailed) as failure:
            await phone.call("echo")
        assert failure.value.status in {401, 403}


async def test_an_operator_registers_rings_answers_and_both_hear_each_other(asterisk: LocalAsterisk) -> None:
    async with operator(asterisk, "100") as office, operator(asterisk, "200") as person:
        await person.register()
        outgoing = office.dial("200")
        incoming = await person.next_call()
        assert incoming.number == "100"
        incoming.ring()
        await wait(lambda: outgoing.ringing_at is not None)
        await incoming.answer()
        await outgoing.answered()
        await outgoing.say(tone(0.4))
        await incoming.say(tone(0.4))
        await incoming.sound(after=0.0)
        await outgoing.sound(after=0.0)
        await incoming.dtmf("1")
        await wait(lambda: outgoing.digits_heard == "1")
        await outgoing.hold()
        await outgoing.hold(held=False)
        await incoming.hangup()
        assert await outgoing.ended() == "them"


@pytest.mark.parametrize("how", ["busy", "decline"])
async def test_an_operator_who_does_not_take_the_call_is_heard_of(asterisk: LocalAsterisk, how: str) -> None:
    async with operator(asterisk, "100") as office, operator(asterisk, "201") as person:
        await person.register()
        outgoing = office.dial("201")
        incoming = await person.next_call()
        getattr(incoming, how)()
        with pytest.raises(CallFailed):
            await outgoing.answered()
        assert outgoing.ended_by == "refused"


async def test_a_caller_who_gives_up_while_it_rings_stops_the_ringing(asterisk: LocalAsterisk) -> None:
    async with operator(asterisk, "100") as office, operator(asterisk, "202") as person:
        await person.register()
        outgoing = office.dial("202")
        incoming = await person.next_call()
        incoming.ring()
        await wait(lambda: outgoing.ringing_at is not None)
        await outgoing.hangup()
        assert await incoming.ended() == "them"


async def test_without_an_assistant_the_net_apologises_and_hangs_up(caller: SipCaller) -> None:
    async with await caller.call("1000") as call:
        await call.sound(after=0.0)
        assert await call.ended(timeout=30) == "them"
        assert call.heard_stretches()[-1].ended - call.heard_stretches()[0].began > 5


async def test_the_net_finds_a_free_operator_before_it_apologises(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with operator(asterisk, "203") as person:
        await person.register()
        async with await caller.call("74950000000") as call:
            incoming = await person.next_call()
            await incoming.answer()
            before = call.now()
            await incoming.say(tone(0.5))
            await call.sound(after=before)


async def test_an_outsider_reaches_no_operator_by_dialling(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with operator(asterisk, "204") as person:
        await person.register()
        call = caller.dial("204")
        with pytest.raises(TimeoutError):
            await person.next_call(timeout=0.7)
        await call.hangup()


async def test_fifty_echoes_at_once_are_without_trouble(caller: SipCaller) -> None:
    calls: list[Call] = await asyncio.gather(*(caller.call("echo", timeout=20) for _ in range(50)))
    settled = max(call.answered_at or 0 for call in calls) + 0.5
    spoken = await asyncio.gather(*(call.say(tone(3.0)) for call in calls))
    await asyncio.gather(*(call.silence(after=said.ended) for call, said in zip(calls, spoken, strict=True)))
    delays = [
        (call.first_sound_after(said.began - 0.02) or np.inf) - said.began
        for call, said in zip(calls, spoken, strict=True)
    ]
    assert statistics.median(delays) < 0.2
    assert sum(call.lost_packets for call in calls) == 0
    assert sum(len(call.gaps(over=0.5, since=settled)) for call in calls) == 0
    await asyncio.gather(*(call.hangup() for call in calls))


async def wait(happened: object, seconds: float = 10.0) -> None:
    deadline = asyncio.get_running_loop().time() + seconds
    while not happened():  # type: ignore[operator]
        assert asyncio.get_running_loop().time() < deadline, "it did not happen"
        await asyncio.sleep(0.01)
