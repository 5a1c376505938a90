"""Sound through a real Asterisk, by every way there is."""

from __future__ import annotations

import asyncio

import pytest

from voice.caller import SipCaller, tone
from voice.engine.ports import FRAME_BYTES
from voice.pbx import LocalAsterisk
from voice.transports.tests.desk import WAYS, desk_by, distinct, echo, sounded, until

LATE = 3.0  # seconds; a busy machine's allowance, the figures are measured by the bench
NEARLY = 10 * FRAME_BYTES


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def test_what_the_caller_says_comes_back_from_our_side(
    way: str, asterisk: LocalAsterisk, media_port: int, caller: SipCaller
) -> None:
    async with desk_by(way, asterisk, media_port) as desk, await caller.call("1000") as phone:
        call = await desk.next_call()
        echoing = asyncio.create_task(echo(call))
        for _ in range(3):
            spoken = await phone.say(tone(0.2))
            heard = await phone.sound(after=spoken.began - 0.02)
            assert -0.02 <= heard - spoken.began < LATE
            await phone.silence(after=heard)
        await phone.hangup()
        await asyncio.wait_for(echoing, 5)
        assert await call.ended == "caller_hung_up"


async def test_there_is_one_frame_for_every_20_ms_of_the_call(
    way: str, asterisk: LocalAsterisk, media_port: int, caller: SipCaller
) -> None:
    async with desk_by(way, asterisk, media_port) as desk, await caller.call("1000") as phone:
        call = await desk.next_call()
        phone.media.sends_silence = False  # nothing comes from there
        began, count = phone.now(), 0
        async for frame in call.transport.frames():
            assert len(frame) == FRAME_BYTES
            count += 1
            if phone.now() - began > 2:
                break
        assert 90 <= count <= 115


async def test_a_pause_is_heard_at_once_and_the_reply_goes_on_from_the_very_sample(
    way: str, asterisk: LocalAsterisk, media_port: int, caller: SipCaller
) -> None:
    reply = distinct(100)
    async with desk_by(way, asterisk, media_port) as desk, await caller.call("1000") as phone:
        line = (await desk.next_call()).transport
        began = phone.now()
        line.play(reply)
        await phone.sound(after=began)
        await asyncio.sleep(0.5)
        paused = phone.now()
        line.pause()
        quiet = await phone.silence(after=paused)
        assert quiet - paused < LATE
        heard_then = sounded(phone, began)
        assert abs(line.heard_bytes - len(heard_then)) <= NEARLY
        assert reply.startswith(heard_then)
        line.resume()
        await line.drained()
        await until(lambda: sounded(phone, began) == reply)
        assert (line.heard_bytes, line.queued_bytes) == (len(reply), 0)


async def test_what_is_flushed_is_not_heard_and_what_follows_is(
    way: str, asterisk: LocalAsterisk, media_port: int, caller: SipCaller
) -> None:
    async with desk_by(way, asterisk, media_port) as desk, await caller.call("1000") as phone:
        line = (await desk.next_call()).transport
        told: list[bytes] = []
        line.on_heard = told.append
        began = phone.now()
        line.play(distinct(200))
        await phone.sound(after=began)
        await asyncio.sleep(0.4)
        line.pause()
        line.flush()
        flushed = phone.now()
        assert line.queued_bytes == 0
        await phone.silence(after=flushed)
        first = sounded(phone, began)
        again = distinct(20, first=40)
        line.play(again[:1000])
        line.play(again[1000:])
        await line.drained()
        await until(lambda: len(sounded(phone, began)) >= len(first) + len(again))
        assert sounded(phone, began) == first + again
        assert abs(line.heard_bytes - len(first + again)) <= NEARLY
        assert b"".join(told)[-len(again) :] == again


async def test_a_long_reply_in_one_piece_arrives_whole(
    way: str, asterisk: LocalAsterisk, media_port: int, caller: SipCaller
) -> None:
    reply = distinct(160)
    async with desk_by(way, asterisk, media_port) as desk, await caller.call("1000") as phone:
        call = await desk.next_call()
        began = phone.now()
        call.transport.play(reply + distinct(2000))  # 43 s: far more than Asterisk takes in one message or queue
        await until(lambda: len(sounded(phone, began)) >= len(reply))
        assert sounded(phone, began).startswith(reply)
        await call.hang_up()
        assert await phone.ended() == "them"
        assert await call.ended == "hung_up"
