"""Callers who pause in mid-sentence, or dictate a number by groups: are they talked over, are their words kept?"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence

from tests.bench.report import Figure
from tests.phone.rig import PhoneRig
from tests.phone.speech import DICTATED, GROUP_SECONDS, PAUSE_SECONDS, PAUSED
from tests.phone.story import Story
from tests.phone.talk import number, side_by_side, talk

WRITTEN_SECONDS = 1.0
"""After the end of a call its last turn is in the log."""


def pause_figures() -> list[Figure]:
    with PhoneRig.on_own_servers() as rig:
        assert rig.openai is not None
        rig.openai.brain = Story(sentences=0)
        paused = asyncio.run(_say_all(rig, PAUSED, PAUSE_SECONDS, 200))
        dictated = asyncio.run(_say_all(rig, DICTATED, GROUP_SECONDS, 300))
    return [
        Figure("phone: talked over at a pause", paused[0], "", 1, f"{len(PAUSED)} sentences"),
        Figure("phone: words lost at a pause", paused[1], "%", 0, f"{len(PAUSED)} sentences"),
        Figure("phone: talked over in a number", dictated[0], "", 1, f"{len(DICTATED)} numbers"),
        Figure("phone: words lost in a number", dictated[1], "%", 0, f"{len(DICTATED)} numbers"),
    ]


async def _say_all(
    rig: PhoneRig, sentences: Sequence[tuple[str, ...]], pause: float, first_number: int
) -> tuple[int, float]:
    """How many were talked over; which share of the words, in percent, is not in the log."""
    async with rig.caller() as phone:

        async def call(place: int) -> tuple[bool, int, int]:
            caller = number(first_number + place)
            async with talk(rig, phone, caller) as one:
                asked = await one.ask(*sentences[place], pause=pause)
                talked_over = one.sounds(asked.began, asked.ended)
                await one.quiet()
            await asyncio.sleep(WRITTEN_SECONDS)
            words = asked.text.split()
            written = await asyncio.to_thread(_written, rig, caller)
            return talked_over, len(words), sum((Counter(words) - Counter(written)).values())

        found = await side_by_side(call, len(sentences))
    said = sum(words for _, words, _ in found)
    return sum(over for over, _, _ in found), 100 * sum(lost for _, _, lost in found) / said


def _written(rig: PhoneRig, caller: str) -> list[str]:
    """The caller's words as the log has them."""
    texts = [turn["text"] for turn in rig.turns(caller) if turn["speaker"] == "caller"]
    return " ".join(texts).lower().replace(",", " ").split()
