"""One frame for every 20 ms, whatever the network does."""

from __future__ import annotations

from voice.engine.tests.virtual_time import virtual_time
from voice.transports.listening import SILENT_FRAME, Listening

SPEECH = b"\x2a" * 160


async def taken(listening: Listening) -> list[bytes]:
    listening.end()
    return [frame async for frame in listening.frames()]


@virtual_time
async def test_a_hole_is_filled_with_silence_only_after_60_ms() -> None:
    listening = Listening()
    listening.begin(10.0)
    for number in range(10):
        listening.arrived(SPEECH, 10.02 + number * 0.02)
    for number in range(2):
        listening.tick(10.22 + number * 0.02)  # 20, 40 ms of nothing: it may come yet
    assert len(listening._frames) == 10
    for number in range(2, 10):
        listening.tick(10.22 + number * 0.02)
    assert await taken(listening) == [SPEECH] * 10 + [SILENT_FRAME] * 10


@virtual_time
async def test_words_that_come_late_are_handed_on_and_the_clock_catches_up_in_the_next_silence() -> None:
    listening = Listening()
    listening.begin(0.0)
    for number in range(1, 11):
        listening.tick(number * 0.02)
    for _ in range(10):
        listening.arrived(SPEECH, 0.2)  # what was said in this time comes now, all at once
    for number in range(11, 61):
        listening.arrived(SILENT_FRAME, number * 0.02)
    frames = await taken(listening)
    assert frames.count(SPEECH) == 10
    assert 60 <= len(frames) <= 63


@virtual_time
async def test_a_sender_that_is_too_fast_cannot_run_away() -> None:
    listening = Listening()
    listening.begin(0.0)
    for number in range(500):
        listening.arrived(SPEECH, number * 0.01)
    assert 250 <= len(await taken(listening)) <= 276


@virtual_time
async def test_what_nobody_reads_is_bounded() -> None:
    listening = Listening()
    listening.begin(0.0)
    for number in range(5000):
        listening.arrived(SPEECH, number * 0.02)
    assert len(await taken(listening)) == 500
