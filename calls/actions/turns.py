"""Turns on their way into the log."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Field
from django.utils import timezone

from calls.actions.rows import storable, whole_ms, word
from calls.errors import UnknownCall
from calls.models import LONGEST_BASE, LONGEST_PROVIDER, Call, Turn
from vasdom.errors import InvalidInput

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

    Of the phone: `cut` is what was to follow and was not heard; `interrupted`: it was broken off; `first_audio_ms`
    from the end of the caller's speech to the first voiced sample, None when nothing was waited for; `cut_ms` from the
    onset of the caller's speech to silence; `spoken_to` is False for a backchannel, to which nothing is said; `digits`:
    dialled, not said; `recognizer` and `synthesizer` are the providers' keys; `from_ms`, `to_ms` lie in the recording.
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
    cut: str = ""
    interrupted: bool = False
    spoken_to: bool = True
    digits: bool = False
    first_audio_ms: float | None = None
    cut_ms: float | None = None
    recognizer: str = ""
    synthesizer: str = ""
    from_ms: float | None = None
    to_ms: float | None = None

    def __post_init__(self) -> None:
        if self.number < 1:
            raise InvalidInput("Реплики нумеруются с единицы.", field="number")
        if self.speaker not in Turn.Speaker.values:
            raise InvalidInput("Неизвестно, кто говорит.", field="speaker")
        if any(not math.isfinite(spent) or spent < 0 for spent in self.timings.values()):
            raise InvalidInput("Время этапа — неотрицательное число миллисекунд.", field="timings")
        for name in ("first_audio_ms", "cut_ms", "from_ms", "to_ms"):
            if (spent := getattr(self, name)) is not None and not math.isfinite(spent):
                raise InvalidInput("Время — число миллисекунд.", field=name)

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
            "cut": storable(self.cut)[:LONGEST_TEXT],
            "interrupted": self.interrupted,
            "spoken_to": self.spoken_to,
            "digits": self.digits,
            "first_audio_ms": whole_ms(self.first_audio_ms),
            "cut_ms": whole_ms(self.cut_ms),
            "recognizer": word(self.recognizer, LONGEST_PROVIDER),
            "synthesizer": word(self.synthesizer, LONGEST_PROVIDER),
            "from_ms": whole_ms(self.from_ms),
            "to_ms": whole_ms(self.to_ms),
        }


# One statement, since it is run twice for every question of every call. The call is touched first: those who write to
# the same call wait for each other there.
RECORD = """
WITH call AS (
    UPDATE {calls} SET changed_at = %s, status = CASE status WHEN %s THEN %s ELSE status END,
        base = coalesce(nullif(%s, ''), base), revision_number = coalesce(%s, revision_number)
    WHERE id = %s RETURNING id
)
INSERT INTO {turns} ({columns}) SELECT {values} FROM call ON CONFLICT (call_id, number) DO NOTHING RETURNING id
"""


def record_turn(call_id: UUID, record: TurnRecord) -> Turn:
    """Keep a turn that has ended. Of two with one number the first stays, and is returned.

    A turn that arrives after the end of its call is kept too, and the call stays ended.

    Raises:
        UnknownCall: there is no such call.
    """
    turn = Turn(call_id=call_id, number=record.number, **record.values())
    values: list[Any] = [timezone.now(), Status.INITIATED, Status.IN_PROGRESS, turn.base, turn.revision_number, call_id]
    fields = [field for field in Turn._meta.concrete_fields if not (field.primary_key or field.generated)]
    statement = RECORD.format(
        calls=Call._meta.db_table,
        turns=Turn._meta.db_table,
        columns=", ".join(connection.ops.quote_name(str(field.column)) for field in fields),
        values=", ".join(["%s"] * len(fields)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, values + [_stored(field, turn) for field in fields])
        kept = cursor.fetchone()
    if kept is not None:
        (turn.pk,) = kept
        return turn
    if (known := Turn.objects.filter(call=call_id, number=record.number).first()) is None:
        raise UnknownCall("Такого звонка нет.")
    return known


def _stored(field: Field[Any, Any], turn: Turn) -> Any:
    """The field's value as the database takes it."""
    return field.get_db_prep_save(getattr(turn, field.attname), connection)
