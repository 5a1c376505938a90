"""Three hundred calls, hung up at random moments, while `run_voice`, Asterisk and PostgreSQL are killed."""

from __future__ import annotations

import asyncio
import math
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.bench.report import Figure
from tests.phone.rig import PhoneRig
from tests.phone.speech import QUESTIONS
from tests.phone.story import plain
from tests.phone.talk import CallOver, Talk, number
from voice.caller import CallFailed, SipCaller
from voice.pbx.settings import ASSISTANT

CALLS, AT_ONCE = 300, 12
SHORTEST_SECONDS, LONGEST_SECONDS = 0.2, 25.0
DOWN_SECONDS, AGAIN_SECONDS = 2.0, 1.5
ORPHAN_SECONDS = 15.0
WRITTEN_SECONDS = 30.0
"""The journal has come into the database by then."""


@dataclass
class Book:
    """What callers know for certain: turns whose answer they heard out. It began to sound while the assistant lived:
    when `run_voice` is killed its calls go on with the dialplan's phrases, which answer nothing."""

    finished: list[tuple[str, str]] = field(default_factory=list)
    broken_off: int = 0
    done: int = 0
    up: set[str] = field(default_factory=set)
    """Caller ids of those who call now, or try to."""
    left_at: dict[str, float] = field(default_factory=dict)
    """When the assistant of a caller's call was killed."""

    def leave_calls(self) -> None:
        self.left_at |= dict.fromkeys(self.up, time.monotonic())

    def finish(self, caller: str, words: str, heard_at: float) -> None:
        if heard_at < self.left_at.get(caller, math.inf):
            self.finished.append((caller, words))


def chaos_figures() -> list[Figure]:
    with PhoneRig.on_own_servers(apart=True, durable=True) as rig:
        book, orphans, missing = asyncio.run(_chaos(rig))
    over = f"{CALLS} calls, 6 kills"
    return [
        Figure("phone: channels without a caller 15 s after a return", orphans, "", 0, over),
        Figure("phone: finished turns missing in the log", missing, "", 0, f"{len(book.finished)} turns"),
    ]


async def _chaos(rig: PhoneRig) -> tuple[Book, int, int]:
    """What callers know; how many orphans there were; how many turns are not in the log."""
    book = Book()
    places = asyncio.Queue[int]()
    for place in range(CALLS):
        places.put_nowait(place)
    async with rig.caller(keep_audio=False) as phone:
        workers = [asyncio.create_task(_worker(rig, phone, places, book)) for _ in range(AT_ONCE)]
        orphans = 0
        for part, disaster in enumerate((_voice, _asterisk, _postgres, _voice, _postgres, _asterisk)):
            await _until_done(book, (part + 1) * CALLS // 8)
            if disaster is _voice:
                book.leave_calls()
            await asyncio.to_thread(disaster, rig)
            await asyncio.sleep(ORPHAN_SECONDS)
            orphans += await asyncio.to_thread(_orphans, rig, book)
        await asyncio.gather(*workers)
    await asyncio.sleep(ORPHAN_SECONDS)
    left = rig.leftovers()
    # What was restarted ends with the thread that did it (PR_SET_PDEATHSIG), and so with this loop.
    missing = await asyncio.to_thread(_missing, rig, book)
    return book, orphans + left["channels"] + left["bridges"], missing


# --- disasters, each with its return


def _voice(rig: PhoneRig) -> None:
    rig.kill_voice()
    time.sleep(DOWN_SECONDS)
    rig.start_voice(wait_for_phrases=False)


def _asterisk(rig: PhoneRig) -> None:
    rig.asterisk.kill()
    time.sleep(DOWN_SECONDS)
    rig.asterisk.start()


def _postgres(rig: PhoneRig) -> None:
    rig.kill_postgres()
    time.sleep(DOWN_SECONDS)
    rig.start_postgres()


def _orphans(rig: PhoneRig, book: Book) -> int:
    """Channels of the telephone whose caller has hung up. One that is up in both counts is none."""
    first = {one["id"]: one["caller"]["number"] for one in rig.ari("channels") if one["name"].startswith("PJSIP/")}
    known = set(book.up)
    time.sleep(2.0)
    still = {one["id"] for one in rig.ari("channels")}
    return sum(channel in still and caller not in known for channel, caller in first.items())


# --- callers


async def _until_done(book: Book, count: int) -> None:
    while book.done < count:
        await asyncio.sleep(0.2)


async def _worker(rig: PhoneRig, phone: SipCaller, places: asyncio.Queue[int], book: Book) -> None:
    while not places.empty():
        place = places.get_nowait()
        try:
            await _one_call(phone, place, book)
        except (CallFailed, CallOver):  # nobody was there, or is any more: it calls again
            book.broken_off += 1
            places.put_nowait(place)
            await asyncio.sleep(AGAIN_SECONDS)
            continue
        except TimeoutError:
            book.broken_off += 1
        book.done += 1


async def _one_call(phone: SipCaller, place: int, book: Book) -> None:
    """Talks until its time is over, whatever is being said then."""
    dice, caller = random.Random(place), number(2000 + place)
    book.up.add(caller)
    book.left_at.pop(caller, None)
    try:
        call = await phone.call(ASSISTANT, caller_id=caller, timeout=5.0)
        async with call, asyncio.timeout(dice.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)):
            one = Talk(call)
            await one.greeted()
            while True:
                asked = await one.ask(dice.choice(QUESTIONS))
                if asked.heard_at is None:
                    continue
                await one.quiet(after=asked.heard_at)
                book.finish(caller, asked.text, asked.heard_at)
    except TimeoutError:
        return
    finally:
        book.up.discard(caller)


def _missing(rig: PhoneRig, book: Book) -> int:
    """Finished turns that the log does not have, when the journal has had its time."""
    deadline = time.monotonic() + WRITTEN_SECONDS
    wanted = Counter(book.finished)
    while True:
        found = Counter(
            (turn["caller"], plain(turn["text"]))
            for turn in rig.rows(
                "SELECT c.caller, t.text FROM calls_turn t JOIN calls_call c ON c.id = t.call_id "
                "WHERE t.speaker = 'caller'"
            )
        )
        missing = wanted - found
        if not missing or time.monotonic() > deadline:
            for caller, words in missing:
                sys.stderr.write(f"not in the log: «{words}»; of this call it has {_all_of(rig, caller)}\n")
            return missing.total()
        time.sleep(1.0)


def _all_of(rig: PhoneRig, caller: str) -> list[str]:
    """What the log has of a caller's calls: their turns and what else happened, in their order."""
    rows = rig.rows(
        "SELECT speaker AS what, text, t.started_at AS at FROM calls_turn t JOIN calls_call c ON c.id = t.call_id "
        "WHERE c.caller = %s UNION ALL "
        "SELECT kind, text, at FROM calls_callevent e JOIN calls_call c ON c.id = e.call_id WHERE c.caller = %s "
        "ORDER BY at",
        caller,
        caller,
    )
    return [f"{row['at']:%H:%M:%S} {row['what']}: {row['text'][:60]}" for row in rows]
