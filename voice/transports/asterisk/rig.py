"""What a call has of its line, and a pair of ears and a mouth for one channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from voice.transports.asterisk.ari import Ari
from voice.transports.asterisk.legs import Leg, Legs
from voice.transports.errors import LineError
from voice.transports.media import Media, MediaTransport

log = logging.getLogger(__name__)

NO_MEDIA = "Asterisk не открыл звук звонка."
STASIS_SECONDS = 3.0
"""How long a media channel may take to come into our application; it takes a millisecond."""


@dataclass(slots=True)
class Rig:
    """The line, for its calls. `bridges` are the ids of those that this process made."""

    ari: Ari
    legs: Legs
    media: Media
    bridges: set[str] = field(default_factory=set)
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    def spawn(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Run it beside; the line waits for it when it ends."""
        task = asyncio.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task


async def quietly(*requests: Awaitable[Any]) -> None:
    """Clean up. What fails here is left to the line's sweep."""
    for result in await asyncio.gather(*requests, return_exceptions=True):
        if isinstance(result, LineError):
            log.info("clean-up left to the sweep: %s", result.code)
        elif isinstance(result, BaseException):
            raise result


class Voice:
    """A media channel in a bridge with one other channel: to hear it and to speak to it.

    Attributes:
        leg: the media channel.
        bridge: the bridge of the two.
    """

    def __init__(self, rig: Rig, transport: MediaTransport, leg: Leg, bridge: str) -> None:
        self._rig = rig
        self.transport = transport
        self.leg = leg
        self.bridge = bridge

    @classmethod
    async def open(cls, rig: Rig, channel: str, *, answer: bool) -> Voice:
        """Join the channel, and answer it if so asked; all at once, as Asterisk before 20 takes 0.2 s for some.

        Raises LineError; then nothing is left behind.
        """
        leg = rig.legs.make("media")
        bridge = rig.legs.names.new("bridge")
        rig.bridges.add(bridge)
        requests: list[Awaitable[Any]] = [_media(rig, leg), rig.ari.create_bridge(bridge)]
        if answer:
            requests.append(rig.ari.answer(channel))
        together = asyncio.gather(*requests, return_exceptions=True)
        try:
            for result in await asyncio.shield(together):
                if isinstance(result, BaseException):
                    raise result
            await rig.ari.add(bridge, [channel, leg.id])
        except BaseException:
            opened = (await together)[0]  # what Asterisk is being asked for has to be there before it can be ended
            if not isinstance(opened, BaseException):
                opened.end()
            await _close(rig, leg, bridge)
            raise
        opened = together.result()[0]
        assert not isinstance(opened, BaseException)
        return cls(rig, opened, leg, bridge)

    async def close(self, *, keep_bridge: bool = False) -> None:
        """Give back all that was opened; the bridge may be wanted for others."""
        self.transport.end()
        await _close(self._rig, self.leg, None if keep_bridge else self.bridge)


async def _media(rig: Rig, leg: Leg) -> MediaTransport:
    async def ask(**parameters: str) -> dict[str, Any]:
        return await rig.ari.external_media(leg.id, **parameters)

    opening = asyncio.create_task(rig.media.open(ask))
    try:
        await _either(opening, leg.gone, None)
        if leg.gone.done():
            raise LineError(NO_MEDIA)
        transport = opening.result()
        await _either(leg.in_stasis, leg.gone, STASIS_SECONDS)
        if leg.gone.done() or not leg.in_stasis.done():
            raise LineError(NO_MEDIA)
    except BaseException:
        await _undo(opening)
        raise
    return transport


async def _either(one: asyncio.Future[Any], other: asyncio.Future[Any], seconds: float | None) -> None:
    await asyncio.wait([one, other], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _undo(opening: asyncio.Task[MediaTransport]) -> None:
    """Whatever became of it, nothing is held for it any more."""
    opening.cancel()
    await asyncio.wait([opening])
    if not opening.cancelled() and opening.exception() is None:
        opening.result().end()


async def _close(rig: Rig, leg: Leg, bridge: str | None) -> None:
    try:
        ends: list[Awaitable[Any]] = [rig.ari.hang_up(leg.id)]
        if bridge is not None:
            ends.append(rig.ari.destroy_bridge(bridge))
        await quietly(*ends)
    finally:
        rig.legs.forget(leg)
        if bridge is not None:
            rig.bridges.discard(bridge)
