"""How soon the phone answers: the greeting, questions that a model is asked, short answers; measured by the caller."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.bench.report import Figure, median, p95
from tests.phone import twins
from tests.phone.rig import PhoneRig
from tests.phone.speech import QUESTIONS
from tests.phone.story import Story
from tests.phone.talk import Asked, number, side_by_side, talk
from voice.caller import SipCaller
from voice.engine.endpointing import Endpointing
from voice.engine.settings import VoiceSettings

CALLS, QUESTIONS_IN_CALL = 12, 3
SHORT_CALLS = 15
PROVIDERS_SECONDS = twins.RECOGNITION_SECONDS + twins.FIRST_TOKEN_SECONDS + twins.SYNTHESIS_SECONDS


def turn_figures() -> list[Figure]:
    with PhoneRig.on_own_servers() as rig:
        assert rig.openai is not None
        rig.openai.brain = Story(sentences=0)
        greetings, questions = asyncio.run(_questions(rig))
        more, answers = asyncio.run(_short_answers(rig))
    greetings += more
    waits = [one.seconds * 1000 for one in questions]
    own = [own_share(one) * 1000 for one in questions]
    over = f"{len(waits)} turns"
    short = [one.seconds * 1000 for one in answers]
    return [
        Figure("phone: greeting, p95", p95(greetings) * 1000, "ms", 300, f"{len(greetings)} calls"),
        Figure("phone: end of speech → voice, p50", median(waits), "ms", 850, over),
        Figure("phone: end of speech → voice, p95", p95(waits), "ms", 1100, over),
        Figure("phone: our own share, p50", median(own), "ms", 60, over),
        Figure("phone: our own share, p95", p95(own), "ms", 120, over),
        Figure("phone: «да» → voice, p50", median(short), "ms", 850, f"{len(short)} turns"),
    ]


def own_share(asked: Asked, settings: VoiceSettings | None = None) -> float:
    """What is left of the wait, in seconds, without the configured silence and the vendors.

    The model is asked while the silence is still being waited for, so of the two the longer one is on the way:
    the pause after these words, or recognition + first token + synthesis.
    """
    needed = Endpointing(settings or VoiceSettings()).needed(asked.text)
    return asked.seconds - max(needed, PROVIDERS_SECONDS)


async def _questions(rig: PhoneRig) -> tuple[list[float], list[Asked]]:
    async with rig.caller() as phone:

        async def call(place: int) -> tuple[float, list[Asked]]:
            return await _one_call(rig, phone, number(place), _some(QUESTIONS, place * QUESTIONS_IN_CALL))

        return _together(await side_by_side(call, CALLS))


async def _short_answers(rig: PhoneRig) -> tuple[list[float], list[Asked]]:
    """Two in a call, each after something was said to the caller."""
    async with rig.caller() as phone:

        async def call(place: int) -> tuple[float, list[Asked]]:
            return await _one_call(rig, phone, number(100 + place), ("да", "да"))

        return _together(await side_by_side(call, SHORT_CALLS))


async def _one_call(rig: PhoneRig, phone: SipCaller, caller: str, texts: Sequence[str]) -> tuple[float, list[Asked]]:
    """How soon it was greeted, and what came of the questions."""
    asked = []
    async with talk(rig, phone, caller) as one:
        greeting = one.greeting_seconds
        for text in texts:
            asked.append(await one.ask(text))
            await one.quiet()
    return float("inf") if greeting is None else greeting, asked


def _together(calls: list[tuple[float, list[Asked]]]) -> tuple[list[float], list[Asked]]:
    return [greeting for greeting, _ in calls], [asked for _, found in calls for asked in found]


def _some(texts: Sequence[str], first: int) -> list[str]:
    return [texts[(first + place) % len(texts)] for place in range(QUESTIONS_IN_CALL)]
