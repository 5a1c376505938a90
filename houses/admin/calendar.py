"""A month as a grid of days with what is cleaned on each."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from houses.cleaning import CleaningType
from houses.models import CleaningVisit
from houses.schedule import Month, Slot, month_text, month_title, shift_month

WEEKDAYS = ("Пн", "Вт", "Ср", "Чт", "Пт", "Сб", "Вс")
MISSED = "missed"
STATE_LABELS = {
    **{value: str(label) for value, label in CleaningVisit.Status.choices},
    MISSED: "Отчёта нет, дата прошла",
    "": "По графику",
}
STATE_ICONS = {"done": "check", "in_progress": "play_arrow", "not_possible": "block", MISSED: "question_mark"}


@dataclass(frozen=True, slots=True)
class Mark:
    """One cleaning on one day; `state` is a visit's status, `missed`, or empty for a date without a visit."""

    cleaning_type: str
    state: str

    @property
    def css(self) -> str:
        return f"is-{self.cleaning_type.lower() or 'unknown'} is-{self.state or 'bare'}"

    @property
    def label(self) -> str:
        return self.cleaning_type or "?"

    @property
    def icon(self) -> str:
        return STATE_ICONS.get(self.state, "")

    @property
    def title(self) -> str:
        kind = CleaningType(self.cleaning_type).label if self.cleaning_type else "тип неизвестен"
        return f"{kind}. {STATE_LABELS[self.state]}"


@dataclass(frozen=True, slots=True)
class Day:
    """A cell; `number` is 0 outside the month."""

    number: int
    is_weekend: bool
    is_today: bool
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class MonthGrid:
    """Weeks from Monday, with the months before and after for the arrows."""

    month: Month
    weeks: tuple[tuple[Day, ...], ...]
    today: date

    weekdays = WEEKDAYS

    @property
    def title(self) -> str:
        return month_title(self.month)

    @property
    def text(self) -> str:
        return month_text(self.month)

    @property
    def previous(self) -> str:
        return month_text(shift_month(self.month, -1))

    @property
    def next(self) -> str:
        return month_text(shift_month(self.month, 1))

    @property
    def current(self) -> str:
        return month_text((self.today.year, self.today.month))

    @property
    def is_current(self) -> bool:
        return self.text == self.current

    @property
    def is_empty(self) -> bool:
        return not any(day.marks for week in self.weeks for day in week)


def month_grid(month: Month, slots: Iterable[Slot], visits: Iterable[CleaningVisit], today: date) -> MonthGrid:
    """Visits on their own dates, and CRM dates that have no visit."""
    marks: dict[date, list[Mark]] = defaultdict(list)
    covered = set()
    for visit in visits:
        covered.add((visit.crm_date, visit.slot))
        is_missed = visit.status == CleaningVisit.Status.PLANNED and visit.date < today
        marks[visit.date].append(Mark(visit.cleaning_type, MISSED if is_missed else visit.status))
    for slot in slots:
        for day in set(slot.dates):
            if (day, slot.slot) not in covered:
                marks[day].append(Mark(slot.cleaning_type, ""))
    weeks = calendar.Calendar().monthdatescalendar(*month)
    return MonthGrid(month, tuple(tuple(_cell(day, month, marks, today) for day in week) for week in weeks), today)


def _cell(day: date, month: Month, marks: dict[date, list[Mark]], today: date) -> Day:
    if (day.year, day.month) != month:
        return Day(0, False, False, ())
    here = tuple(sorted(marks.get(day, ()), key=lambda mark: mark.cleaning_type))
    return Day(day.day, day.weekday() >= 5, day == today, here)
