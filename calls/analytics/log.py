"""Calls by day and week, and what became of the questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.db.models.functions import TruncDate, TruncWeek

from calls.analytics.latency import Latency
from calls.analytics.period import Period
from calls.models import Call, Turn
from calls.querysets import GOING_ON

LENGTH = F("ended_at") - F("started_at")
KINDS = ("completed", "interrupted", "failed", "going_on")


@dataclass(frozen=True, slots=True)
class Answers:
    """What became of the questions: how many there were, how many had no answer, ratings by mark."""

    questions: int
    unanswered: int
    rated: int
    rating: float | None
    marks: Mapping[int, int]

    @property
    def unanswered_share(self) -> float | None:
        return self.unanswered / self.questions if self.questions else None


@dataclass(frozen=True, slots=True)
class Day:
    """Calls of one day by how they ended."""

    day: date
    numbers: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.numbers.values())


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    calls: int
    average: timedelta | None
    answers: Answers
    solved_share: float | None
    whole: Latency | None


def days(period: Period) -> tuple[Day, ...]:
    rows = (
        Call.objects.filter(period.calls()).annotate(day=TruncDate("started_at")).order_by().values("day", "status")
    ).annotate(number=Count("pk"))
    found: dict[date, dict[str, int]] = {day: dict.fromkeys(KINDS, 0) for day in period.days}
    for row in rows:
        kind = "going_on" if row["status"] in GOING_ON else row["status"].lower()
        found[row["day"]][kind] += row["number"]
    return tuple(Day(day, numbers) for day, numbers in found.items())


def weeks(
    period: Period,
    answers: Mapping[date, Answers],
    latencies: Mapping[tuple[str, date | None], Latency],
    solved: Mapping[date | None, float],
) -> tuple[Week, ...]:
    rows = (
        Call.objects.filter(period.calls()).annotate(week=TruncWeek("started_at")).order_by().values("week")
    ).annotate(number=Count("pk"), average=Avg(LENGTH, filter=Q(ended_at__gte=F("started_at"))))
    calls = {row["week"].date(): row for row in rows}
    return tuple(
        Week(
            monday=monday,
            calls=calls[monday]["number"] if monday in calls else 0,
            average=calls[monday]["average"] if monday in calls else None,
            answers=answers.get(monday, together(())),
            solved_share=solved.get(monday),
            whole=latencies.get(("", monday)),
        )
        for monday in period.weeks
    )


def answers_by_week(period: Period) -> dict[date, Answers]:
    marks = {f"mark_{mark}": Count("pk", filter=Q(rating=mark)) for mark in range(1, 6)}
    rows: Any = (
        Turn.objects.filter(period.turns(), speaker=Turn.Speaker.ASSISTANT)
        .annotate(week=TruncWeek("call__started_at"))
        .order_by()
        .values("week")
        .annotate(
            questions=Count("pk", filter=Q(answered__isnull=False)),
            unanswered=Count("pk", filter=Q(answered=False)),
            **marks,
        )
    )
    return {
        row["week"].date(): _answers(row["questions"], row["unanswered"], {n: row[f"mark_{n}"] for n in range(1, 6)})
        for row in rows
    }


def _answers(questions: int, unanswered: int, marks: Mapping[int, int]) -> Answers:
    rated = sum(marks.values())
    rating = sum(mark * number for mark, number in marks.items()) / rated if rated else None
    return Answers(questions, unanswered, rated, rating, marks)


def together(parts: Any) -> Answers:
    parts = list(parts)
    marks = {mark: sum(part.marks[mark] for part in parts) for mark in range(1, 6)}
    return _answers(sum(part.questions for part in parts), sum(part.unanswered for part in parts), marks)
