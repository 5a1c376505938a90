"""Fifty calls at once for five minutes on this machine, callers and vendors included."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field

from tests.bench.report import Figure, p95
from tests.phone.rig import PhoneRig
from tests.phone.speech import QUESTIONS
from tests.phone.talk import Asked, number, talk
from voice.caller import SipCaller
from voice.caller.call import GAP_SECONDS

CALLS = 50
SECONDS = 300.0
TURNS_ALONE = 30
ARRIVED_SECONDS = 20.0
"""They come within a turn's length: so their questions stand apart, as those of fifty people do."""
SETTLED_SECONDS = 60.0
"""Memory is compared with what it was then."""
GROWTH_MIB = 20.0


@dataclass
class Crowd:
    asked: list[Asked] = field(default_factory=list)
    frames: int = 0
    gaps: int = 0
    failed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Resources:
    """Of `run_voice` and of Asterisk, when nobody calls."""

    channels: int
    bridges: int
    sockets: int


def crowd_figures(seconds: float = SECONDS) -> list[Figure]:
    with PhoneRig.on_own_servers(apart=True) as rig:
        before = _resources(rig)
        alone = asyncio.run(_alone(rig))
        crowd, growth = asyncio.run(_together(rig, seconds))
        after = _settled(rig, before)
    single = p95([one.seconds for one in alone]) * 1000
    together = p95([one.seconds for one in crowd.asked]) * 1000
    over = f"{CALLS} calls, {seconds:.0f} s"
    leftovers = sum(max(0, getattr(after, name) - getattr(before, name)) for name in ("channels", "bridges", "sockets"))
    return [
        Figure(f"phone: {CALLS} calls, gaps > 60 ms", 100 * crowd.gaps / max(1, crowd.frames), "%", 0.1, over),
        Figure(f"phone: {CALLS} calls, p95 above one call's", together - single, "ms", 50, f"{len(crowd.asked)} turns"),
        Figure(f"phone: {CALLS} calls, calls that broke off", len(crowd.failed), "", 0, over),
        Figure("phone: channels, bridges, ports left", leftovers, "", 0, over),
        Figure("phone: growth of memory after a minute", growth, "MiB", GROWTH_MIB, over),
    ]


async def _alone(rig: PhoneRig) -> list[Asked]:
    found: list[Asked] = []
    async with rig.caller(keep_audio=False) as phone:
        while len(found) < TURNS_ALONE:
            async with talk(rig, phone, number(700)) as one:
                for place in range(3):
                    found.append(await one.ask(QUESTIONS[(len(found) + place) % len(QUESTIONS)]))
                    await one.quiet()
    return found


async def _together(rig: PhoneRig, seconds: float) -> tuple[Crowd, float]:
    """What they heard, and by how many MiB `run_voice` grew after its first minute."""
    crowd, until = Crowd(), time.monotonic() + seconds
    settled = min(SETTLED_SECONDS, seconds / 2)
    async with rig.caller(keep_audio=False) as phone:
        calls = [asyncio.create_task(_one_of_many(rig, phone, place, until, crowd)) for place in range(CALLS)]
        await asyncio.sleep(settled)
        early = rig.voice_memory()
        await asyncio.sleep(max(0.0, until - time.monotonic() - 2.0))
        late = rig.voice_memory()
        await asyncio.gather(*calls)
    return crowd, (late - early) / 2**20


async def _one_of_many(rig: PhoneRig, phone: SipCaller, place: int, until: float, crowd: Crowd) -> None:
    """Asks and listens; places the next call when one is over."""
    dice = random.Random(place)
    await asyncio.sleep(dice.uniform(0.0, ARRIVED_SECONDS))
    while time.monotonic() < until:
        try:
            async with talk(rig, phone, number(800 + place)) as one:
                for _ in range(6):
                    if time.monotonic() > until:
                        break
                    await asyncio.sleep(dice.uniform(0.3, 2.0))
                    crowd.asked.append(await one.ask(dice.choice(QUESTIONS)))
                    await one.quiet()
                crowd.frames += one.call.packets
                crowd.gaps += len(one.call.gaps(GAP_SECONDS))
        except Exception as exc:  # noqa: BLE001 - one caller of many; what happened is counted
            crowd.failed.append(f"{type(exc).__name__}: {exc}")


def _resources(rig: PhoneRig) -> Resources:
    left = rig.leftovers()
    return Resources(left["channels"], left["bridges"], rig.voice_sockets())


def _settled(rig: PhoneRig, before: Resources) -> Resources:
    """Ten seconds are allowed for the last calls to be taken apart."""
    deadline = time.monotonic() + 10
    while (now := _resources(rig)) != before and time.monotonic() < deadline:
        time.sleep(0.2)
    return now
