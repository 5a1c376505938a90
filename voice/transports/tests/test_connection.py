"""The connection: Asterisk dies, a process dies, two want the same application, what a dead one left."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from vasdom.env import ROOT
from voice.caller import SipCaller, tone
from voice.pbx import AsteriskTree, LocalAsterisk
from voice.transports.asterisk.config import LineConfig
from voice.transports.asterisk.line import AsteriskLine
from voice.transports.errors import LineRefused
from voice.transports.tests.desk import config_for, desk_of, nothing_left, operator, until


async def test_after_a_crash_of_asterisk_calls_end_and_new_ones_are_taken(fresh_asterisk: LocalAsterisk) -> None:
    async with desk_of(config_for(fresh_asterisk)) as desk, SipCaller(*fresh_asterisk.sip) as caller:
        talking = await caller.call("1000")
        call = await desk.next_call()
        fresh_asterisk.kill()
        await until(lambda: not desk.line.connected)
        fresh_asterisk.start()
        await desk.connected()
        assert await asyncio.wait_for(call.ended, 10) in {"line_lost", "caller_hung_up"}
        talking.drop()
        async with await caller.call("1000"):
            assert not (await desk.next_call()).ended.done()


async def test_an_asterisk_that_stays_away_ends_the_calls(fresh_asterisk: LocalAsterisk) -> None:
    async with desk_of(config_for(fresh_asterisk)) as desk, SipCaller(*fresh_asterisk.sip) as caller:
        talking = await caller.call("1000")
        call = await desk.next_call()
        fresh_asterisk.kill()
        assert await asyncio.wait_for(call.ended, 10) == "line_lost"
        await until(lambda: not desk.line.calls)
        talking.drop()


async def test_a_line_waits_for_an_asterisk_that_starts_later(fresh_asterisk: LocalAsterisk) -> None:
    fresh_asterisk.stop()
    line = AsteriskLine(config_for(fresh_asterisk))
    running = asyncio.create_task(line.run(lambda call: call.open()))
    await asyncio.sleep(0.5)
    assert not line.connected
    assert not running.done()
    fresh_asterisk.start()
    await until(lambda: line.connected)
    running.cancel()
    await asyncio.wait([running])


async def test_a_second_process_of_the_same_name_ends_the_first_with_a_sentence(asterisk: LocalAsterisk) -> None:
    first = AsteriskLine(config_for(asterisk))
    running = asyncio.create_task(first.run(lambda call: call.open()))
    await until(lambda: first.connected)
    async with desk_of(config_for(asterisk)), asyncio.timeout(10):
        with pytest.raises(LineRefused, match="занял другой процесс"):
            await running


async def test_a_wrong_password_is_said_and_not_tried_for_ever(asterisk: LocalAsterisk) -> None:
    wrong = replace(config_for(asterisk), password="wrong")
    async with asyncio.timeout(10):
        with pytest.raises(LineRefused, match="ARI_PASSWORD"):
            await AsteriskLine(wrong).run(lambda call: call.open())


@pytest.mark.parametrize("password", ["p&ss#1%+x", "two words/and?more=", "пароль"])
async def test_a_password_may_hold_any_character(asterisk_tree: AsteriskTree, tmp_path: Path, password: str) -> None:
    with LocalAsterisk.on_free_ports(asterisk_tree, tmp_path / "p", ari_password=password) as instance:
        async with desk_of(config_for(instance)) as desk:
            assert desk.line.connected


async def test_an_unknown_way_of_media_is_refused() -> None:
    with pytest.raises(LineRefused, match="rtp, websocket"):
        await AsteriskLine(LineConfig("http://127.0.0.1:1", "u", "p", media="pigeons")).run(lambda call: call.open())


async def test_the_calls_of_a_killed_process_go_to_the_dialplan_when_the_line_is_back(
    asterisk: LocalAsterisk, caller: SipCaller
) -> None:
    async with lonely(asterisk) as process:
        phones = [await caller.call("1000") for _ in range(3)]
        for _ in phones:
            assert await said(process) == "call"
        process.kill()
        await process.wait()
    assert "media" in asterisk.cli("core show channels concise") or asterisk.channels() > 3
    async with desk_of(config_for(asterisk)) as desk:
        await until(lambda: asterisk.cli("core show channels concise").count("vasdom-net") == 3)
        await until(lambda: asterisk.channels() == 3)  # the callers alone
        await until(lambda: "vasdom-" not in asterisk.cli("bridge show all"))
        assert all(phone.ended_at is None for phone in phones)
        assert not desk.line.calls
        for phone in phones:
            await phone.hangup()
        await nothing_left(asterisk)


async def test_a_conversation_with_an_operator_survives_the_process_that_made_it(
    asterisk: LocalAsterisk, caller: SipCaller
) -> None:
    async with operator(asterisk, "200") as phone:
        await phone.register()
        async with lonely(asterisk, TARGET="PJSIP/200") as process:
            talking = await caller.call("1000")
            leg = await phone.next_call()
            await leg.answer()
            assert await said(process) == "call"
            process.kill()
            await process.wait()
        async with desk_of(config_for(asterisk)):
            await asyncio.sleep(1)
            spoken = await leg.say(tone(0.3))
            assert await talking.sound(after=spoken.began - 0.02) - spoken.began < 3
            await leg.hangup()
            assert await talking.ended() == "them"
            await nothing_left(asterisk)


async def test_a_conversation_with_an_operator_goes_on_when_the_line_is_stopped(
    asterisk: LocalAsterisk, caller: SipCaller
) -> None:
    async with operator(asterisk, "200") as phone:
        await phone.register()
        async with lonely(asterisk, TARGET="PJSIP/200") as process:
            talking = await caller.call("1000")
            leg = await phone.next_call()
            await leg.answer()
            assert await said(process) == "call"
            process.send_signal(signal.SIGINT)
            await process.wait()
        spoken = await leg.say(tone(0.3))
        assert await talking.sound(after=spoken.began - 0.02) - spoken.began < 3
        async with desk_of(config_for(asterisk)):
            await asyncio.sleep(0.5)
            await talking.hangup()
            assert await leg.ended() == "them"
            await nothing_left(asterisk)


async def test_callers_of_a_stopped_line_go_to_the_dialplan(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with desk_of(config_for(asterisk)) as desk:
        phone = await caller.call("1000")
        call = await desk.next_call()
    assert call.ended.result() == "left"
    await until(lambda: "vasdom-net" in asterisk.cli("core show channels concise"))
    assert phone.ended_at is None
    await phone.hangup()
    await nothing_left(asterisk)


async def test_other_peoples_channels_are_left_alone(asterisk: LocalAsterisk, caller: SipCaller) -> None:
    async with await caller.call("echo") as phone, desk_of(config_for(asterisk)):
        await asyncio.sleep(1)
        spoken = await phone.say(tone(0.2))
        assert await phone.sound(after=spoken.began - 0.02) - spoken.began < 3


@asynccontextmanager
async def lonely(asterisk: LocalAsterisk, **environment: str) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "voice.transports.tests.lonely"),
        cwd=ROOT,
        env={**os.environ, "LINE": json.dumps(asdict(config_for(asterisk))), **environment},
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert await said(process) == "connected"
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def said(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        return (await process.stdout.readline()).decode().strip()
