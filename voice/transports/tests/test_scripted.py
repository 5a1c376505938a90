"""The line in memory: times, pauses, hang-ups."""

from __future__ import annotations

import asyncio

import pytest

from voice.engine.ports import FRAME_BYTES, SILENCE
from voice.engine.tests.virtual_time import run, virtual_time
from voice.transports.scripted import ScriptedTransport

SILENT = SILENCE * FRAME_BYTES
LONG = bytes(range(1, 101)) * 16  # ten frames, 0.2 s


def frames_of(audio: bytes) -> list[bytes]:
    return [audio[start : start + FRAME_BYTES] for start in range(0, len(audio), FRAME_BYTES)]


@virtual_time
async def test_the_caller_is_heard_when_he_speaks_and_silence_otherwise() -> None:
    loop = asyncio.get_running_loop()
    line = ScriptedTransport()
    ends = line.caller_says(LONG, at=1.0)
    line.hang_up(at=3.0)

    heard = [(loop.time(), frame) async for frame in line.frames()]

    assert ends == pytest.approx(1.2)
    assert [frame for _, frame in heard if frame != SILENT] == frames_of(LONG)
    spoken = [moment for moment, frame in heard if frame != SILENT]
    assert (spoken[0], spoken[-1]) == pytest.approx((1.02, 1.2))
    assert len(heard) == pytest.approx(150, abs=1)
    assert loop.time() == pytest.approx(3.0)


@virtual_time
async def test_a_reply_sounds_in_its_order_without_gaps() -> None:
    line = ScriptedTransport()
    heard: list[bytes] = []
    line.on_heard = heard.append
    line.play(LONG[:500])
    line.play(LONG[500:])
    await line.drained()

    assert b"".join(frame for _, frame in line.sounded) == LONG == b"".join(heard)
    assert [moment for moment, _ in line.sounded] == pytest.approx([number * 0.02 for number in range(10)])
    assert (line.heard_bytes, line.queued_bytes) == (len(LONG), 0)
    assert asyncio.get_running_loop().time() == pytest.approx(0.2)


@virtual_time
async def test_after_a_pause_the_reply_goes_on_from_the_very_sample() -> None:
    line = ScriptedTransport()
    line.play(LONG)
    await asyncio.sleep(0.05)
    line.pause()
    await asyncio.sleep(1)
    assert line.heard_bytes == 3 * FRAME_BYTES
    line.resume()
    await line.drained()

    assert b"".join(frame for _, frame in line.sounded) == LONG
    assert line.heard_between(0.06, 1.05) == b""


@virtual_time
async def test_what_was_flushed_never_sounds_and_never_counts() -> None:
    line = ScriptedTransport()
    line.play(LONG)
    await asyncio.sleep(0.05)
    line.pause()
    line.flush()
    await line.drained()
    line.play(b"\x11" * 100)
    await line.drained()

    assert line.heard_bytes == 3 * FRAME_BYTES + 100
    assert line.sounded[-1][1] == b"\x11" * 100 + SILENCE * 60


@virtual_time
async def test_a_hang_up_ends_everything_at_once() -> None:
    line = ScriptedTransport()
    line.play(LONG * 100)
    line.hang_up(at=0.51)
    await asyncio.gather(line.drained(), _exhaust(line))

    assert asyncio.get_running_loop().time() == pytest.approx(0.51) == line.ended
    line.play(LONG)
    assert line.queued_bytes == 0
    await line.drained()


async def _exhaust(line: ScriptedTransport) -> None:
    async for _ in line.frames():
        pass


def test_minutes_take_no_time_and_are_the_same_every_time() -> None:
    async def conversation() -> list[tuple[float, bytes]]:
        line = ScriptedTransport()
        for minute in range(5):
            line.play(LONG)
            await asyncio.sleep(60 - minute)
        return line.sounded

    assert run(conversation()) == run(conversation())


def test_a_scenario_that_waits_for_nothing_is_told_so() -> None:
    async def for_ever() -> None:
        line = ScriptedTransport()
        async for _ in line.frames():
            pass

    with pytest.raises(TimeoutError):
        run(for_ever(), limit_seconds=60)
