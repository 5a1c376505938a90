"""Bars of visits by day or month, each leading to its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from houses.analytics import Work, month_bounds
from vasdom.overview import drawing, links

WEEKDAYS = ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс")
MONTHS_SHORT = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")


@dataclass(frozen=True, slots=True)
class Bar:
    """One column: two lines under it, what it stands for, where it leads."""

    name: str
    label: str
    sublabel: str
    work: Work
    segments: tuple[drawing.Segment, ...]
    link: str
    current: bool
    weekend: bool = False


def day_bars(work: Mapping[date, Work], owners: dict[str, str], today: date) -> tuple[Bar, ...]:
    largest = _largest(work.values())
    return tuple(
        Bar(
            name=f"{WEEKDAYS[day.weekday()]} {day:%d.%m.%Y}",
            label=WEEKDAYS[day.weekday()],
            sublabel=f"{day.day}",
            work=done,
            segments=tuple(drawing.segments(done, largest)),
            link=links.visits(owners, day, day),
            current=day == today,
            weekend=day.weekday() >= 5,
        )
        for day, done in work.items()
    )


def month_bars(work: Mapping[tuple[int, int], Work], owners: dict[str, str], today: date) -> tuple[Bar, ...]:
    largest = _largest(work.values())
    bars = []
    for month, done in work.items():
        start, end = month_bounds(month)
        bars.append(
            Bar(
                name=f"{start:%m.%Y}",
                label=MONTHS_SHORT[start.month - 1],
                sublabel=f"{start.year}",
                work=done,
                segments=tuple(drawing.segments(done, largest)),
                link=links.visits(owners, start, end),
                current=start <= today <= end,
            )
        )
    return tuple(bars)


def _largest(works: Iterable[Work]) -> int:
    return max((work.total for work in works), default=0) or 1
