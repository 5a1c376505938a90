"""Two hundred calls while one answer in a hundred of every vendor is an error."""

from __future__ import annotations

import asyncio
import random

from tests.bench.report import Figure
from tests.phone.rig import PhoneRig
from tests.phone.speech import QUESTIONS
from tests.phone.talk import CallOver, number, talk
from voice.caller import CallFailed, SipCaller

CALLS, AT_ONCE, QUESTIONS_IN_CALL = 200, 20, 3
ONE_IN = 100
GREETED_SECONDS, HEARD_SECONDS = 2.0, 2.5


def failure_figures() -> list[Figure]:
    with PhoneRig.on_own_servers(apart=True, failing=ONE_IN) as rig:
        greeted, silent, late = asyncio.run(_calls(rig))
    over = f"{CALLS} calls"
    return [
        Figure("phone: 1 % of failures, calls not greeted", 100 * (CALLS - greeted) / CALLS, "%", 0.1, over),
        Figure("phone: 1 % of failures, calls that end in silence", silent, "", 0, over),
        Figure("phone: 1 % of failures, turns not heard in 2.5 s", late, "", 0, f"{CALLS * QUESTIONS_IN_CALL} turns"),
    ]


async def _calls(rig: PhoneRig) -> tuple[int, int, int]:
    places = asyncio.Queue[int]()
    for place in range(CALLS):
        places.put_nowait(place)
    results: list[tuple[bool, bool, int]] = []
    async with rig.caller(keep_audio=False) as phone:
        await asyncio.gather(*(_worker(rig, phone, places, results) for _ in range(AT_ONCE)))
    return (
        sum(greeted for greeted, _, _ in results),
        sum(silent for _, silent, _ in results),
        sum(late for _, _, late in results),
    )


async def _worker(
    rig: PhoneRig, phone: SipCaller, places: asyncio.Queue[int], results: list[tuple[bool, bool, int]]
) -> None:
    while not places.empty():
        results.append(await _one_call(rig, phone, places.get_nowait()))


async def _one_call(rig: PhoneRig, phone: SipCaller, place: int) -> tuple[bool, bool, int]:
    """(greeted in time, ended in silence, turns after which nothing was heard in time)."""
    dice, late, greeted = random.Random(place), 0, False
    heard = True
    try:
        async with talk(rig, phone, number(1000 + place)) as one:
            greeted = (one.greeting_seconds or GREETED_SECONDS + 1) <= GREETED_SECONDS
            for _ in range(QUESTIONS_IN_CALL):
                asked = await one.ask(dice.choice(QUESTIONS), timeout=15.0)
                heard = asked.heard_at is not None
                late += asked.seconds > HEARD_SECONDS
                await one.quiet()
    except (TimeoutError, CallFailed, CallOver):
        return greeted, True, late
    return greeted, not heard, late
