"""Asking the assistant outside of a call: the whole answer at once, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import uuid4

from voice.assistant import Conversation
from voice.events import Citation, Citations, Delta, End, Outcome

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from voice.snapshot import CallSettings


@dataclass(frozen=True, slots=True)
class Answer:
    """One whole reply. `end` is None when it broke off without one."""

    text: str
    citations: tuple[Citation, ...] = ()
    end: End | None = None

    @property
    def outcome(self) -> Outcome:
        return self.end.outcome if self.end is not None else Outcome.FAILED

    @property
    def tools(self) -> tuple[str, ...]:
        return tuple(use.name for use in self.end.tool_calls) if self.end is not None else ()


async def ask(conversation: Conversation, text: str) -> Answer:
    """One message and its whole answer."""
    said: list[str] = []
    citations: tuple[Citation, ...] = ()
    end: End | None = None
    async with aclosing(conversation.reply(text)) as events:
        async for event in events:
            if isinstance(event, Delta):
                said.append(event.text)
            elif isinstance(event, Citations):
                citations = event.items
            elif isinstance(event, End):
                end = event
    return Answer("".join(said).strip(), citations, end)


async def ask_all(conversation: Conversation, messages: Sequence[str]) -> list[Answer]:
    """The answers to these messages, in their order."""
    return [await ask(conversation, text) for text in messages]


def rehearsal(settings: CallSettings | None = None, user: User | None = None) -> Conversation:
    """A conversation that registers nothing and is kept nowhere; close it when it is over.

    Args:
        settings: the revision that answers; None = the active one.
        user: who asks; None = a caller from the street.
    """
    conversation = Conversation(f"rehearsal-{uuid4()}", channel="web", user=user, settings=settings)
    conversation.caller = replace(conversation.caller, rehearses=True)
    return conversation


async def rehearsed(messages: Sequence[str], settings: CallSettings | None = None, user: User | None = None) -> Answer:
    """The answer to the last message of a rehearsal."""
    conversation = rehearsal(settings, user)
    try:
        return (await ask_all(conversation, messages))[-1]
    finally:
        conversation.close()
