"""One written conversation: the assistant answers, the recorder keeps, whoever listens gets the events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone

from calls.models import Call
from knowledge.normalize import normalize
from voice.assistant import Conversation
from voice.chat import recorder
from voice.chat.recorder import Recorder
from voice.events import Citation, Citations, Delta, End, Event, Greeting, Outcome

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    Person = User | AnonymousUser | None

Listener = Callable[[Event], Awaitable[None]]
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Answered:
    """How one message was answered.

    Attributes:
        turn: the answer's number in the call; None when it could not be kept, or nothing was said.
        end: None when the answer was stopped or broke off.
        interrupted: it was stopped by whoever asked, or by the lost connection.
    """

    call_id: UUID
    turn: int | None
    text: str
    citations: tuple[Citation, ...]
    end: End | None
    interrupted: bool

    @property
    def failed(self) -> bool:
        if self.end is None:
            return not self.interrupted
        return self.end.outcome is Outcome.FAILED


@dataclass(slots=True)
class _Reply:
    """What has been heard of the answer so far."""

    said: list[str] = field(default_factory=list)
    citations: tuple[Citation, ...] = ()
    end: End | None = None

    def take(self, event: Event) -> None:
        if isinstance(event, Delta):
            self.said.append(event.text)
        elif isinstance(event, Citations):
            self.citations = event.items
        elif isinstance(event, End):
            self.end = event

    @property
    def text(self) -> str:
        return "".join(self.said).strip()


class Talk:
    """A conversation and its place in the call log. Messages are answered one after another.

    Args:
        session: what the assistant remembers the conversation by.
        channel: "web", "ws" or "api", as in the call log.
        caller: who it is, for the call log.
        phone: the number it is about, as far as one was given.
    """

    def __init__(self, session: str, channel: str, caller: str, recorder: Recorder, *, phone: str = "") -> None:
        self.session, self.channel, self.caller, self.phone = session, channel, caller, phone
        self.recorder = recorder
        self.last: Answered | None = None
        self._greeting: tuple[Greeting, datetime] | None = None
        self._answering: asyncio.Task[None] | None = None
        self._spoke_with: Person = None

    async def greeting(self, user: Person) -> Greeting:
        """What is said first. It is kept with the first message: many who are greeted say nothing."""
        greeting = await self._conversation(user).greeting()
        self._greeting = greeting, timezone.now()
        return greeting

    async def answer(self, text: str, user: Person, listener: Listener) -> Answered:
        """Answer one message; every event goes to the listener as it happens.

        What broke is logged and told by `Answered.failed`; nothing is raised.
        """
        started_at = timezone.now()
        question = asyncio.create_task(self._keep_question(text, started_at))
        reply = _Reply()
        self._answering = asyncio.create_task(self._listen(self._conversation(user), text, reply, listener))
        await asyncio.wait({self._answering})
        interrupted = self._answering.cancelled()
        if not interrupted and (error := self._answering.exception()):
            logger.error("A written answer of call %s broke off", self.recorder.call_id, exc_info=error)
        await question
        turn = await self._keep_answer(reply, started_at)
        self.last = Answered(self.recorder.call_id, turn, reply.text, reply.citations, reply.end, interrupted)
        return self.last

    def stop(self) -> None:
        """Break off the answer in progress, if there is one."""
        if self._answering is not None:
            self._answering.cancel()

    async def close(self, *, lost: bool) -> None:
        """The conversation is over; `lost` = its connection broke."""
        last = self.last
        status = Call.Status.COMPLETED
        if last is not None and last.failed:
            status = Call.Status.FAILED
        elif lost or (last is not None and last.interrupted):
            status = Call.Status.INTERRUPTED
        await self.recorder.close(status)

    def forget(self) -> None:
        """Nobody will continue it: the assistant need not remember it."""
        self._conversation(self._spoke_with).close()

    def _conversation(self, user: Person) -> Conversation:
        self._spoke_with = user
        return Conversation(self.session, channel=self.channel, user=user, phone=self.phone)

    async def _listen(self, conversation: Conversation, text: str, reply: _Reply, listener: Listener) -> None:
        async with aclosing(conversation.reply(text)) as events:
            async for event in events:
                reply.take(event)
                await listener(event)

    async def _keep_question(self, text: str, at: datetime) -> None:
        greeting, self._greeting = self._greeting, None
        if greeting is not None:
            said, said_at = greeting
            await self.recorder.keep(recorder.greeted(said.text, said.revision, said_at))
        await self.recorder.keep(recorder.asked(text, normalize(text), at))

    async def _keep_answer(self, reply: _Reply, started_at: datetime) -> int | None:
        now = timezone.now()
        if reply.end is not None:
            return await self.recorder.keep(recorder.answered(reply.end, reply.citations, started_at, now))
        return await self.recorder.keep(recorder.broken_off(reply.text, started_at, now)) if reply.text else None
