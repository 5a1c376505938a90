"""Calls as rows of a table, and a dialogue as text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from calls import access
from calls.models import Call, Turn
from calls.querysets import CallQuerySet
from houses.access import sees_phones

COLUMNS = ("ID", "Номер", "Начало", "Конец", "Статус", "Диалог")
"""Those of the original's file."""
MORE_COLUMNS = (
    "Длительность, с", "Канал", "База", "Ревизия", "Средняя оценка",
    "Дом", "Контакт", "Чем закончился", "До приветствия, мс", "До первого звука, мс", "Запись, с",
)  # fmt: skip
"""«До первого звука» is the half of the call's answers: the median."""
SPEAKERS = {Turn.Speaker.CALLER: "USER", Turn.Speaker.ASSISTANT: "BOT", Turn.Speaker.OPERATOR: "OPERATOR"}
CHUNK = 200


def header(*, more: bool = False) -> tuple[str, ...]:
    return (*COLUMNS, *MORE_COLUMNS) if more else COLUMNS


def with_turns(calls: CallQuerySet) -> CallQuerySet:
    """The calls with all that was said and happened in them, in two queries more."""
    turns = Prefetch("turns", Turn.objects.defer("search").order_by("number"))
    return calls.select_related("house", "recording").prefetch_related(turns, "events")


def rows(calls: CallQuerySet, user: Any, *, more: bool = False) -> Iterator[tuple[Any, ...]]:
    """One row a call in the order of the queryset, read in pieces."""
    for call in with_turns(calls).iterator(chunk_size=CHUNK):
        turns = list(call.turns.all())
        row = (
            str(call.pk),
            access.caller_for(call.caller, user),
            written(call.started_at),
            written(call.ended_at),
            call.status,
            dialogue(turns, user),
        )
        yield (*row, *_more(call, turns, user)) if more else row


def dialogue(turns: list[Turn], user: Any) -> str:
    """`[USER] …` and `[BOT] …`, a line a turn."""
    return "\n".join(f"[{SPEAKERS[Turn.Speaker(turn.speaker)]}] {access.readable(turn.text, user)}" for turn in turns)


def written(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%d.%m.%Y %H:%M:%S}" if moment else ""


def _more(call: Call, turns: list[Turn], user: Any) -> tuple[Any, ...]:
    ratings = [turn.rating for turn in turns if turn.rating]
    waits = [turn.first_audio_ms for turn in turns if turn.first_audio_ms is not None]
    recording = getattr(call, "recording", None)
    return (
        round(call.duration.total_seconds()) if call.duration else None,
        call.get_channel_display(),
        call.base,
        call.revision_number,
        round(sum(ratings) / len(ratings), 1) if ratings else None,
        str(call.house) if call.house else "",
        call.contact if sees_phones(user) else "",
        call.get_ending_display(),
        call.greeted_ms,
        round(median(waits)) if waits else None,
        round(recording.seconds) if recording else None,
    )
