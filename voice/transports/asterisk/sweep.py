"""Agreement between what Asterisk has of ours and what this process knows."""

from __future__ import annotations

import asyncio
import logging

from voice.transports.asterisk.legs import Leg
from voice.transports.asterisk.order import Conversation, Leftovers, leftovers
from voice.transports.asterisk.rig import Rig, quietly
from voice.transports.errors import LineError

log = logging.getLogger(__name__)

EVERY_SECONDS = 10.0
SETTLE_SECONDS = 0.3
"""What is found unknown may be this very moment's: it is looked at again after so long."""


class Sweep:
    """Looks at once, and then every few seconds, until cancelled."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._watches: set[asyncio.Task[None]] = set()

    def stop_watching(self) -> None:
        """Conversations that were found go on without us."""
        for task in self._watches:
            task.cancel()

    async def run(self) -> None:
        while True:
            try:
                await self._once()
            except LineError as exc:
                log.warning("the sweep failed: %s", exc.code)
            await asyncio.sleep(EVERY_SECONDS)

    async def _once(self) -> None:
        first = await self._look()
        if first.any():
            await asyncio.sleep(SETTLE_SECONDS)
            await self._put_in_order(await self._look())

    async def _look(self) -> Leftovers:
        ari, legs = self._rig.ari, self._rig.legs
        expected = legs.established()
        channels, bridges, in_app = await asyncio.gather(ari.channels(), ari.bridges(), ari.channels_of_app())
        there = {channel["id"] for channel in channels}
        for leg in expected:
            if leg.id not in there:
                leg.lost()
        return leftovers(legs.names, channels, bridges, in_app, self._known)

    def _known(self, name: str) -> bool:
        return self._rig.legs.get(name) is not None or name in self._rig.bridges

    async def _put_in_order(self, found: Leftovers) -> None:
        ari = self._rig.ari
        if found.any():
            log.warning(
                "found of a lost process: %d callers for the dialplan, %d channels, %d bridges, %d conversations",
                *(len(part) for part in (found.go_on, found.hang_up, found.destroy, found.adopt)),
            )
        for talk in found.adopt:
            self._adopt(talk)
        await quietly(*(ari.go_on(channel) for channel in found.go_on))
        await quietly(*(ari.hang_up(channel) for channel in found.hang_up))
        await quietly(*(ari.destroy_bridge(bridge) for bridge in found.destroy))

    def _adopt(self, talk: Conversation) -> None:
        """Caller and operator talk on; whoever hangs up first takes the other along."""
        legs = self._rig.legs
        both = [legs.watch(talk.caller), legs.watch(talk.operator)]
        self._rig.bridges.add(talk.bridge)
        for leg in both:
            leg.in_stasis.set_result(None)
        task = asyncio.create_task(self._watch(talk, both))
        self._watches.add(task)
        task.add_done_callback(self._watches.discard)

    async def _watch(self, talk: Conversation, both: list[Leg]) -> None:
        await asyncio.wait([leg.gone for leg in both], return_when=asyncio.FIRST_COMPLETED)
        ari = self._rig.ari
        await quietly(*(ari.hang_up(leg.id) for leg in both), ari.destroy_bridge(talk.bridge))
        self._rig.bridges.discard(talk.bridge)
        for leg in both:
            self._rig.legs.forget(leg)
