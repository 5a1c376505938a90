"""One conversation with the assistant, on any channel.

A message goes through: what it answers to (our own question, small talk) → the rules, which use a tool → the knowledge
bases → a model over what was found. The first that knows the answer gives it; the rules and the tools need no model.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from django.utils import timezone

from voice import prompts
from voice.access import Caller
from voice.defaults import PHRASES
from voice.events import Citations, End, Event, Greeting, Outcome
from voice.gate import OPEN, Gate, NotConfirmed
from voice.generation import Writer, rewritten
from voice.memory import SESSIONS_OF_PROCESS, Session
from voice.pending import PendingAnswer
from voice.pondering import Pondered, ponder
from voice.sentences import split
from voice.snapshot import CallSettings, active_settings
from voice.threads import apart, in_thread
from voice.turn import Turn

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

logger = logging.getLogger(__name__)


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
        turn = Turn(text)
        session = SESSIONS_OF_PROCESS.get(*self._key)
        try:
            async for event in self._events(turn, session, OPEN):
                yield event
        finally:
            session.heard(turn.heard)
            session.said(turn.text)

    def begin(self, text: str) -> PendingAnswer:
        """Like `reply`, for a message that may yet change: nothing has an effect until it is confirmed."""
        return PendingAnswer(self, text)

    async def pending_events(self, turn: Turn, fork: Session, gate: Gate) -> AsyncGenerator[Event, None]:
        """The events of a reply that remembers into `fork`; what would have an effect waits for the gate."""
        async for event in self._events(turn, fork, gate):
            yield event

    def fork(self) -> Session:
        """What is remembered now, to go on with apart."""
        return SESSIONS_OF_PROCESS.get(*self._key).fork()

    def remember(self, session: Session) -> None:
        """The fork is the conversation now."""
        SESSIONS_OF_PROCESS.put(session, *self._key)

    async def _events(self, turn: Turn, session: Session, gate: Gate) -> AsyncGenerator[Event, None]:
        try:
            found = await self._think(turn.asked, session, turn, gate)
        except Exception:  # one message is fenced off from the others
            logger.exception("a message could not be answered")
            async for event in self._apologise(turn, turn.asked):
                yield event
            return
        turn.heard = found.thought.heard
        async for event in self._answer(found, session, turn, gate):
            yield event

    def close(self) -> None:
        """Forget the conversation: the caller has gone."""
        SESSIONS_OF_PROCESS.drop(*self._key)

    async def _think(self, text: str, session: Session, turn: Turn, gate: Gate) -> Pondered:
        try:
            found = await self._ponder(text, session, turn, may_act=gate.is_open)
        except NotConfirmed:
            await gate.opened()
            found = await self._ponder(text, session, turn, may_act=True)
        if not found.thought.unsure:
            return found
        question = await rewritten(found.thought.heard, session, found.call)
        turn.mark("rewrite")
        if not question or question == found.thought.question:
            return found
        return await self._ponder(found.thought.heard, session, turn, may_act=gate.is_open, rewritten=question)

    async def _ponder(self, text: str, session: Session, turn: Turn, *, may_act: bool, rewritten: str = "") -> Pondered:
        """Changes the session as far as nothing is raised."""
        given = text, session.fork(), self.caller, self._settings, may_act, rewritten
        found = await apart(ponder, *given, repeatable=not may_act)
        session.restore(found.session)
        self.caller = found.caller
        turn.took(found.timings, "settings")
        return found

    async def _answer(self, found: Pondered, session: Session, turn: Turn, gate: Gate) -> AsyncGenerator[Event, None]:
        call, thought = found.call, found.thought
        if thought.text:
            for sentence in split(thought.text):
                yield turn.say(sentence)
            citations, base, outcome, tools = thought.citations, thought.base, thought.outcome, thought.tool_calls
            offers, withheld = thought.offers_person, 0
        else:
            writer = Writer(found, session, turn.mark, gate)
            async with aclosing(writer.write()) as sentences:
                async for sentence in sentences:
                    yield turn.say(sentence, is_begun=writer.is_begun)
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
            thought.ends,
        )

    async def _apologise(self, turn: Turn, heard: str) -> AsyncGenerator[Event, None]:
        """The database is away, or something else broke: no revision can be read, so these words are ours."""
        number = self._settings.number if self._settings else 0
        for sentence in split(self._settings.phrase_apology if self._settings else PHRASES["phrase_apology"]):
            yield turn.say(sentence)
        yield End("", number, Outcome.FAILED, turn.text, heard, heard, turn.closed(), offers_person=True)

    async def _current(self) -> CallSettings:
        return await in_thread(active_settings) if self._settings is None else self._settings
