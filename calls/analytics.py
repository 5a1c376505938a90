"""Figures of the log: every one is counted from rows, and None where there are none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Avg, Count, F, Q
from django.db.models.functions import TruncDate, TruncWeek

from calls import stages
from calls.models import Call, Turn
from calls.querysets import GOING_ON, CallCounts, midnight

MOST_QUESTIONS = 15
LENGTH = F("ended_at") - F("started_at")
KINDS = ("completed", "interrupted", "failed", "going_on")


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the company, both ends included; `channel` "" is all of them."""

    first: date
    last: date
    channel: str = ""

    @property
    def begin(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def weeks(self) -> list[date]:
        """The Mondays of its weeks."""
        return sorted({day - timedelta(days=day.weekday()) for day in self.days})

    def calls(self) -> Q:
        found = Q(hidden_at=None, started_at__gte=self.begin, started_at__lt=self.end)
        return found & Q(channel=self.channel) if self.channel else found

    def turns(self) -> Q:
        found = Q(call__hidden_at=None, call__started_at__gte=self.begin, call__started_at__lt=self.end)
        return found & Q(call__channel=self.channel) if self.channel else found


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
class Latency:
    """Milliseconds of half and of 95 of 100 answers, and how many were measured."""

    p50: float
    p95: float
    measured: int


@dataclass(frozen=True, slots=True)
class Week:
    monday: date
    calls: int
    average: timedelta | None
    answers: Answers
    whole: Latency | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage over the whole period, and its half by week, None for a week without one."""

    name: str
    label: str
    latency: Latency
    weeks: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Questions that are the same but for case, dots and ё."""

    text: str
    times: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All of the page."""

    counts: CallCounts
    answers: Answers
    days: tuple[Day, ...]
    weeks: tuple[Week, ...]
    whole: Latency | None
    stages: tuple[Stage, ...]
    questions: tuple[Question, ...]
    solved_share: float | None
    cache_share: float | None


def figures(period: Period) -> Figures:
    """A fixed number of queries."""
    latencies = _latencies(period)
    by_week = _answers_by_week(period)
    return Figures(
        counts=Call.objects.filter(period.calls()).counts(),
        answers=_together(by_week.values()),
        days=_days(period),
        weeks=_weeks(period, by_week, latencies),
        whole=latencies.get(("", None)),
        stages=_stages(period, latencies),
        questions=_questions(period),
        solved_share=_solved_share(period),
        cache_share=_cache_share(period),
    )


def _days(period: Period) -> tuple[Day, ...]:
    rows = (
        Call.objects.filter(period.calls()).annotate(day=TruncDate("started_at")).order_by().values("day", "status")
    ).annotate(number=Count("pk"))
    found: dict[date, dict[str, int]] = {day: dict.fromkeys(KINDS, 0) for day in period.days}
    for row in rows:
        kind = "going_on" if row["status"] in GOING_ON else row["status"].lower()
        found[row["day"]][kind] += row["number"]
    return tuple(Day(day, numbers) for day, numbers in found.items())


def _weeks(
    period: Period, answers: Mapping[date, Answers], latencies: Mapping[tuple[str, date | None], Latency]
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
            answers=answers.get(monday, _together(())),
            whole=latencies.get(("", monday)),
        )
        for monday in period.weeks
    )


def _answers_by_week(period: Period) -> dict[date, Answers]:
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


def _together(parts: Any) -> Answers:
    parts = list(parts)
    marks = {mark: sum(part.marks[mark] for part in parts) for mark in range(1, 6)}
    return _answers(sum(part.questions for part in parts), sum(part.unanswered for part in parts), marks)


# --- how long answers took

LATENCY_SQL = """
WITH measured AS (
    SELECT t.id, t.timings, date_trunc('week', c.started_at AT TIME ZONE %(zone)s)::date AS week
    FROM calls_turn t JOIN calls_call c ON c.id = t.call_id
    WHERE c.hidden_at IS NULL AND c.started_at >= %(begin)s AND c.started_at < %(end)s
      AND (%(channel)s = '' OR c.channel = %(channel)s) AND t.speaker = 'assistant' AND t.timings <> '{}'
), spent AS (
    SELECT id, week, key AS stage, value::float8 AS ms FROM measured, jsonb_each(timings) WHERE key <> %(total)s
), everything AS (
    SELECT week, stage, ms FROM spent
    UNION ALL SELECT week, '', sum(ms) FROM spent GROUP BY id, week
)
SELECT stage, week, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY ms), count(*)
FROM everything GROUP BY GROUPING SETS ((stage, week), (stage))
"""


def _latencies(period: Period) -> dict[tuple[str, date | None], Latency]:
    """By stage and Monday; the stage "" is the whole answer, the Monday None the whole period."""
    given: dict[str, Any] = {
        "zone": settings.TIME_ZONE,
        "begin": period.begin,
        "end": period.end,
        "channel": period.channel,
        "total": stages.TOTAL,
    }
    with connection.cursor() as cursor:
        cursor.execute(LATENCY_SQL, given)
        return {(stage, week): Latency(p50, p95, number) for stage, week, (p50, p95), number in cursor.fetchall()}


def _stages(period: Period, latencies: Mapping[tuple[str, date | None], Latency]) -> tuple[Stage, ...]:
    whole = {stage: found.p50 for (stage, week), found in latencies.items() if stage and week is None}
    return tuple(
        Stage(
            name=stage,
            label=stages.label_of(stage),
            latency=latencies[stage, None],
            weeks=tuple(
                latencies[stage, monday].p50 if (stage, monday) in latencies else None for monday in period.weeks
            ),
        )
        for stage in stages.in_order(whole)
    )


# --- what was asked

# A question is a turn of the caller that the assistant's next turn answered, or could not.
QUESTIONS_SQL = """
SELECT trim(regexp_replace(lower(translate(coalesce(nullif(q.normalised, ''), q.text), 'ёЁ', 'еЕ')), '[^[:alnum:]]+',
                           ' ', 'g')) AS asked,
       q.text, q.started_at, a.answered, a.embedding_requests, q.id
FROM calls_turn q
JOIN calls_call c ON c.id = q.call_id
JOIN calls_turn a ON a.call_id = q.call_id AND a.number = q.number + 1 AND a.speaker = 'assistant'
WHERE q.speaker = 'caller' AND a.answered IS NOT NULL AND c.hidden_at IS NULL AND c.started_at < %(end)s
  AND (%(channel)s = '' OR c.channel = %(channel)s)
"""
FREQUENT_SQL = f"""
SELECT min(text), count(*), count(*) FILTER (WHERE NOT answered)
FROM ({QUESTIONS_SQL} AND c.started_at >= %(begin)s) AS questions
WHERE asked <> '' GROUP BY asked ORDER BY count(*) DESC, max(started_at) DESC LIMIT %(most)s
"""
# Asked before, whenever that was: its vector should have come from the cache.
CACHE_SQL = f"""
SELECT count(*), count(*) FILTER (WHERE embedding_requests = 0)
FROM (SELECT questions.*, row_number() OVER (PARTITION BY asked ORDER BY started_at, id) AS turn
      FROM ({QUESTIONS_SQL}) AS questions WHERE embedding_requests IS NOT NULL) AS repeats
WHERE turn > 1 AND started_at >= %(begin)s
"""


def _questions(period: Period) -> tuple[Question, ...]:
    return tuple(Question(*row) for row in _rows(FREQUENT_SQL, period))


def _cache_share(period: Period) -> float | None:
    """Of the questions asked before, the share whose vector was not asked for again."""
    [(repeats, hits)] = _rows(CACHE_SQL, period)
    return hits / repeats if repeats else None


def _rows(sql: str, period: Period) -> list[Any]:
    given: dict[str, Any] = {
        "begin": period.begin,
        "end": period.end,
        "channel": period.channel,
        "most": MOST_QUESTIONS,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def _solved_share(period: Period) -> float | None:
    """Of the calls in which something was asked, the share that needed no person and had an answer to everything."""
    asked = Count("turns", filter=Q(turns__answered__isnull=False))
    unsolved = Count("turns", filter=Q(turns__answered=False) | Q(turns__handed_over=True))
    calls = Call.objects.filter(period.calls()).order_by().annotate(asked=asked, unsolved=unsolved).filter(asked__gt=0)
    found = calls.aggregate(all=Count("pk"), solved=Count("pk", filter=Q(unsolved=0)))
    return found["solved"] / found["all"] if found["all"] else None
