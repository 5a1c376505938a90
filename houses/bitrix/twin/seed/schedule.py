"""Schedules: which days of a month a house is cleaned by the five tariffs."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class SlotPlan:
    """What one slot of every month holds: a cleaning type and which of the house's days it takes.

    Days are picked by week of the house's weekday: 0 is its first such day in the month. `extra` weeks are of a second
    weekday, three days later.
    """

    cleaning_type: str
    weeks: tuple[int, ...]
    extra: tuple[int, ...] = ()


Plan = tuple[SlotPlan, ...]

# By tariff code: 1 four washes, 2 two washes and two sweepings, 3 two washes and two of the first floor,
# 4 two washes, 5 two washes and six of the first floor.
PLANS: dict[int, tuple[Plan, ...]] = {
    1: (
        (SlotPlan("T1", (0, 1)), SlotPlan("T1", (2, 3))),
        (SlotPlan("T1", (0, 2)), SlotPlan("T1", (1, 3))),
    ),
    2: (
        (SlotPlan("T1", (0, 2)), SlotPlan("T2", (1, 3))),
        (SlotPlan("T2", (0, 2)), SlotPlan("T1", (1, 3))),
    ),
    3: (
        (SlotPlan("T1", (0, 2)), SlotPlan("T3", (1, 3))),
        (SlotPlan("T3", (0, 2)), SlotPlan("T1", (1, 3))),
    ),
    4: (
        (SlotPlan("T1", (0,)), SlotPlan("T1", (2,))),
        (SlotPlan("T1", (1, 3)),),
    ),
    5: ((SlotPlan("T1", (0, 2)), SlotPlan("T3", (1, 3), (0, 1, 2, 3))),),
}


def month_near(today: date, offset: int) -> tuple[int, int]:
    """(year, month) so many months from today's."""
    index = today.year * 12 + today.month - 1 + offset
    return index // 12, index % 12 + 1


def days_of(plan: SlotPlan, year: int, month: int, weekday: int) -> list[date]:
    """Never a Sunday: the extra weekday wraps within Monday…Saturday."""
    main = _weekdays(year, month, weekday)
    other = _weekdays(year, month, (weekday + 3) % 6)
    return sorted([main[week] for week in plan.weeks] + [other[week] for week in plan.extra])


def _weekdays(year: int, month: int, weekday: int) -> list[date]:
    first = date(year, month, 1)
    start = 1 + (weekday - first.weekday()) % 7
    last = calendar.monthrange(year, month)[1]
    return [date(year, month, day) for day in range(start, last + 1, 7)]
