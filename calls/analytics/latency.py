"""How long answers took, by stage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from calls import stages
from calls.analytics.period import Period


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds of half and of 95 of 100 answers, and how many were measured."""

    p50: float
    p95: float
    measured: int


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage over the whole period, and its half by week, None for a week without one."""

    name: str
    label: str
    latency: Latency
    weeks: tuple[float | None, ...]


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


def latencies(period: Period) -> dict[tuple[str, date | None], Latency]:
    """By stage and Monday; the stage "" is the whole answer, the Monday None the whole period."""
    found = period.rows(LATENCY_SQL, total=stages.TOTAL)
    return {(stage, week): Latency(p50, p95, number) for stage, week, (p50, p95), number in found}


def stage_rows(period: Period, found: Mapping[tuple[str, date | None], Latency]) -> tuple[Stage, ...]:
    whole = {stage: latency.p50 for (stage, week), latency in found.items() if stage and week is None}
    return tuple(
        Stage(
            name=stage,
            label=stages.label_of(stage),
            latency=found[stage, None],
            weeks=tuple(found[stage, monday].p50 if (stage, monday) in found else None for monday in period.weeks),
        )
        for stage in stages.in_order(whole)
    )
