"""The telephone line: how soon callers hear something, whether they are let finish, whether the line answers at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from calls import stages
from calls.analytics.availability import Availability, availability
from calls.analytics.latency import Latency
from calls.analytics.period import Period
from calls.models import Call

OTHER = "other"
"""What of the time to the first sound no stage accounts for."""


@dataclass(frozen=True, slots=True)
class FirstAudio:
    """From the end of the caller's speech to the first voiced sample, on one day.

    `average` are milliseconds by stage, in the order of the bar; together they are the day's average.
    """

    day: date
    latency: Latency
    average: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class BargeIns:
    """How often replies were broken off, rightly or not.

    Attributes:
        interrupted: replies that the caller broke off.
        resumed: replies that fell silent for a noise or an «угу» and went on.
        missed: stretches of the caller's speech over a reply that did not stop, as far as turns tell.
        cut: from the onset of the caller's speech to silence.
    """

    interrupted: int
    resumed: int
    missed: int
    cut: Latency | None

    @property
    def false_share(self) -> float | None:
        """Of all the times a reply fell silent, those it need not have."""
        whole = self.interrupted + self.resumed
        return self.resumed / whole if whole else None

    @property
    def missed_share(self) -> float | None:
        """Of all the times a caller meant to interrupt, those that were not heeded."""
        whole = self.interrupted + self.missed
        return self.missed / whole if whole else None


@dataclass(frozen=True, slots=True)
class Phone:
    first_audio: Latency | None
    days: tuple[FirstAudio, ...]
    greeting: Latency | None
    barge_ins: BargeIns
    availability: Availability


def phone(period: Period) -> Phone | None:
    """None when the period's channel is another."""
    if period.channel not in ("", Call.Channel.PHONE):
        return None
    by_day = {day: Latency(p50, p95, number) for day, (p50, p95), number in period.rows(FIRST_AUDIO_SQL)}
    averages = _averages(period)
    return Phone(
        first_audio=by_day.pop(None, None),
        days=tuple(FirstAudio(day, by_day[day], averages.get(day, {})) for day in sorted(by_day)),
        greeting=_one(period, GREETING_SQL),
        barge_ins=_barge_ins(period),
        availability=availability(period),
    )


def _one(period: Period, sql: str) -> Latency | None:
    [(quantiles, number)] = period.rows(sql)
    return Latency(quantiles[0], quantiles[1], number) if number else None


def _barge_ins(period: Period) -> BargeIns:
    [(interrupted, resumed, missed)] = period.rows(BARGE_INS_SQL)
    return BargeIns(interrupted, resumed, missed, _one(period, CUT_SQL))


def _averages(period: Period) -> dict[date, dict[str, float]]:
    """By day, the average of each stage over all of the day's answers, those without it counting as nothing."""
    answers = {day: (number, total) for day, number, total in period.rows(TOTALS_SQL)}
    found: dict[date, dict[str, float]] = {day: {} for day in answers}
    for day, stage, total in period.rows(STAGES_SQL):
        found[day][stage] = total / answers[day][0]
    for day, (number, total) in answers.items():
        rest = total / number - sum(found[day].values())
        ordered = {stage: found[day][stage] for stage in stages.in_order(found[day])}
        found[day] = ordered | ({OTHER: rest} if rest >= 1 else {})
    return found


CALLS_SQL = """c.channel = 'phone' AND c.hidden_at IS NULL AND c.started_at >= %(begin)s AND c.started_at < %(end)s"""
MEASURED_SQL = f"""
    FROM calls_turn t JOIN calls_call c ON c.id = t.call_id
    WHERE {CALLS_SQL} AND t.speaker = 'assistant' AND t.first_audio_ms IS NOT NULL
"""
DAY_SQL = "(c.started_at AT TIME ZONE %(zone)s)::date"
FIRST_AUDIO_SQL = f"""
SELECT day, percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY ms), count(*)
FROM (SELECT {DAY_SQL} AS day, t.first_audio_ms AS ms {MEASURED_SQL}) AS measured
GROUP BY GROUPING SETS ((day), ()) HAVING count(*) > 0
"""
TOTALS_SQL = f"SELECT {DAY_SQL}, count(*), sum(t.first_audio_ms)::float8 {MEASURED_SQL} GROUP BY 1"
STAGES_SQL = f"""
SELECT day, key, sum(value::float8)
FROM (SELECT {DAY_SQL} AS day, t.timings {MEASURED_SQL}) AS measured, jsonb_each(timings)
WHERE key <> '{stages.TOTAL}' GROUP BY day, key
"""
GREETING_SQL = f"""
SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY c.greeted_ms), count(c.greeted_ms)
FROM calls_call c WHERE {CALLS_SQL} AND c.greeted_ms IS NOT NULL
"""
CUT_SQL = f"""
SELECT percentile_cont(ARRAY[0.5, 0.95]) WITHIN GROUP (ORDER BY t.cut_ms), count(t.cut_ms)
FROM calls_turn t JOIN calls_call c ON c.id = t.call_id WHERE {CALLS_SQL} AND t.cut_ms IS NOT NULL
"""
# Missed: the caller began to say what wanted an answer while a reply sounded, and a second later it still did.
BARGE_INS_SQL = f"""
SELECT (SELECT count(*) FROM calls_turn t JOIN calls_call c ON c.id = t.call_id
        WHERE {CALLS_SQL} AND t.speaker = 'assistant' AND t.interrupted),
       (SELECT count(*) FROM calls_callevent e JOIN calls_call c ON c.id = e.call_id
        WHERE {CALLS_SQL} AND e.kind = 'resumed'),
       (SELECT count(*) FROM calls_turn t JOIN calls_call c ON c.id = t.call_id
        WHERE {CALLS_SQL} AND t.speaker = 'caller' AND t.spoken_to AND NOT t.digits AND EXISTS (
            SELECT 1 FROM calls_turn a WHERE a.call_id = t.call_id AND a.speaker = 'assistant' AND NOT a.interrupted
            AND a.started_at < t.started_at AND t.started_at < a.ended_at - interval '1 second'))
"""
