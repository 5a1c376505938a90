"""One conversation with the assistant, on any channel.

A message goes through: what it answers to (our own question, small talk) → the rules, which use a tool → the knowledge
bases → a model over what was found. The first that knows the answer gives it; the rules and the tools need no model.
"""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from django.utils import timezone

from voice import prompts
from voice.access import Caller
from voice.defaults import PHRASES
from voice.events import Citations, Delta, End, Event, Greeting, Outcome
from voice.generation import Writer, rewritten
from voice.memory import SESSIONS_OF_PROCESS, Session
from voice.sentences import split
from voice.snapshot import CallSettings, active_settings
from voice.thinking import Thought, know, think
from voice.threads import in_thread

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

logger = logging.getLogger(__name__)
LONGEST_MESSAGE = 2_000


class Conversation:
    """A caller and the assistant. Cheap to make: what is remembered between messages is the process's.

    Args:
        session_id: the same one continues the same conversation (of the same channel and user).
        channel: "phone", "web", "ws" or "api".
        user: who is signed in; None = a stranger, who gets public knowledge and public tools only.
        phone: the number the caller calls from, as far as it is known.
        settings: a revision to keep for the whole conversation (a phone call, a trial); without it every message is
            answered by the revision that is active when it comes.
    """

    def __init__(
        self,
        session_id: str,
        *,
        channel: str = "ws",
        user: User | AnonymousUser | None = None,
        phone: str = "",
        settings: CallSettings | None = None,
    ) -> None:
        self.caller = Caller(channel, user, phone)
        self._key = (channel, str(user) if user is not None else "", session_id)
        self._settings = settings

    async def greeting(self) -> Greeting:
        """What is said first."""
        call = await self._current()
        return Greeting(prompts.greeting(call, timezone.localtime()), call.number)

    async def reply(self, text: str) -> AsyncGenerator[Event, None]:
        """The answer: `Delta`…, `Citations`, `End`. Closing it stops the model; what was said until then is remembered.

        Never raises for a failed vendor, tool or database: it apologises, and `End.outcome` says so. One at a time.
        """
        turn = Turn()
        session = SESSIONS_OF_PROCESS.get(*self._key)
        heard = text = text[:LONGEST_MESSAGE]
        try:
            try:
                call = await self._current()
                turn.mark("settings")
                thought = await self._think(text, session, call, turn)
            except Exception:  # one message is fenced off from the others
                logger.exception("a message could not be answered")
                async for event in self._apologise(turn, text):
                    yield event
                return
            heard = thought.heard
            async for event in self._answer(thought, session, call, turn):
                yield event
        finally:
            session.heard(heard)
            session.said(turn.text)

    def close(self) -> None:
        """Forget the conversation: the caller has gone."""
        SESSIONS_OF_PROCESS.drop(*self._key)

    async def _think(self, text: str, session: Session, call: CallSettings, turn: Turn) -> Thought:
        thought = await in_thread(think, text, session, self.caller, call, turn.mark)
        if not thought.unsure:
            return thought
        question = await rewritten(thought.heard, session, call)
        turn.mark("rewrite")
        if not question or question == thought.question:
            return thought
        return await in_thread(know, thought.heard, session, self.caller, call, turn.mark, question)

    async def _answer(
        self, thought: Thought, session: Session, call: CallSettings, turn: Turn
    ) -> AsyncGenerator[Event, None]:
        if thought.text:
            for sentence in split(thought.text):
                yield turn.say(sentence)
            citations, base, outcome, tools = thought.citations, thought.base, thought.outcome, thought.tool_calls
            offers, withheld = thought.offers_person, 0
        else:
            writer = Writer(thought, session, self.caller, call, turn.mark)
            async with aclosing(writer.write()) as sentences:
                async for sentence in sentences:
                    yield turn.say(sentence)
            draft = writer.draft
            citations, base, outcome, tools = draft.citations, draft.base, draft.outcome, tuple(draft.tool_calls)
            offers, withheld = draft.offers_person, draft.withheld
        if citations:
            yield Citations(citations)
        yield End(
            base,
            call.number,
            outcome,
            turn.text,
            thought.heard,
            thought.question,
            turn.closed(),
            tools,
            offers,
            withheld,
            thought.embedding_requests,
        )

    async def _apologise(self, turn: Turn, heard: str) -> AsyncGenerator[Event, None]:
        """The database is away, or something else broke: no revision can be read, so these words are ours."""
        number = self._settings.number if self._settings else 0
        for sentence in split(self._settings.phrase_apology if self._settings else PHRASES["phrase_apology"]):
            yield turn.say(sentence)
        yield End("", number, Outcome.FAILED, turn.text, heard, heard, turn.closed(), offers_person=True)

    async def _current(self) -> CallSettings:
        return await in_thread(active_settings) if self._settings is None else self._settings


class Turn:
    """The clock and the text of one reply."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.timings: dict[str, float] = {}
        self._started = self._last = time.perf_counter()

    def mark(self, stage: str) -> None:
        """The time since the last mark belongs to this stage."""
        now = time.perf_counter()
        self.timings[stage] = round(self.timings.get(stage, 0.0) + (now - self._last) * 1000, 2)
        self._last = now

    def since_start(self, stage: str) -> None:
        self.timings.setdefault(stage, round((time.perf_counter() - self._started) * 1000, 2))

    def say(self, sentence: str) -> Delta:
        self.since_start("first_delta")
        delta = Delta(sentence if not self.said else f" {sentence}")
        self.said.append(sentence)
        return delta

    @property
    def text(self) -> str:
        return " ".join(self.said)

    def closed(self) -> dict[str, float]:
        """The timings, complete."""
        self.since_start("total")
        return self.timings
