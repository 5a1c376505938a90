"""A reply that is begun before it is certain what the caller says, and remembered only as far as he heard it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING

from voice.events import Event
from voice.gate import Gate
from voice.turn import Turn

if TYPE_CHECKING:
    from voice.assistant import Conversation

INTERRUPTED = " […]"
"""Stands in the memory where a reply was cut."""


class PendingAnswer:
    """One message of a conversation.

    `events` are those of `Conversation.reply`, thought on a fork of the conversation's memory. An effect (a task)
    waits for `confirm`. `remember` makes the fork the conversation; without it nothing has happened.
    """

    def __init__(self, conversation: Conversation, text: str) -> None:
        self._conversation = conversation
        self._fork = conversation.fork()
        self._gate = Gate()
        self._turn = Turn(text)

    async def events(self) -> AsyncGenerator[Event, None]:
        async for event in self._conversation.pending_events(self._turn, self._fork, self._gate):
            yield event

    def confirm(self) -> None:
        self._gate.open()

    async def confirmed(self) -> None:
        """Return when `confirm` has been called."""
        await self._gate.opened()

    def remember(self, heard: str, *, interrupted: bool) -> None:
        """The caller said it, and heard so much of the answer."""
        self._fork.heard(self._turn.heard)
        self._fork.said(f"{heard}{INTERRUPTED}" if interrupted and heard else heard)
        self._conversation.remember(self._fork)
