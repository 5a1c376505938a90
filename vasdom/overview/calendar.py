"""The month as a grid of days, each with its brigades and cleaning types."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from houses.analytics import DayCell, Work, month_bounds, sum_of
from houses.cleaning import CleaningType
from houses.schedule import Month
from vasdom.overview import drawing, links
from vasdom.overview.bars import WEEKDAYS
from vasdom.overview.filters import Filters, week_of

UNKNOWN_TYPE = "T0"
SHORT_TYPES = {"T1": "все этажи", "T2": "подметание", "T3": "1 этаж", UNKNOWN_TYPE: "тип неизвестен"}


@dataclass(frozen=True, slots=True)
class Chip:
    """One brigade's visits of one day."""

    short: str
    title: str
    color: str
    count: int
    link: str


@dataclass(frozen=True, slots=True)
class TypeCount:
    """Visits of one cleaning type; `start` and `length` are percent of the day's bar."""

    code: str
    short: str
    count: int
    start: float
    length: float


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    weekday: str
    outside: bool
    current: bool
    weekend: bool
    work: Work
    chips: tuple[Chip, ...]
    types: tuple[TypeCount, ...]
    link: str


@dataclass(frozen=True, slots=True)
class LegendItem:
    title: str
    color: str


@dataclass(frozen=True, slots=True)
class Calendar:
    """Whole weeks, Monday first; days of neighbour months are `outside` and empty."""

    days: tuple[Day, ...]
    brigades: tuple[LegendItem, ...]
    types: tuple[tuple[str, str], ...]

    @property
    def is_empty(self) -> bool:
        return not any(day.work.total for day in self.days)


def calendar_of(cells: Sequence[DayCell], month: Month, chosen: Filters) -> Calendar:
    by_day: dict[date, list[DayCell]] = defaultdict(list)
    for cell in cells:
        by_day[cell.day].append(cell)
    start, end = month_bounds(month)
    first, last = week_of(start)[0], week_of(end)[1]
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    present = {cell.brigade_id for cell in cells}
    painted = _painted(chosen)
    legend = tuple(LegendItem(title, color) for key, (_, title, color, _) in painted.items() if key in present)
    types = {cell.cleaning_type or UNKNOWN_TYPE for cell in cells}
    return Calendar(
        days=tuple(_day(day, by_day.get(day, []), month, chosen, painted) for day in span),
        brigades=legend,
        types=tuple((code, SHORT_TYPES[code]) for code in SHORT_TYPES if code in types),
    )


Painted = dict[int | None, tuple[str, str, str, str]]
"""By brigade: the short sign on a chip, the full title, the colour, the word of addresses."""


def _painted(chosen: Filters) -> Painted:
    painted: Painted = {
        brigade.pk: (
            str(brigade.number) if brigade.number is not None else brigade.name[:3],
            brigade.name,
            drawing.PALETTE[index % len(drawing.PALETTE)],
            str(brigade.pk),
        )
        for index, brigade in enumerate(chosen.brigades)
    }
    return painted | {None: ("—", "Бригада не назначена", "#8b97a8", links.NONE)}


def _day(day: date, cells: Sequence[DayCell], month: Month, chosen: Filters, painted: Painted) -> Day:
    per_brigade: Counter[int | None] = Counter()
    per_type: Counter[str] = Counter()
    for cell in cells:
        per_brigade[cell.brigade_id] += cell.work.total
        per_type[cell.cleaning_type or UNKNOWN_TYPE] += cell.work.total
    chips = []
    for key, (short, title, color, word) in painted.items():
        if per_brigade[key]:
            link = links.visits(chosen.owners() | {"brigade": word}, day, day)
            chips.append(Chip(short, title, color, per_brigade[key], link))
    return Day(
        day=day,
        weekday=WEEKDAYS[day.weekday()],
        outside=(day.year, day.month) != month,
        current=day == chosen.today,
        weekend=day.weekday() >= 5,
        work=sum_of(cell.work for cell in cells),
        chips=tuple(chips),
        types=_types(per_type),
        link=links.visits(chosen.owners(), day, day),
    )


def _types(counts: Counter[str]) -> tuple[TypeCount, ...]:
    total = counts.total()
    rows, begun = [], 0
    for code in (*CleaningType.values, UNKNOWN_TYPE):
        if count := counts[code]:
            rows.append(
                TypeCount(code, SHORT_TYPES[code], count, round(100 * begun / total, 2), round(100 * count / total, 2))
            )
            begun += count
    return tuple(rows)
