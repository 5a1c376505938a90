"""One answer on its way to the caller: written clause by clause, synthesised ahead, sounded in order, and then known
by what was heard of it.

    steps     ─ Say ─ Say ─ Say ─ Done
    synthesis   ▒▒▒▒ ▒▒▒▒ ▒▒▒▒            each in its turn, ahead of what sounds
    sound              ████ ████ ██        from `release` on
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass, field

from providers.errors import ProviderError
from voice.engine.events import AssistantSpeaks, Done, GoodBye, HandOver, Say, Step, TakeMessage, Trouble
from voice.engine.ports import BYTES_PER_SECOND, CallTransport, Observer, PendingReply, Speaker

logger = logging.getLogger(__name__)

AHEAD_SECONDS = 6.0
"""Synthesis goes so far ahead of what sounds, and before the release as far as the first clauses."""
AHEAD_CLAUSES = 2
POLL_SECONDS = 0.1
BYTES_PER_LETTER = 570
"""Of speech at an ordinary pace: for a clause whose audio is not complete."""
QUESTION_SECONDS = 1.5


@dataclass(slots=True)
class Clause:
    """A clause and its audio. `start` is its place in the reply's audio; None = its turn has not come."""

    text: str
    start: int | None = None
    audio: bytearray = field(default_factory=bytearray)
    complete: bool = False

    def heard(self, until: int) -> str:
        """The words of it that have sounded when `until` bytes of the reply have."""
        if self.start is None:
            return ""
        sounded = until - self.start
        if self.complete and sounded >= len(self.audio):
            return self.text if self.audio else ""
        whole = len(self.audio) if self.complete else max(len(self.audio), len(self.text) * BYTES_PER_LETTER)
        letters = len(self.text) * max(0, sounded) / max(1, whole)
        return whole_words(self.text, letters)


def whole_words(text: str, letters: float) -> str:
    """The words that end within the first `letters` letters."""
    if letters >= len(text):
        return text
    head = text[: int(letters)]
    return head[: head.rfind(" ")].rstrip() if " " in head else ""


class Reply:
    """An answer in the making and in the sounding.

    Attributes:
        stock: the name of the ready phrase it is; empty for an answer.
        began, first_clause, first_audio, released: times of the loop's clock, None = not yet.
        done: the brain's last word; None until it has come.
        then: what is to be done after the last word.
    """

    def __init__(
        self,
        pending: PendingReply,
        transport: CallTransport,
        speaker: Speaker,
        observer: Observer,
        *,
        stock: str = "",
        over: Callable[[Reply], None],
        about_to_sound: Callable[[], None] = lambda: None,
    ) -> None:
        self.stock = stock
        self.pending = pending
        self.began = self._now()
        self.first_clause: float | None = None
        self.first_audio: float | None = None
        self.released: float | None = None
        self.done: Done | None = None
        self.then: HandOver | GoodBye | TakeMessage | None = None
        self.clauses: list[Clause] = []
        self._transport, self._speaker, self._observer, self._over = transport, speaker, observer, over
        self._about_to_sound = about_to_sound
        self._written: asyncio.Queue[Clause | None] = asyncio.Queue()
        self._release = asyncio.Event()
        self._base = 0
        self._bytes = 0
        self._pushed = 0
        self._finished = False
        self._tasks = [
            asyncio.create_task(self._write(), name="reply: writing"),
            asyncio.create_task(self._voice(), name="reply: voice"),
        ]

    # --- what the session does with it

    def release(self) -> None:
        """It is the caller's answer: what there is of it sounds now, the rest as it comes."""
        self.pending.confirm()
        self.released = self._now()
        for clause in self.clauses:
            self._sound(clause, bytes(clause.audio))
        self._release.set()

    async def drop(self) -> None:
        """It was begun for words that changed."""
        self._stop()
        await self.pending.drop()

    def cut(self) -> None:
        """The caller has taken the floor, or has gone: silence now. The rest is never said."""
        if self._finished:
            return
        self._transport.flush()
        self._stop()
        self.pending.heard(self.heard_text, interrupted=True)

    # --- what is known of it

    @property
    def finished(self) -> bool:
        return self._finished

    @property
    def is_sounding(self) -> bool:
        """Has its sound begun, and does it go on?"""
        return self.released is not None and not self._finished and self._pushed > 0

    @property
    def written_text(self) -> str:
        return " ".join(clause.text for clause in self.clauses)

    @property
    def heard_text(self) -> str:
        until = self._heard_bytes
        return " ".join(words for clause in self.clauses if (words := clause.heard(until)))

    @property
    def cut_text(self) -> str:
        """What was written and not heard."""
        return self.written_text[len(self.heard_text) :].strip()

    @property
    def awaits_answer(self) -> bool:
        """Is it a question whose end has been heard, or almost?"""
        if self.done is None or not self.written_text.rstrip().endswith("?"):
            return False
        if not all(clause.complete for clause in self.clauses):
            return False
        return self._bytes - self._heard_bytes <= QUESTION_SECONDS * BYTES_PER_SECOND

    @property
    def _heard_bytes(self) -> int:
        if self.released is None:
            return 0
        return min(self._pushed, max(0, self._transport.heard_bytes - self._base))

    # --- the work

    async def _write(self) -> None:
        try:
            async with aclosing(self.pending.steps()) as steps:
                async for step in steps:
                    self._take(step)
        except Exception:  # one reply is fenced off from its call
            logger.exception("a reply could not be written")
            self._observer.happened(Trouble("reply", "internal"))
        self.done = self.done or Done(failed=True)
        self._written.put_nowait(None)

    def _take(self, step: Step) -> None:
        if isinstance(step, Say):
            self.first_clause = self.first_clause or self._now()
            clause = Clause(step.text)
            self.clauses.append(clause)
            self._written.put_nowait(clause)
        elif isinstance(step, Done):
            self.done = step
        else:
            self.then = step

    async def _voice(self) -> None:
        while (clause := await self._written.get()) is not None:
            await self._not_too_far_ahead()
            clause.start = self._bytes
            if not await self._synthesise(clause):
                break
        await self._release.wait()
        await self._transport.drained()
        if not self._finished:
            self._stop(but=asyncio.current_task())
            self.pending.heard(self.heard_text, interrupted=False)
            self._over(self)

    async def _synthesise(self, clause: Clause) -> bool:
        """The clause's audio; False = no voice is left to say the rest."""
        try:
            async with aclosing(self._speaker.speak(clause.text)) as audio:
                async for chunk in audio:
                    self.first_audio = self.first_audio or self._now()
                    clause.audio += chunk
                    self._bytes += len(chunk)
                    if self.released is not None:
                        self._sound(clause, chunk)
        except ProviderError as exc:
            self._observer.happened(Trouble("synthesis", f"{exc.code} {exc.detail}".strip()))
            return False
        except Exception:  # one clause is fenced off from its call
            logger.exception("a clause could not be spoken")
            self._observer.happened(Trouble("synthesis", "internal"))
            return False
        finally:
            clause.complete = True
        return True

    def _sound(self, clause: Clause, chunk: bytes) -> None:
        if not chunk:
            return
        if not self._pushed:
            self._about_to_sound()
            self._base = self._transport.heard_bytes + self._transport.queued_bytes
        if self._pushed <= (clause.start or 0):
            self._observer.happened(AssistantSpeaks(clause.text))
        self._pushed += len(chunk)
        self._transport.play(chunk)

    async def _not_too_far_ahead(self) -> None:
        if self.released is None and sum(1 for each in self.clauses if each.complete) >= AHEAD_CLAUSES:
            await self._release.wait()
        while self._transport.queued_bytes > AHEAD_SECONDS * BYTES_PER_SECOND:
            await asyncio.sleep(POLL_SECONDS)

    def _stop(self, but: asyncio.Task[None] | None = None) -> None:
        self._finished = True
        for task in self._tasks:
            if task is not but:
                task.cancel()

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
