"""A vendor fails in the middle of a call: how long the caller hears nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.bench.report import Figure
from tests.phone.rig import PhoneRig
from tests.phone.speech import QUESTIONS
from tests.phone.story import Story
from tests.phone.talk import number, talk

REPEATS = 5
MUST_SECONDS = 2.5
MANY = 50
"""Every request of the turn, with all that is tried instead."""


def _model_500(rig: PhoneRig) -> None:
    assert rig.openai is not None
    rig.openai.fail("status", status=500, times=MANY)


def _model_hangs(rig: PhoneRig) -> None:
    assert rig.openai is not None
    rig.openai.fail("stall", times=MANY)


def _synthesis_500(rig: PhoneRig) -> None:
    assert rig.yandex is not None
    rig.yandex.fail("status", method="synthesize", code="INTERNAL", times=MANY)
    rig.yandex.fail("status", method="http", code="INTERNAL", times=MANY)


def _recogniser_silent(rig: PhoneRig) -> None:
    assert rig.yandex is not None
    rig.yandex.fail("silence", method="recognize", times=MANY)


FAULTS: dict[str, Callable[[PhoneRig], None]] = {
    "model 500": _model_500,
    "model hangs": _model_hangs,
    "synthesis 500": _synthesis_500,
    "recogniser silent": _recogniser_silent,
}


def fault_figures() -> list[Figure]:
    with PhoneRig.on_own_servers() as rig:
        assert rig.openai is not None
        rig.openai.brain = Story(sentences=0)
        waits = asyncio.run(_all_faults(rig))
    figures = [
        Figure(f"phone: {name} → something heard, worst", max(found), "s", MUST_SECONDS, f"{len(found)} turns")
        for name, found in waits.items()
    ]
    every = [wait for found in waits.values() for wait in found]
    late = sum(wait > MUST_SECONDS for wait in every)
    return [*figures, Figure("phone: failures heard late or as silence", late, "", 0, f"{len(every)} turns")]


async def _all_faults(rig: PhoneRig) -> dict[str, list[float]]:
    waits: dict[str, list[float]] = {}
    async with rig.caller() as phone:
        for kind, (name, fail) in enumerate(FAULTS.items()):
            for repeat in range(REPEATS):
                async with talk(rig, phone, number(600 + 10 * kind + repeat)) as one:
                    fail(rig)
                    asked = await one.ask(QUESTIONS[(kind + 3 * repeat) % len(QUESTIONS)], timeout=15.0)
                    waits.setdefault(name, []).append(asked.seconds)
                _mend(rig)
    return waits


def _mend(rig: PhoneRig) -> None:
    assert rig.openai is not None
    assert rig.yandex is not None
    rig.openai.faults.clear()
    rig.yandex.state.faults.waiting.clear()
