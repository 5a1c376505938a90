"""A talk of a test caller with the assistant: ask, wait, interrupt, and what was heard then."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

from tests.phone.rig import PhoneRig
from tests.phone.speech import Clip, clips
from voice.caller import Call, SipCaller
from voice.caller.measure import Stretch
from voice.pbx.settings import ASSISTANT

Result = TypeVar("Result")
OVER_SECONDS = 0.9
"""A silence that ends a reply; between its clauses there is less."""
LOOK_SECONDS = 0.06
"""Fifty talks look for sounds in one process."""
PAUSE_SECONDS = 0.06
"""A shorter silence is a consonant."""


class CallOver(Exception):
    """The other side, or the line, has ended the call."""


@dataclass(frozen=True, slots=True)
class Asked:
    """`heard_at` is the first voiced sample of what came after the question; None = nothing came in time.

    Attributes:
        began, ended: of the question, its first and last voiced sample.
    """

    text: str
    began: float
    ended: float
    heard_at: float | None

    @property
    def seconds(self) -> float:
        """From the end of the question to the answer."""
        return float("inf") if self.heard_at is None else self.heard_at - self.ended


class Talk:
    """Around one call. Moments are those of the call's clock."""

    def __init__(self, call: Call) -> None:
        self.call = call
        call.look_seconds = LOOK_SECONDS

    @property
    def greeting_seconds(self) -> float | None:
        """From the call's leaving to the first voiced sample heard."""
        invited = self.call.invited_at or 0.0
        heard = self.call.first_sound_after(invited)
        return None if heard is None else heard - invited

    async def greeted(self, timeout: float = 15.0) -> None:
        """Wait for the end of the greeting. Raises TimeoutError."""
        heard = await self.call.sound(after=self.call.invited_at or 0.0, timeout=timeout)
        await self.quiet(after=heard, timeout=timeout)

    async def quiet(self, after: float | None = None, timeout: float = 60.0) -> float:
        """Wait until the other side has said everything. Raises TimeoutError."""
        moment = self.call.now() if after is None else after
        return await self.call.silence(after=moment, lasting=OVER_SECONDS, timeout=timeout)

    async def ask(self, *parts: str, pause: float = 0.7, timeout: float = 10.0) -> Asked:
        """Say it into silence, and wait for the first sound after it. Raises CallOver."""
        if self.call.ended_at is not None:
            raise CallOver
        clip = clips().say(*parts, pause=pause)
        spoken = await self.call.say(clip.pcm)
        try:
            heard: float | None = await self.call.sound(after=spoken.ended, timeout=timeout)
        except TimeoutError:
            heard = None
        return Asked(clip.text, spoken.began, spoken.ended, heard)

    async def say(self, sound: Clip | bytes) -> tuple[float, float]:
        """The moments of its first and of its last voiced sample."""
        spoken = await self.call.say(sound.pcm if isinstance(sound, Clip) else sound)
        return spoken.began, spoken.ended

    def pauses(self, since: float, until: float) -> list[Stretch]:
        """Where the other side fell silent between two sounds."""
        sounds = self.call.heard_stretches(PAUSE_SECONDS)
        silences = (Stretch(a.ended, b.began) for a, b in pairwise(sounds))
        return [silence for silence in silences if silence.began >= since and silence.began <= until]

    def sounds(self, since: float, until: float) -> bool:
        """Was anything heard between the two?"""
        heard = self.call.first_sound_after(since)
        return heard is not None and heard < until


@asynccontextmanager
async def talk(rig: PhoneRig, phone: SipCaller, caller_id: str, *, greeted: bool = True) -> AsyncIterator[Talk]:
    """A call to the assistant; the greeting has been heard out. Hangs up at the end."""
    call = await phone.call(ASSISTANT, caller_id=caller_id)
    async with call:
        found = Talk(call)
        if greeted:
            await found.greeted()
        yield found


async def side_by_side(work: Callable[[int], Awaitable[Result]], count: int, at_once: int = 3) -> list[Result]:
    """work(0) … work(count - 1), so many at a time; the results in their order."""
    free = asyncio.Semaphore(at_once)

    async def one(place: int) -> Result:
        async with free:
            return await work(place)

    return list(await asyncio.gather(*(one(place) for place in range(count))))


def number(place: int) -> str:
    """A caller's number that is nobody's."""
    return f"8495000{place:04d}"
