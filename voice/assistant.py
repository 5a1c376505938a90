"""One conversation with the assistant, on any channel."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from django.utils import timezone

from knowledge.search import Found, SearchResult, search
from knowledge.text import normalized
from providers.llm import TextDelta
from voice import prompts
from voice.access import Caller
from voice.brain import language_model
from voice.events import Citation, Citations, Delta, End, Event, Greeting, Outcome
from voice.memory import SESSIONS_OF_PROCESS
from voice.sentences import SentenceSplitter
from voice.snapshot import CallSettings, active_settings

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

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
        self._key = (channel, str(getattr(user, "pk", None) or ""), session_id)
        self._settings = settings

    async def greeting(self) -> Greeting:
        """What is said first."""
        call = await self._current()
        return Greeting(prompts.greeting(call, timezone.localtime()), call.number)

    async def reply(self, text: str) -> AsyncGenerator[Event, None]:
        """The answer: `Delta`…, `Citations`, `End`. Closing it stops the model; never raises for a failed vendor."""
        started = time.perf_counter()
        call = await self._current()
        session = SESSIONS_OF_PROCESS.get(*self._key)
        heard, found = await in_thread(self._look_up, text[:LONGEST_MESSAGE], call)
        citations = tuple(
            Citation(
                one.document, one.heading, one.text, one.base, one.score, one.passage_id, one.document_id, one.version
            )
            for one in found.passages
        )
        if found.best < call.answer_threshold:
            citations = ()
        said: list[str] = []
        messages = prompts.conversation(call, tuple(session.messages), heard, citations, timezone.localtime())
        splitter = SentenceSplitter()
        async with aclosing(language_model(call).reply(messages)) as answer:
            async for piece in answer:
                for sentence in splitter.feed(piece.text) if isinstance(piece, TextDelta) else []:
                    said.append(sentence)
                    yield Delta(sentence + " ")
        for sentence in splitter.flush():
            said.append(sentence)
            yield Delta(sentence)
        session.heard(heard)
        session.said(" ".join(said))
        if citations:
            yield Citations(citations)
        total = (time.perf_counter() - started) * 1000
        outcome = Outcome.ANSWERED if citations else Outcome.UNKNOWN
        yield End(found.base if citations else "", call.number, outcome, " ".join(said), heard, heard, {"total": total})

    def close(self) -> None:
        """Forget the conversation: the caller has gone."""
        SESSIONS_OF_PROCESS.drop(*self._key)

    def _look_up(self, text: str, call: CallSettings) -> tuple[str, SearchResult]:
        heard = normalized(text)
        return heard, search(heard, role=self.caller.knowledge_role, limit=call.top_k)

    async def _current(self) -> CallSettings:
        return self._settings or await in_thread(active_settings)


def cited(found: Found) -> Citation:
    """A found passage as what a reply rests on."""
    return Citation(
        found.document,
        found.heading,
        found.text,
        found.base,
        found.score,
        found.passage_id,
        found.document_id,
        found.version,
    )


async def in_thread(function, *args):  # type: ignore[no-untyped-def]
    return await database_sync_to_async(function, thread_sensitive=False)(*args)
