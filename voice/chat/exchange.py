"""One message over the API and its whole answer. Exchanges with one session id are one conversation and one call."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.core.cache import caches
from redis.exceptions import RedisError

from calls.models import Call
from voice.chat.recorder import Recorder
from voice.chat.talk import Answered, Talk
from voice.chat.visitors import Visitor
from voice.events import Event
from voice.threads import in_thread

REMEMBERED_SECONDS = 2 * 60 * 60
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Question:
    """`session` is the client's name for its conversation; empty = a single question that nothing follows."""

    text: str
    session: str = ""


async def exchange(question: Question, visitor: Visitor) -> Answered:
    """Answer a question and keep both in the call log. What broke is told by `Answered.failed`."""
    caller = question.session or visitor.name
    # Two clients may both call their session "test": the assistant must not mix them up.
    session = _digest(visitor, question.session) if question.session else uuid4().hex
    call_id = await in_thread(call_of, session) if question.session else uuid4()
    talk = Talk(session, Call.Channel.API, caller, Recorder(call_id, Call.Channel.API, caller))
    answered = await talk.answer(question.text, visitor.user, _nobody)
    if not question.session:
        await talk.close(lost=False)
        talk.forget()
    return answered


def call_of(session: str) -> UUID:
    """The call this conversation is being kept in: a new one when it is unknown or has ended.

    A conversation over the API has no end of its own; the job for abandoned calls ends it. While Valkey is away every
    exchange is a call.
    """
    key = f"chat:call:{session}"
    cache = caches["default"]
    fresh = uuid4()
    try:
        kept = UUID(cache.get_or_set(key, str(fresh), REMEMBERED_SECONDS))
        if kept != fresh and Call.objects.filter(pk=kept).exclude(pk__in=Call.objects.going_on()).exists():
            cache.set(key, str(fresh), REMEMBERED_SECONDS)
            return fresh
        cache.touch(key, REMEMBERED_SECONDS)
    except (RedisError, OSError) as exc:
        logger.warning("The call of a conversation is not remembered: %s", type(exc).__name__)
        return fresh
    return kept


def _digest(visitor: Visitor, session: str) -> str:
    return hashlib.sha256(f"{visitor.who}\n{session}".encode("utf-8", "replace")).hexdigest()[:32]


async def _nobody(event: Event) -> None:
    """Nobody listens while the answer grows: it is sent whole."""
