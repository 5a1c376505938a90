"""Callers who speak into a reply: what accompanies it, what is meant to stop it, what the model is told then."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from tests.bench.report import Figure, p95
from tests.phone.rig import PhoneRig
from tests.phone.speech import BACKCHANNELS, INTERRUPTIONS, QUESTIONS, QUESTIONS_INTO_A_REPLY, clips, cough
from tests.phone.story import Story, history, plain
from tests.phone.talk import Talk, number, side_by_side, talk

SOUNDS_IN_REPLY = 5
BACKCHANNEL_CALLS, ECHO_CALLS, INTERRUPTION_CALLS = 9, 2, 26
ECHO_DB = -20.0
WATCHED_SECONDS = 2.6
LONGEST_GAP_SECONDS = 0.7
LETTERS_OF_A_SECOND = 18
"""Of the twin's voice at the revision's speed, about."""


@dataclass
class Accompanied:
    """Sounds that ask for no answer."""

    count: int = 0
    resumed: int = 0
    gaps: list[float] = field(default_factory=list)
    answered: int = 0


@dataclass
class Interrupted:
    """Interruptions that were meant."""

    count: int = 0
    to_pause: list[float] = field(default_factory=list)
    missed: int = 0
    told: int = 0
    question_kept: int = 0
    heard_kept: int = 0
    first_word_kept: int = 0

    def not_told(self, kept: int) -> float:
        """Percent of the requests."""
        return _percent(self.told - kept, self.told)


def interruption_figures() -> list[Figure]:
    with PhoneRig.on_own_servers() as rig:
        assert rig.openai is not None
        rig.openai.brain = Story()
        accompanied = asyncio.run(_accompany(rig))
        meant = asyncio.run(_interrupt(rig))
    over, events, told = f"{accompanied.count} sounds", f"{meant.count} interruptions", f"{meant.told} requests"
    not_resumed = _percent(accompanied.count - accompanied.resumed, accompanied.count)
    return [
        Figure("phone: onset → reply paused, p95", p95(meant.to_pause) * 1000, "ms", 120, events),
        Figure("phone: «угу», cough, echo: not resumed", not_resumed, "%", 10, over),
        Figure("phone: «угу», cough, echo: answered", accompanied.answered, "", 0, over),
        Figure("phone: gap of a resumed reply, p95", p95(accompanied.gaps) * 1000, "ms", 700, over),
        Figure("phone: interruptions missed", _percent(meant.missed, meant.count), "%", 2, events),
        Figure("phone: then the question is not told", meant.not_told(meant.question_kept), "%", 0, told),
        Figure("phone: then the heard part is not told", meant.not_told(meant.heard_kept), "%", 0, told),
        Figure("phone: then the first word is lost", meant.not_told(meant.first_word_kept), "%", 2, told),
    ]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


# --- what only accompanies a reply


async def _accompany(rig: PhoneRig) -> Accompanied:
    found = Accompanied()
    sounds: list[bytes] = [*(clips().say(text).pcm for text in BACKCHANNELS), cough(1), cough(2, 0.15)]
    async with rig.caller() as phone:

        async def call(place: int) -> None:
            dice, caller = random.Random(place), number(400 + place)
            async with talk(rig, phone, caller) as one:
                await one.ask(QUESTIONS[place % len(QUESTIONS)])
                for turn in range(SOUNDS_IN_REPLY):
                    await asyncio.sleep(dice.uniform(0.9, 1.8))
                    began, _ = await one.say(sounds[(place + turn) % len(sounds)])
                    await _watch(one, began, found)
            await _count_answers(rig, caller, found)

        async def call_with_echo(place: int) -> None:
            caller = number(450 + place)
            async with talk(rig, phone, caller, greeted=False) as one:
                one.call.media.room.echo(ECHO_DB)
                await one.greeted()
                await one.ask(QUESTIONS[place])
                for _ in range(SOUNDS_IN_REPLY):
                    await _watch(one, one.call.now(), found)
            await _count_answers(rig, caller, found)

        await side_by_side(call, BACKCHANNEL_CALLS)
        await side_by_side(call_with_echo, ECHO_CALLS)
    return found


async def _watch(one: Talk, began: float, found: Accompanied) -> None:
    """Does the reply sound on, or again?"""
    await asyncio.sleep(max(0.0, began + WATCHED_SECONDS - one.call.now()))
    silences = [silence.seconds for silence in one.pauses(began, began + WATCHED_SECONDS - LONGEST_GAP_SECONDS)]
    sounds_again = one.sounds(began + WATCHED_SECONDS - 0.4, began + WATCHED_SECONDS)
    longest = max(silences, default=0.0)
    found.count += 1
    found.gaps.append(longest)
    found.resumed += sounds_again and longest <= LONGEST_GAP_SECONDS


async def _count_answers(rig: PhoneRig, caller: str, found: Accompanied) -> None:
    """One question was asked: every caller's turn beyond it that wanted an answer is one too many."""
    await asyncio.sleep(1.0)
    wanted = [
        turn for turn in await asyncio.to_thread(rig.turns, caller) if turn["speaker"] == "caller" and turn["spoken_to"]
    ]
    found.answered += max(0, len(wanted) - 1)


# --- what is meant to stop it


async def _interrupt(rig: PhoneRig) -> Interrupted:
    """Two interruptions in a call, each of another reply."""
    found = Interrupted()
    async with rig.caller() as phone:

        async def call(place: int) -> None:
            dice, caller = random.Random(place), number(500 + place)
            said: list[str] = []
            async with talk(rig, phone, caller) as one:
                for turn in (2 * place, 2 * place + 1):
                    question, interruption = QUESTIONS[turn % len(QUESTIONS)], INTERRUPTIONS[turn % len(INTERRUPTIONS)]
                    if await _interrupt_once(rig, one, question, interruption, dice.uniform(2.0, 6.0), found):
                        said.append(interruption)
            await asyncio.sleep(1.0)
            found.missed += len(said) - await asyncio.to_thread(_given_way, rig, caller, said)

        await side_by_side(call, INTERRUPTION_CALLS)
    return found


def _given_way(rig: PhoneRig, caller: str, said: list[str]) -> int:
    """How many of these stand in the log right behind a reply that was broken off."""
    turns = rig.turns(caller)
    behind = [
        plain(turn["text"])
        for before, turn in pairwise(turns)
        if turn["speaker"] == "caller" and before["speaker"] == "assistant" and before["interrupted"]
    ]
    return sum((Counter(said) & Counter(behind)).values())


async def _interrupt_once(
    rig: PhoneRig, one: Talk, question: str, interruption: str, after: float, found: Interrupted
) -> bool:
    """False = the question was not answered, so there was nothing to interrupt."""
    assert rig.openai is not None
    known = len(rig.openai.asked())
    asked = await one.ask(question)
    if asked.heard_at is None:
        return False
    await asyncio.sleep(after)
    began, _ = await one.say(clips().say(interruption))
    quiet = await _fallen_silent(one, began)
    found.count += 1
    found.to_pause.append(quiet - began)
    await asyncio.sleep(2.5)
    if interruption in QUESTIONS_INTO_A_REPLY:
        _look_at_request(rig, question, interruption, known, quiet - asked.heard_at, found)
    await _stop(one)
    return True


def _look_at_request(
    rig: PhoneRig, question: str, interruption: str, known: int, heard_seconds: float, found: Interrupted
) -> None:
    """What the model was told of this talk after the interruption."""
    assert rig.openai is not None
    found.told += 1
    later = [history(one.body) for one in rig.openai.asked()[known:]]
    told = [each for each in later if len(each) > 1 and _begins_as(plain(each[-1][1]), interruption)]
    found.first_word_kept += bool(told)
    mine = [each for each in told if ("user", question) in ((role, plain(text)) for role, text in each[:-1])]
    found.question_kept += bool(mine)
    if mine:
        place = max(place for place, (role, text) in enumerate(mine[-1]) if role == "user" and plain(text) == question)
        heard = [text for role, text in mine[-1][place + 1 :] if role == "assistant"]
        found.heard_kept += bool(heard) and _is_what_was_heard(heard[0], heard_seconds)


def _begins_as(text: str, said: str) -> bool:
    return text.split()[:1] == said.split()[:1] and text.split()[-1:] == said.split()[-1:]


def _is_what_was_heard(text: str, seconds: float) -> bool:
    """As long as what sounded, within a second and a half: neither the whole story nor nothing."""
    return abs(len(text) / LETTERS_OF_A_SECOND - seconds) < 1.5


async def _fallen_silent(one: Talk, began: float) -> float:
    try:
        return await one.call.silence(after=began, lasting=0.12, timeout=3.0)
    except TimeoutError:
        return float("inf")


async def _stop(one: Talk) -> None:
    """Whatever is being said now, let it be over."""
    if one.sounds(one.call.now() - 0.3, one.call.now()):
        await one.say(clips().say("стоп"))
        await asyncio.sleep(0.5)
    try:
        await one.quiet(timeout=12.0)
    except TimeoutError:
        return
