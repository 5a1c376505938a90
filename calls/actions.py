"""What happens to calls. The recorder of a conversation and the office write through these functions only.

A turn is committed when it ends; a process killed in mid-call loses at most the turn in progress. Every function may
be called again with the same arguments and then changes nothing, so that a journal can be replayed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from calls import access, audit
from calls.errors import AlreadyClosed, UnknownCall
from calls.models import LONGEST_BASE, LONGEST_CALLER, LONGEST_COMMENT, Call, Turn
from calls.querysets import FINAL, GOING_ON, CallQuerySet
from houses.models import House
from vasdom.errors import Forbidden, InvalidInput

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Person = User | AnonymousUser | None

Status = Call.Status
LONGEST_TEXT = 20_000
CITED = ("document", "heading", "text", "base", "version")
"""What is copied of each citation; more keys are kept too."""


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One finished turn, as it is kept.

    `number` counts from 1 within the call. `citations` are `{"document", "heading", "text", "base", "version"}`,
    `tool_calls` `{"name", "arguments", "result"}`; `timings` are milliseconds by stage (`calls.stages`) that follow
    one another. `answered`: True with an answer, False when the assistant said that it does not know, None when there
    was no question (a greeting). `embedding_requests`: None when nothing was searched.
    """

    number: int
    speaker: str
    text: str
    normalised: str = ""
    base: str = ""
    revision_number: int | None = None
    citations: Sequence[Mapping[str, Any]] = ()
    tool_calls: Sequence[Mapping[str, Any]] = ()
    timings: Mapping[str, float] = field(default_factory=dict)
    answered: bool | None = None
    handed_over: bool = False
    embedding_requests: int | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.number < 1:
            raise InvalidInput("Реплики нумеруются с единицы.", field="number")
        if self.speaker not in Turn.Speaker.values:
            raise InvalidInput("Неизвестно, кто говорит.", field="speaker")
        if any(not math.isfinite(spent) or spent < 0 for spent in self.timings.values()):
            raise InvalidInput("Время этапа — неотрицательное число миллисекунд.", field="timings")

    def values(self) -> dict[str, Any]:
        """The fields of the row."""
        ended = self.ended_at or timezone.now()
        return {
            "speaker": self.speaker,
            "text": storable(self.text)[:LONGEST_TEXT],
            "normalised": storable(self.normalised)[:LONGEST_TEXT],
            "base": storable(self.base)[:LONGEST_BASE],
            "revision_number": self.revision_number,
            "citations": storable([dict(citation) for citation in self.citations]),
            "tool_calls": storable([dict(call) for call in self.tool_calls]),
            "timings": {str(stage): round(float(spent), 1) for stage, spent in self.timings.items()},
            "answered": self.answered,
            "handed_over": self.handed_over,
            "embedding_requests": self.embedding_requests,
            "started_at": self.started_at or ended,
            "ended_at": ended,
        }


def open_call(
    channel: str,
    caller: str,
    revision_number: int | None,
    *,
    house: House | None = None,
    call_id: UUID | None = None,
    started_at: datetime | None = None,
) -> Call:
    """A call has come in. With a `call_id` of the caller's own, a second opening gives the same row.

    Raises:
        InvalidInput: no such channel.
    """
    if channel not in Call.Channel.values:
        raise InvalidInput("Такого канала нет.", field="channel")
    values: dict[str, Any] = {
        "channel": channel,
        "caller": " ".join(storable(caller).split())[:LONGEST_CALLER],
        "revision_number": revision_number,
        "house": house,
        "started_at": started_at or timezone.now(),
        "is_demo": bool(house and house.is_demo),
    }
    call, _ = Call.objects.get_or_create(pk=call_id or uuid4(), defaults=values)
    return call


def record_turn(call_id: UUID, record: TurnRecord) -> Turn:
    """Keep a turn that has ended. Of two with one number the first stays.

    A turn that arrives after the end of its call is kept too, and the call stays ended.

    Raises:
        UnknownCall: there is no such call.
    """
    with transaction.atomic():
        call = _locked(call_id)
        turn, is_new = Turn.objects.get_or_create(call=call, number=record.number, defaults=record.values())
        if not is_new:
            return turn
        if call.status == Status.INITIATED:
            call.status = Status.IN_PROGRESS
        if turn.base:
            call.base = turn.base
        if turn.revision_number is not None:
            call.revision_number = turn.revision_number
        call.save(update_fields=["status", "base", "revision_number", "changed_at"])
        return turn


def close_call(call_id: UUID, status: str, *, ended_at: datetime | None = None) -> Call:
    """The call is over: Completed, Failed or Interrupted.

    Raises:
        InvalidInput: the status ends no call.
        UnknownCall: there is no such call.
        AlreadyClosed: it has ended otherwise.
    """
    if status not in FINAL:
        raise InvalidInput("Этим статусом звонок не заканчивается.", field="status")
    with transaction.atomic():
        call = _locked(call_id)
        if call.status == status:
            return call
        if call.is_final:
            raise AlreadyClosed("Звонок уже закончен иначе.")
        call.status, call.ended_at = status, max(ended_at or timezone.now(), call.started_at)
        call.save(update_fields=["status", "ended_at", "changed_at"])
        return call


def rate_turn(call_id: UUID, number: int, rating: int | None, *, comment: str = "", user: Person) -> Turn:
    """Judge an answer of the assistant from 1 to 5; None takes the judgement back.

    Raises:
        Forbidden: the role does not allow it.
        InvalidInput: no such rating, a comment too long, or the turn is not the assistant's.
        UnknownCall: no such turn.
    """
    if user is not None and not access.may_rate(user):
        raise Forbidden("Ваша роль не позволяет оценивать ответы.")
    if rating is not None and rating not in range(1, 6):
        raise InvalidInput("Оценка — от 1 до 5.", field="rating")
    comment = storable(comment).strip()
    if len(comment) > LONGEST_COMMENT:
        raise InvalidInput(f"Слишком длинно, не больше {LONGEST_COMMENT} знаков.", field="comment")
    with transaction.atomic():
        call = _locked(call_id)
        turn = call.turns.filter(number=number).first()
        if turn is None:
            raise UnknownCall("Такой реплики нет.")
        if turn.speaker != Turn.Speaker.ASSISTANT:
            raise InvalidInput("Оценивают ответы ассистента.", field="number")
        turn.rating, turn.comment = rating, comment if rating else ""
        turn.rated_by = _person(user) if rating else None
        turn.save(update_fields=["rating", "comment", "rated_by"])
        call.save(update_fields=["changed_at"])
        return turn


# --- clearing the log


def hide_calls(calls: CallQuerySet, *, user: Person, said: str = "") -> int:
    """Clear these calls from the log, at once and everywhere; for seven days they can be brought back.

    Calls that are still going on stay: nobody has read them yet. `said` is what narrowed the log, for the audit trail.
    Returns how many were hidden.

    Raises:
        Forbidden: the role does not allow it.
    """
    _require_clearing(user)
    now, person = timezone.now(), _person(user)
    with transaction.atomic():
        wanted = calls.order_by().kept().exclude(status__in=GOING_ON).values("pk")
        number = Call.objects.filter(pk__in=wanted).update(hidden_at=now, hidden_by=person, changed_at=now)
        if number:
            audit.note("Журнал звонков очищен", {"Скрыто звонков": ["0", str(number)], "Отбор": ["", said]}, person)
    return number


def restore_calls(calls: CallQuerySet, *, user: Person) -> int:
    """Bring hidden calls back into the log. Returns how many.

    Raises:
        Forbidden: the role does not allow it.
    """
    _require_clearing(user)
    with transaction.atomic():
        hidden = Call.objects.filter(pk__in=calls.order_by().hidden().values("pk"))
        number = hidden.update(hidden_at=None, hidden_by=None, changed_at=timezone.now())
        if number:
            audit.note("Журнал звонков возвращён", {"Возвращено звонков": ["0", str(number)]}, _person(user))
    return number


def _require_clearing(user: Person) -> None:
    if user is not None and not access.may_clear(user):
        raise Forbidden("Очищать журнал звонков может директор.")


def _locked(call_id: UUID) -> Call:
    call = Call.objects.select_for_update().filter(pk=call_id).first()
    if call is None:
        raise UnknownCall("Такого звонка нет.")
    return call


def _person(user: Person) -> User | None:
    """The person's row; None for a script and for the service key, which is nobody's."""
    return user if isinstance(user, User) else None


def storable(value: Any) -> Any:
    """Text, lists and dictionaries without what PostgreSQL cannot hold: NUL and halves of surrogate pairs."""
    if isinstance(value, str):
        return value.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, Mapping):
        return {storable(str(key)): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value
