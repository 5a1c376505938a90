"""Many calls that end at any moment, some of them in the middle of a transfer."""

from __future__ import annotations

import asyncio
import random

from voice.caller import CallFailed, SipCaller
from voice.pbx import LocalAsterisk
from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.line import AsteriskLine
from voice.transports.asterisk.transfer import DialTarget
from voice.transports.errors import CallGone
from voice.transports.tests.desk import config_for, nothing_left, operator, until

CALLS, AT_ONCE = 40, 8


async def test_calls_that_end_at_random_moments_leave_no_channel_no_port_and_no_task(asterisk: LocalAsterisk) -> None:
    chance = random.Random(7)
    line = AsteriskLine(config_for(asterisk, max_calls=AT_ONCE))
    running = asyncio.create_task(line.run(lambda call: serve(call, chance)))
    await until(lambda: line.connected)
    ports = len(line._rig.media._free)  # type: ignore[attr-defined]
    async with SipCaller(*asterisk.sip, keep_audio=False) as caller, operator(asterisk, "200") as phone:
        await phone.register()
        answering = asyncio.create_task(operator_at_random(phone, chance))
        room = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*(call_at_random(caller, chance, room) for _ in range(CALLS)))
        await until(lambda: not line.calls)
        answering.cancel()
        await asyncio.wait([answering])
    await nothing_left(asterisk)
    await until(lambda: not line._rig.tasks and not line._rig.legs._known and not line._rig.bridges)
    await until(lambda: len(line._rig.media._free) == ports)  # type: ignore[attr-defined]
    running.cancel()
    await asyncio.wait([running])
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def serve(call: AsteriskCall, chance: random.Random) -> None:
    try:
        await call.open()
        call.transport.play(bytes(40_000))
        if chance.random() < 0.4:
            briefing = None if chance.random() < 0.5 else bytes(2_000)
            target = DialTarget("PJSIP/200")
            await call.transfer(target, briefing=briefing, ring_seconds=1, decide_seconds=0.3)
    except CallGone:
        return
    if chance.random() < 0.3:
        await call.leave(reason="chance")
    await asyncio.wait([call.ended], timeout=chance.random() * 2)


async def call_at_random(caller: SipCaller, chance: random.Random, room: asyncio.Semaphore) -> None:
    async with room:
        call = caller.dial("1000")
        await asyncio.sleep(chance.choice([0.0, 0.005, 0.02, chance.random()]))
        await call.hangup()


async def operator_at_random(phone: SipCaller, chance: random.Random) -> None:
    while True:
        leg = await phone.next_call(timeout=600)
        try:
            if chance.random() < 0.3:
                leg.busy()
            elif chance.random() < 0.8:
                await leg.answer()
                await leg.dtmf(chance.choice("125"), 0.06)
        except CallFailed:
            continue  # the caller was quicker
