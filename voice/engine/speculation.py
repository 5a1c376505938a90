"""Answering before it is certain that the caller has finished: the pause is not lost, and nothing has an effect."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from voice.engine import words
from voice.engine.ports import Brain, PendingReply
from voice.engine.reply import Reply

QUIET_SECONDS = 0.1
OLD_WORDS_SECONDS = 0.35
"""Words that came before the silence may lack the last ones: recognition lags behind."""
MOST_TRIES = 4
"""In one turn: a caller who pauses often would otherwise cost a request a pause."""
SHORTEST_LETTERS = 2


class Speculation:
    """At most one reply is prepared; it is taken when the turn ends with the very same words."""

    def __init__(self, brain: Brain, prepare: Callable[[PendingReply], Reply], *, is_on: bool = True) -> None:
        self._brain, self._prepare, self._is_on = brain, prepare, is_on
        self._reply: Reply | None = None
        self._text = ""
        self._tries = 0
        self._dropping: set[asyncio.Task[None]] = set()

    def consider(self, text: str, quiet_seconds: float, *, is_fresh: bool) -> None:
        """These are the words so far, and it has been quiet for so long. `is_fresh`: they came after the last sound."""
        if not self._is_on:
            return
        enough = QUIET_SECONDS if is_fresh else OLD_WORDS_SECONDS
        if quiet_seconds < enough or len(text) < SHORTEST_LETTERS or words.same(text, self._text):
            return
        self._drop()
        if self._tries < MOST_TRIES:
            self._tries += 1
            self._text = text
            self._reply = self._prepare(self._brain.begin(text))

    def take(self, text: str) -> Reply | None:
        """The reply to these words, when it is the one in the making; another one is dropped."""
        reply, self._reply = (self._reply, None) if words.same(text, self._text) else (None, self._reply)
        self.forget()
        return reply

    def forget(self) -> None:
        """The turn is over."""
        self._drop()
        self._tries = 0

    def _drop(self) -> None:
        if self._reply is not None:
            task = asyncio.create_task(self._reply.drop())
            self._dropping.add(task)
            task.add_done_callback(self._dropping.discard)
        self._reply, self._text = None, ""
