"""One call as the people who use it see it: say, listen, dial, and measure what was heard."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from voice.caller import audio, measure
from voice.caller.leg import Leg
from voice.caller.measure import LOUD_DBFS, Stretch
from voice.caller.media import Spoken
from voice.caller.track import RATE
from voice.engine.g711 import Pcm

GAP_SECONDS = 0.06
LASTING_SECONDS = 0.2
LOOK_SECONDS = 0.02
NEIGHBOUR_SECONDS = 0.2
"""A frame at the edge of what is asked for is judged by the one before it."""
Found = TypeVar("Found")


class Call(Leg):
    """A call, placed or taken. Every moment, said or heard, is of one clock: `now()`, seconds.

    Attributes:
        look_seconds: how often it is looked whether something waited for has come; its moment is exact all the same.
    """

    look_seconds = LOOK_SECONDS

    _digits_taken = 0

    # --- say

    async def say(self, pcm: Pcm | bytes) -> Spoken:
        """Say this as soon as what is already to be said is over; returns when its last sample has left."""
        return await self.media.say(pcm)

    def say_at(self, moment: float, pcm: Pcm | bytes) -> asyncio.Future[Spoken]:
        """Say this at a moment of the clock, whatever is heard then. Does not wait."""
        return self.media.say(pcm, not_before=moment)

    def break_off(self) -> None:
        """Stop in the middle of what is being said, and forget what waits."""
        self.media.break_off()

    async def dtmf(self, digits: str, seconds: float = 0.1) -> None:
        """Press keys, each so long; returns when the last is up."""
        await self.media.dial(digits, seconds)

    # --- hear

    @property
    def digits_heard(self) -> str:
        return "".join(self.media.digits)

    async def digit(self, timeout: float = 10.0) -> str:
        """The next key that the other side presses, or pressed and nobody has asked for yet.

        Raises:
            TimeoutError: none came.
        """
        await self._until(lambda: len(self.media.digits) > self._digits_taken or None, timeout)
        self._digits_taken += 1
        return self.media.digits[self._digits_taken - 1]

    def first_sound_after(self, moment: float, threshold: float = LOUD_DBFS) -> float | None:
        """When the first sounding frame came, at the moment or later; None = not yet."""
        return measure.first_sound_after(moment, *self.media.heard.since(moment - NEIGHBOUR_SECONDS), threshold)

    async def sound(self, after: float, timeout: float = 10.0, threshold: float = LOUD_DBFS) -> float:
        """Wait for it.

        Raises:
            TimeoutError: nothing sounded, or the call ended before it did.
        """
        return await self._until(lambda: self.first_sound_after(after, threshold), timeout)

    def silence_after(
        self, moment: float, lasting: float = LASTING_SECONDS, threshold: float = LOUD_DBFS
    ) -> float | None:
        """The first moment, this or later, from which it was quiet for `lasting` seconds; None = not yet."""
        known = math.inf if self.ended_at is not None else self.now()
        return measure.silence_after(
            moment,
            *self.media.heard.since(moment - NEIGHBOUR_SECONDS),
            known_until=known,
            lasting=lasting,
            threshold=threshold,
        )

    async def silence(
        self, after: float, lasting: float = LASTING_SECONDS, timeout: float = 10.0, threshold: float = LOUD_DBFS
    ) -> float:
        """Wait for it.

        Raises:
            TimeoutError: it went on.
        """
        look = max(self.look_seconds, lasting / 4)
        return await self._until(lambda: self.silence_after(after, lasting, threshold), timeout, look)

    def heard_stretches(self, pause: float = LASTING_SECONDS, threshold: float = LOUD_DBFS) -> list[Stretch]:
        """Where the other side sounded; pauses shorter than `pause` are part of a stretch."""
        return measure.stretches(self.media.heard.times, self.media.heard.levels, pause=pause, threshold=threshold)

    def said_stretches(self, pause: float = LASTING_SECONDS, threshold: float = LOUD_DBFS) -> list[Stretch]:
        """Where we did."""
        return measure.stretches(self.media.said.times, self.media.said.levels, pause=pause, threshold=threshold)

    # --- the line

    def gaps(self, over: float = GAP_SECONDS, since: float | None = None) -> list[Stretch]:
        """Where no packet came for longer than `over` seconds, from the first packet (or `since`) to the last."""
        return measure.gaps(self.media.heard.times, over=over, since=-math.inf if since is None else since)

    @property
    def packets(self) -> int:
        """Frames of 20 ms that came."""
        return len(self.media.heard)

    @property
    def lost_packets(self) -> int:
        """Packets that never came, by the gaps in their numbers."""
        return self.media.lost

    # --- keep

    @property
    def origin(self) -> float:
        """Where the time line begins: with the first sound before the answer, or else with the answer."""
        moments = [moment for moment in (self.early_at, self.answered_at) if moment is not None]
        return min(moments) if moments else (self.invited_at or 0.0)

    def timeline(self) -> tuple[Pcm, Pcm]:
        """(what was heard, what was said): two lines of the same length whose first sample is `origin`."""
        until = self.ended_at if self.ended_at is not None else self.now()
        return self.media.heard.samples(self.origin, until), self.media.said.samples(self.origin, until)

    def heard_between(self, began: float, ended: float) -> Pcm:
        return self.media.heard.samples(began, ended)

    def save_wav(self, path: Path | str) -> None:
        """Stereo: left is what was heard, right what was said."""
        audio.save_wav(path, *self.timeline())

    @property
    def seconds(self) -> float:
        """How long the time line is."""
        return len(self.timeline()[0]) / RATE

    async def _until(self, found: Callable[[], Found | None], timeout: float, look: float | None = None) -> Found:
        """Look again and again, since silence makes no packets; what was found has its own exact moment."""
        deadline = self.now() + timeout
        while True:
            result = found()
            if result is not None:
                return result
            if self.now() >= deadline or self.ended_at is not None:
                raise TimeoutError
            await asyncio.sleep(min(look or self.look_seconds, max(0.0, deadline - self.now())))
