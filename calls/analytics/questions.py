"""What was asked, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q
from django.db.models.functions import TruncWeek

from calls.analytics.period import Period
from calls.models import Call, Turn

MOST_QUESTIONS = 15


@dataclass(frozen=True, slots=True)
class Question:
    """Questions that are the same but for case, dots and ё."""

    text: str
    times: int
    unanswered: int


# A question is a turn of the caller that the assistant's next turn answered, or could not. By phone an «угу» may lie
# between: it asks nothing.
QUESTIONS_SQL = """
SELECT trim(regexp_replace(lower(translate(coalesce(nullif(q.normalised, ''), q.text), 'ёЁ', 'еЕ')), '[^[:alnum:]]+',
                           ' ', 'g')) AS asked,
       q.text, q.started_at, a.answered, a.embedding_requests, q.id
FROM calls_turn q
JOIN calls_call c ON c.id = q.call_id
JOIN LATERAL (
    SELECT n.* FROM calls_turn n WHERE n.call_id = q.call_id AND n.number > q.number AND n.spoken_to
    ORDER BY n.number LIMIT 1
) a ON a.speaker = 'assistant'
WHERE q.speaker = 'caller' AND q.spoken_to AND a.answered IS NOT NULL AND c.hidden_at IS NULL AND c.started_at < %(end)s
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


def questions(period: Period) -> tuple[Question, ...]:
    return tuple(Question(*row) for row in period.rows(FREQUENT_SQL, most=MOST_QUESTIONS))


def cache_share(period: Period) -> float | None:
    """Of the questions asked before, the share whose vector was not asked for again."""
    [(repeats, hits)] = period.rows(CACHE_SQL)
    return hits / repeats if repeats else None


def solved_shares(period: Period) -> dict[date | None, float]:
    """Of the calls in which something was asked, the share that needed no person and had an answer to everything.

    By the Monday of their week, and None for the whole period; a week in which nothing was asked is not there.
    """
    turns = Turn.objects.filter(call=OuterRef("pk"))
    asked = Exists(turns.filter(answered__isnull=False))
    unsolved = Exists(turns.filter(Q(answered=False) | Q(handed_over=True)))
    calls = Call.objects.filter(asked, period.calls()).annotate(week=TruncWeek("started_at"), unsolved=unsolved)
    rows = calls.order_by().values("week").annotate(number=Count("pk"), solved=Count("pk", filter=Q(unsolved=False)))
    numbers: dict[date | None, tuple[int, int]] = {row["week"].date(): (row["solved"], row["number"]) for row in rows}
    if numbers:
        numbers[None] = sum(solved for solved, _ in numbers.values()), sum(number for _, number in numbers.values())
    return {week: solved / number for week, (solved, number) in numbers.items()}
