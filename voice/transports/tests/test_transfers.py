"""Putting a caller through: every answer an operator can give, and everybody hanging up in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from voice.caller import Call, SipCaller, tone
from voice.engine import g711
from voice.pbx import LocalAsterisk
from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.transfer import Briefing, DialTarget, TransferOutcome, TransferState
from voice.transports.tests.desk import config_for, desk_of, distinct, nothing_left, operator, sounded, until

OPERATOR = DialTarget("PJSIP/200", "Дежурный")
BRIEFING = g711.encode(tone(0.6, 900))
LONG_BRIEFING = g711.encode(tone(20.0, 900))


@dataclass
class Scene:
    """A caller on the line with us, and an operator's telephone that waits."""

    asterisk: LocalAsterisk
    call: AsteriskCall
    caller: Call
    phone: SipCaller

    def transfer(self, briefing: Briefing | None = BRIEFING, **others: Any) -> asyncio.Task[TransferOutcome]:
        self.states: list[TransferState] = []
        return asyncio.create_task(
            self.call.transfer(OPERATOR, briefing=briefing, on_state=self.states.append, **others)
        )

    async def answered(self) -> Call:
        leg = await self.phone.next_call()
        leg.ring()
        await leg.answer()
        return leg

    async def hear_each_other(self, leg: Call) -> None:
        for mouth, ear in ((leg, self.caller), (self.caller, leg)):
            spoken = await mouth.say(tone(0.3))
            heard = await ear.sound(after=spoken.began - 0.02)
            assert heard - spoken.began < 3
            await ear.silence(after=heard)

    async def is_back(self) -> None:
        """The caller hears us as before, and we hear him."""
        assert not self.call.ended.done()
        since = self.caller.now()
        self.call.transport.flush()
        self.call.transport.play(distinct(20))
        await until(lambda: distinct(20) in sounded(self.caller, since))


@pytest.fixture
async def scene(asterisk: LocalAsterisk, caller: SipCaller) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        phone = await stack.enter_async_context(operator(asterisk, "200"))
        await phone.register()
        desk = await stack.enter_async_context(desk_of(config_for(asterisk)))
        talk = await stack.enter_async_context(await caller.call("1000", caller_id="84950000001"))
        yield Scene(asterisk, await desk.next_call(), talk, phone)
        await talk.hangup()
        await until(lambda: not desk.line.calls)
        await nothing_left(asterisk)
        await until(lambda: not desk.line._rig.legs._known and not desk.line._rig.bridges)


async def test_an_operator_who_hears_the_briefing_and_accepts_talks_with_the_caller(scene: Scene) -> None:
    scene.call.transport.play(distinct(500))
    asking = scene.transfer()
    leg = await scene.answered()
    assert leg.number == "84950000001"
    await leg.sound(after=leg.now() - 1)
    comfort = scene.call.transport.heard_bytes
    await leg.silence(after=leg.now())
    assert scene.call.transport.heard_bytes > comfort  # the caller hears his own comfort meanwhile
    await leg.dtmf("1")
    assert await asking is TransferOutcome.ACCEPTED
    assert scene.states == ["dialling", "ringing", "briefing", "deciding", "talking"]
    await scene.caller.silence(after=scene.caller.now())
    await scene.hear_each_other(leg)
    async for _ in scene.call.transport.frames():
        pass  # our part of it has ended
    assert not scene.call.ended.done()
    await leg.hangup()
    assert await asyncio.wait_for(scene.call.ended, 5) == "operator_hung_up"
    assert await scene.caller.ended() == "them"


async def test_when_the_caller_leaves_the_conversation_the_operator_is_hung_up(scene: Scene) -> None:
    asking = scene.transfer(None)
    leg = await scene.answered()
    assert await asking is TransferOutcome.ACCEPTED
    assert scene.states == ["dialling", "ringing", "talking"]
    await scene.hear_each_other(leg)
    await scene.caller.hangup()
    assert await asyncio.wait_for(scene.call.ended, 5) == "caller_hung_up"
    assert await leg.ended() == "them"


async def test_the_briefing_may_be_accepted_in_its_middle(scene: Scene) -> None:
    async def written() -> AsyncIterator[bytes]:
        for _ in range(10):
            yield BRIEFING

    asking = scene.transfer(written)
    leg = await scene.answered()
    await leg.sound(after=leg.now() - 1)
    await leg.dtmf("1")
    assert await asking is TransferOutcome.ACCEPTED
    await scene.hear_each_other(leg)


async def test_an_operator_who_declines_by_digit_gives_the_caller_back(scene: Scene) -> None:
    asking = scene.transfer(LONG_BRIEFING)
    leg = await scene.answered()
    await leg.sound(after=leg.now() - 1)
    await leg.dtmf("52")
    assert await asking is TransferOutcome.DECLINED
    assert await leg.ended() == "them"
    await scene.is_back()


async def test_an_operator_who_hangs_up_on_the_briefing_declines(scene: Scene) -> None:
    asking = scene.transfer(LONG_BRIEFING)
    leg = await scene.answered()
    await leg.sound(after=leg.now() - 1)
    await leg.hangup()
    assert await asking is TransferOutcome.DECLINED
    await scene.is_back()


async def test_a_mailbox_that_presses_nothing_has_not_accepted(scene: Scene) -> None:
    asking = scene.transfer(decide_seconds=0.5)
    leg = await scene.answered()
    assert await asking is TransferOutcome.NO_ANSWER
    assert await leg.ended() == "them"
    await scene.is_back()


async def test_a_briefing_that_breaks_off_can_still_be_accepted(scene: Scene) -> None:
    async def breaks_off() -> AsyncIterator[bytes]:
        yield BRIEFING
        raise RuntimeError("no voice")

    asking = scene.transfer(breaks_off)
    leg = await scene.answered()
    await leg.sound(after=leg.now() - 1)
    await leg.dtmf("1")
    assert await asking is TransferOutcome.ACCEPTED


@pytest.mark.parametrize(("how", "outcome"), [("busy", TransferOutcome.BUSY), ("decline", TransferOutcome.DECLINED)])
async def test_an_operator_who_does_not_take_the_call(scene: Scene, how: str, outcome: TransferOutcome) -> None:
    asking = scene.transfer()
    leg = await scene.phone.next_call()
    leg.ring()
    getattr(leg, how)()
    assert await asking is outcome
    await scene.is_back()


async def test_a_telephone_that_rings_on_is_given_up(scene: Scene) -> None:
    asking = scene.transfer(ring_seconds=1)
    leg = await scene.phone.next_call()
    leg.ring()
    assert await asking is TransferOutcome.NO_ANSWER
    await leg.ended()
    await scene.is_back()


@pytest.mark.parametrize("endpoint", ["PJSIP/205", "PJSIP/nobody", "Nonsense/1"])
async def test_nobody_there_is_a_failure(scene: Scene, endpoint: str) -> None:
    assert await scene.call.transfer(DialTarget(endpoint), ring_seconds=2) is TransferOutcome.FAILED
    await scene.is_back()


@pytest.mark.parametrize("after", [0.0, 0.01, 0.05])
async def test_the_caller_hangs_up_while_it_rings(scene: Scene, after: float) -> None:
    asking = scene.transfer()
    await asyncio.sleep(after)
    await scene.caller.hangup()
    assert await asking is TransferOutcome.CALLER_GONE


async def test_the_caller_hangs_up_during_the_briefing(scene: Scene) -> None:
    asking = scene.transfer(LONG_BRIEFING)
    leg = await scene.answered()
    await leg.sound(after=leg.now() - 1)
    await scene.caller.hangup()
    assert await asking is TransferOutcome.CALLER_GONE
    assert await leg.ended() == "them"


async def test_the_caller_hangs_up_as_the_operator_accepts(scene: Scene) -> None:
    asking = scene.transfer()
    leg = await scene.answered()
    await leg.sound(after=leg.now() - 1)
    await asyncio.gather(leg.dtmf("1"), scene.caller.hangup())
    assert await asking in {TransferOutcome.CALLER_GONE, TransferOutcome.ACCEPTED}
    assert await leg.ended() == "them"


async def test_both_hang_up_as_the_operator_answers(scene: Scene) -> None:
    asking = scene.transfer(None)
    leg = await scene.answered()
    await asyncio.gather(leg.hangup(), scene.caller.hangup())
    assert await asking in set(TransferOutcome)


async def test_we_give_up_in_the_middle_and_the_caller_stays(scene: Scene) -> None:
    asking = scene.transfer(LONG_BRIEFING)
    leg = await scene.answered()
    await leg.sound(after=leg.now() - 1)
    asking.cancel()
    await asyncio.wait([asking])
    assert await leg.ended() == "them"
    await scene.is_back()


async def test_after_a_refusal_the_next_operator_can_be_asked(scene: Scene) -> None:
    first = scene.transfer(None)
    (await scene.phone.next_call()).busy()
    assert await first is TransferOutcome.BUSY
    second = scene.transfer(None)
    leg = await scene.answered()
    assert await second is TransferOutcome.ACCEPTED
    await scene.hear_each_other(leg)


async def test_a_conversation_outlives_a_lost_connection(scene: Scene) -> None:
    asking = scene.transfer(None)
    leg = await scene.answered()
    assert await asking is TransferOutcome.ACCEPTED
    scene.call.line_lost()
    await scene.hear_each_other(leg)
    assert not scene.call.ended.done()
