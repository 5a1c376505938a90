"""Calls of a real Asterisk: who calls, hang-ups in every state, the dialplan's net."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from voice.caller import CallFailed, SipCaller
from voice.pbx import LocalAsterisk
from voice.transports.errors import CallGone, NoRoom
from voice.transports.tests.desk import config_for, desk_of, nothing_left, until


async def test_a_call_says_who_calls_what_was_dialled_and_when(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk:
        async with await caller.call("1000", caller_id="84950000001"):
            call = await desk.next_call()
            assert (call.caller, call.dialled) == ("84950000001", "1000")
            assert abs(datetime.now(UTC) - call.arrived_at) < timedelta(seconds=10)
            assert 0 <= asyncio.get_running_loop().time() - call.arrived < 10
            assert desk.line.calls == [call]
        await until(lambda: not desk.line.calls)
        await nothing_left(asterisk)
        assert desk.line.version.startswith("22.")
        assert desk.line.warnings == []


async def test_keys_are_told_as_they_are_pressed(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk, await caller.call("1000") as phone:
        call = await desk.next_call()
        keys: list[str] = []
        call.on_digit = keys.append
        await phone.dtmf("10#*5")
        await until(lambda: keys == ["1", "0", "#", "*", "5"])


async def test_a_caller_who_hangs_up_before_the_answer_is_gone(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk:
        desk.opens = False
        phone = caller.dial("1000")
        call = await desk.next_call()
        assert not call.ended.done()
        await phone.hangup()
        assert await asyncio.wait_for(call.ended, 5) == "caller_hung_up"
        with pytest.raises(CallGone):
            await call.open()
        await nothing_left(asterisk)


async def test_a_caller_who_hangs_up_while_we_answer_leaves_nothing(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk:
        desk.opens = False
        for milliseconds in range(0, 12, 2):
            phone = caller.dial("1000")
            call = await desk.next_call()
            hanging_up = asyncio.create_task(phone.hangup())
            await asyncio.sleep(milliseconds / 1000)
            opened = await asyncio.gather(call.open(), return_exceptions=True)
            assert opened == [None] or isinstance(opened[0], CallGone)
            assert await asyncio.wait_for(call.ended, 5) == "caller_hung_up"
            await hanging_up
        await nothing_left(asterisk)


async def test_a_hang_up_ends_the_audio_at_once(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk:
        phone = await caller.call("1000")
        call = await desk.next_call()
        call.transport.play(bytes(80_000))
        waiting = asyncio.gather(call.transport.drained(), _exhaust(call.transport.frames()), call.ended)
        await phone.hangup()
        await asyncio.wait_for(waiting, 5)
        await nothing_left(asterisk)


async def test_when_the_handler_returns_the_caller_is_hung_up(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk, await caller.call("1000") as phone:
        call = await desk.next_call()
        desk.let_go.set()
        assert await phone.ended() == "them"
        assert await call.ended == "hung_up"


async def test_when_the_handler_fails_the_dialplan_takes_over(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk, await caller.call("1000") as phone:
        call = await desk.next_call()
        desk.fails = True
        desk.let_go.set()
        assert await asyncio.wait_for(call.ended, 5) == "left"
        await until(lambda: "vasdom-net" in asterisk.cli("core show channels concise"))
        assert phone.ended_at is None
        assert "media" not in asterisk.cli("core show channels concise")


async def test_a_call_that_leaves_goes_on_behind_stasis_and_is_no_longer_ours(
    asterisk: LocalAsterisk, caller: SipCaller
) -> None:
    async with desk_of(config_for(asterisk)) as desk, await caller.call("1000") as phone:
        call = await desk.next_call()
        await call.leave(reason="out_of_hours")
        assert await call.ended == "left"
        await until(lambda: "vasdom-net" in asterisk.cli("core show channels concise"))
        await call.hang_up()  # nobody's any more: does nothing
        await asyncio.sleep(0.2)
        assert phone.ended_at is None
        name = asterisk.cli("core show channels concise").partition("!")[0]
        assert "out_of_hours" in asterisk.cli(f"core show channel {name}")


async def test_without_a_free_port_the_call_can_still_leave(asterisk: LocalAsterisk) -> None:
    async with desk_of(config_for(asterisk, last_rtp_port=18_003)) as desk, SipCaller(*asterisk.sip) as caller:
        desk.opens = False
        phones = [caller.dial("1000") for _ in range(3)]
        calls = [await desk.next_call() for _ in phones]
        await calls[0].open()
        await calls[1].open()
        with pytest.raises(NoRoom):
            await calls[2].open()
        await calls[2].leave(reason="full")
        await until(lambda: "vasdom-net" in asterisk.cli("core show channels concise"))
        for phone in phones:
            await phone.hangup()
        await until(lambda: not desk.line.calls)
        again = caller.dial("1000")
        await (await desk.next_call()).open()  # the ports are free again
        await again.hangup()
        await nothing_left(asterisk)


async def test_fifty_calls_at_once_are_heard(asterisk: LocalAsterisk) -> None:
    async with (
        desk_of(config_for(asterisk, max_calls=50)) as desk,
        SipCaller(*asterisk.sip, keep_audio=False) as caller,
    ):
        phones = await asyncio.gather(*(caller.call("1000", timeout=60) for _ in range(50)))
        calls = [await desk.next_call() for _ in phones]
        for call in calls:
            call.transport.play(bytes([0xA5]) * 16_000)
        await asyncio.gather(*(call.transport.drained() for call in calls))
        assert all(call.transport.heard_bytes == 16_000 for call in calls)
        for phone in phones:
            await phone.sound(after=0, timeout=30)
        await asyncio.gather(*(phone.hangup() for phone in phones))
        await until(lambda: not desk.line.calls)
        await nothing_left(asterisk)


async def test_a_call_is_refused_or_netted_while_nobody_holds_the_line(
    asterisk: LocalAsterisk, caller: SipCaller
) -> None:
    phone = caller.dial("1000")
    try:
        await phone.answered()
        assert "vasdom-net" in asterisk.cli("core show channels concise")
    except CallFailed:
        pass
    finally:
        await phone.hangup()


async def _exhaust(frames: object) -> None:
    async for _ in frames:  # type: ignore[attr-defined]
        pass
