"""What the office does with the log: judge answers, clear it, bring back what was cleared."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from calls import access, audit
from calls.actions.rows import locked, person_of, storable
from calls.errors import UnknownCall
from calls.models import LONGEST_COMMENT, Call, Turn
from calls.querysets import GOING_ON, CallQuerySet
from vasdom.errors import Forbidden, InvalidInput

if TYPE_CHECKING:
    from calls.actions.rows import Person


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
        call = locked(call_id)
        turn = call.turns.filter(number=number).first()
        if turn is None:
            raise UnknownCall("Такой реплики нет.")
        if turn.speaker != Turn.Speaker.ASSISTANT:
            raise InvalidInput("Оценивают ответы ассистента.", field="number")
        turn.rating, turn.comment = rating, comment if rating else ""
        turn.rated_by = person_of(user) if rating else None
        turn.save(update_fields=["rating", "comment", "rated_by"])
        call.save(update_fields=["changed_at"])
        return turn


def hide_calls(calls: CallQuerySet, *, user: Person, said: str = "") -> int:
    """Clear these calls from the log, at once and everywhere; for seven days they can be brought back.

    Calls that are still going on stay: nobody has read them yet. `said` is what narrowed the log, for the audit trail.
    Returns how many were hidden.

    Raises:
        Forbidden: the role does not allow it.
    """
    _require_clearing(user)
    now, person = timezone.now(), person_of(user)
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
            audit.note("Журнал звонков возвращён", {"Возвращено звонков": ["0", str(number)]}, person_of(user))
    return number


def _require_clearing(user: Person) -> None:
    if user is not None and not access.may_clear(user):
        raise Forbidden("Очищать журнал звонков может директор.")
