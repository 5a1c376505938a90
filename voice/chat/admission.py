"""Who may talk over the socket, and how much. Asked at the door, before every message and from time to time."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs
from uuid import UUID, uuid4

from django.db import DatabaseError, InterfaceError

from calls.actions import rate_turn
from calls.models import LONGEST_CALLER, Call
from vasdom.errors import Forbidden
from voice.chat import limits
from voice.chat.errors import (
    TooLong,
    TooOften,
    closed_to_strangers,
    server_trouble,
    signed_out,
    silent_too_long,
    too_many_talks,
)
from voice.chat.models import ChatLimits, ChatSettings
from voice.chat.protocol import Rating
from voice.chat.recorder import Recorder
from voice.chat.talk import Talk
from voice.chat.visitors import Origin, Scope, Visitor, address_of, signed_in, visitor
from voice.threads import in_thread

if TYPE_CHECKING:
    from django.contrib.auth.models import User

SHORTEST_PHONE_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Place:
    """Which conversation and which call a connection continues, or begins."""

    session: str
    call_id: UUID
    resumed: bool


class Admission:
    """One connection's. Every method raises `Refused` when the visitor has to leave."""

    visitor: Visitor
    limits: ChatLimits

    def __init__(self, scope: Scope, origin: Origin) -> None:
        self._scope, self._origin = scope, origin
        self._connection = uuid4().hex
        self._heard_at = time.monotonic()

    async def open(self, *, continued: bool) -> tuple[Talk, Place]:
        """Let the visitor in. `continued`: the client says which conversation it was in before.

        A person from our own pages is on channel "web", everyone else on "ws".
        """
        await self._look_again()
        await self._take_place()
        asked = parse_qs(self._scope.get("query_string", b"").decode("latin-1"))
        given = asked.get("callerId", [""])[0].encode("latin-1").decode("utf-8", "replace")[:LONGEST_CALLER]
        at_home = continued and self.visitor.is_trusted
        channel = Call.Channel.WEB if at_home else Call.Channel.WS
        caller = self.visitor.name if at_home else given or self.visitor.name
        with database_needed():
            place = await in_thread(place_of, asked.get("session", [""])[0] if continued else "", channel, caller)
        phone = given if sum(map(str.isdecimal, given)) >= SHORTEST_PHONE_DIGITS else ""
        talk = Talk(place.session, channel, caller, Recorder(place.call_id, channel, caller), phone=phone)
        return talk, place

    async def count(self, text: str) -> None:
        """May this be said now?

        Raises:
            TooLong, TooOften: no.
            Refused: nothing may be said any more.
        """
        self._heard_at = time.monotonic()
        if len(text) > self.limits.message_length:
            raise TooLong(self.limits.message_length, "text")
        if wait_seconds := await self._look_again(counted=True):
            raise TooOften(wait_seconds)

    async def rate(self, rating: Rating, talk: Talk) -> None:
        """Judge an answer of this conversation or, for a person of ours, of one they had before.

        Raises:
            Forbidden: somebody else's conversation, or the role does not allow it.
        """
        await self.count(rating.comment)
        with database_needed():
            await in_thread(self._rate, rating, rating.call == talk.recorder.call_id)

    async def renew(self) -> None:
        """Keep the place among the open conversations; called more often than `limits.SESSION_LIFE_SECONDS`."""
        if time.monotonic() - self._heard_at > self.limits.idle_seconds:
            raise silent_too_long()
        await self._take_place()

    async def leave(self) -> None:
        await in_thread(limits.leave, self.visitor.who, self._connection)

    async def _look_again(self, *, counted: bool = False) -> int:
        """Read the visitor and the settings anew: a session may have ended, the chat may have been closed.

        With `counted` the visitor's message is counted; returns how many seconds it came too early.
        """
        before = getattr(self, "visitor", None)
        with database_needed():
            user = await signed_in(self._scope, self._origin)
            seen, allowed, wait_seconds = await in_thread(self._seen, user, counted)
        if before is not None and before.who != seen.who:
            raise signed_out()
        if allowed is None:
            raise closed_to_strangers()
        self.visitor, self.limits = seen, allowed
        return wait_seconds

    def _seen(self, user: User | None, counted: bool) -> tuple[Visitor, ChatLimits | None, int]:
        """Who it is, what is allowed (None: nothing), and the seconds to wait; in one go, because a thread is changed
        for it before every message."""
        seen = visitor(user, address_of(self._scope))
        chat = ChatSettings.load()
        if not seen.is_trusted and not chat.is_public:
            return seen, None, 0
        allowed = chat.limits(trusted=seen.is_trusted)
        return seen, allowed, limits.seconds_to_wait(seen.who, allowed.messages_per_minute) if counted else 0

    async def _take_place(self) -> None:
        if not await in_thread(limits.enter, self.visitor.who, self._connection, self.limits.sessions):
            raise too_many_talks()

    def _rate(self, rating: Rating, is_this_call: bool) -> None:
        own = Call.objects.filter(pk=rating.call, channel=Call.Channel.WEB, caller=self.visitor.name)
        if not is_this_call and not (self.visitor.is_trusted and own.exists()):
            raise Forbidden("Это не ваш разговор.")
        rate_turn(rating.call, rating.turn, rating.rating, comment=rating.comment, user=self.visitor.user)


def place_of(session: str, channel: str, caller: str) -> Place:
    """The conversation that `session` names, if it was this caller's; a call that has ended is not opened again."""
    try:
        given = UUID(session)
    except ValueError:
        return new_place()
    call = Call.objects.filter(pk=given).first()
    if call is None:
        return Place(str(given), given, resumed=False)
    if (call.channel, call.caller) != (channel, caller):
        return new_place()
    return Place(str(given), uuid4() if call.is_final else given, resumed=True)


def new_place() -> Place:
    call_id = uuid4()
    return Place(str(call_id), call_id, resumed=False)


@contextmanager
def database_needed() -> Iterator[None]:
    """Raises `Refused` (1013, try later) when the database is away."""
    try:
        yield
    except (DatabaseError, InterfaceError) as exc:
        raise server_trouble() from exc
