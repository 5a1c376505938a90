"""The cleaning schedule of a house: slots of a month, and the phrase the office reads them by."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol, TypeAlias

from django.db import models

from houses.cleaning import CleaningType
from vasdom.errors import InvalidInput

Month: TypeAlias = tuple[int, int]
"""(year, month number)."""

MONTH_NAMES = (
    "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь",
    "Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь",
)  # fmt: skip
MONTH_KEYS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """One slot of one month: dates that share a cleaning type. A month has two, which are not halves of it.

    `cleaning_type` is a `CleaningType` value, empty when the text is none of the three; `text` is the CRM's own.
    """

    year: int
    month: int
    slot: int
    cleaning_type: str
    text: str
    dates: tuple[date, ...]

    def to_json(self) -> dict[str, Any]:
        """The shape kept in `House.schedule`."""
        return {
            "year": self.year,
            "month": self.month,
            "slot": self.slot,
            "type": self.cleaning_type,
            "text": self.text,
            "dates": [day.isoformat() for day in self.dates],
        }

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> Slot:
        """Read what `to_json` wrote."""
        return cls(
            year=value["year"],
            month=value["month"],
            slot=value["slot"],
            cleaning_type=value.get("type") or "",
            text=value.get("text") or "",
            dates=tuple(date.fromisoformat(day) for day in value.get("dates", ())),
        )


class HasSlots(Protocol):
    """What carries a schedule: a House."""

    @property
    def slots(self) -> tuple[Slot, ...]: ...


class Wording(models.TextChoices):
    """How two cleanings of all floors and two of the first floor are called; the label is the phrase itself."""

    COUNTED = "counted", "2 раза + 2 этажа"
    SEED = "seed", "2 раза + первые этажи"


NOT_GIVEN = "не указана"
INDIVIDUAL = "индивидуальная"
WITH_SWEEPING = "2 раза + 2 подметания"


def plural(number: int, one: str, few: str, many: str) -> str:
    """The Russian form that agrees with the number: plural(21, "раз", "раза", "раз") → «раз»."""
    tail = number % 100
    if 11 <= tail <= 14:
        return many
    return {1: one, 2: few, 3: few, 4: few}.get(tail % 10, many)


def periodicity(slots_of_one_month: Iterable[Slot], wording: str) -> str:
    """The phrase for one month, from real dates and their types; a date twice in a slot counts once.

    Args:
        slots_of_one_month: slots of the same month; those without dates say nothing.
        wording: a `Wording` value, the office's choice.
    """
    counts: Counter[str] = Counter()
    for slot in slots_of_one_month:
        counts[slot.cleaning_type] += len(set(slot.dates))
    full, swept, first = (counts.pop(kind.value, 0) for kind in (CleaningType.T1, CleaningType.T2, CleaningType.T3))
    unknown = counts.total()
    match (full, swept, first, unknown):
        case (0, 0, 0, 0):
            return NOT_GIVEN
        case (_, 0, 0, 0):
            return f"{full} {plural(full, 'раз', 'раза', 'раз')}"
        case (2, 2, 0, 0):
            return WITH_SWEEPING
        case (2, 0, 2, 0):
            return str(Wording(wording).label)
        case _:
            return INDIVIDUAL


def periodicity_of(house_or_slots: HasSlots | Sequence[Slot], month: Month | None, wording: str) -> str:
    """The phrase for a house's month; «не указана» for no month or a month without dates."""
    slots = house_or_slots if isinstance(house_or_slots, Sequence) else house_or_slots.slots
    return periodicity([slot for slot in slots if (slot.year, slot.month) == month], wording)


def periodicity_month(slots: Iterable[Slot], *, wanted: Month | None, today: date) -> Month | None:
    """The month whose periodicity is shown.

    It is the wanted month (even an empty one), else the current one when filled, else the nearest filled, the earlier
    of two equally near; None when the house has no dates at all.
    """
    return choose_month({(slot.year, slot.month) for slot in slots if slot.dates}, wanted=wanted, today=today)


def choose_month(filled: Set[Month], *, wanted: Month | None, today: date) -> Month | None:
    """The same choice, from the months that have dates."""
    if not filled:
        return None
    if wanted:
        return wanted
    here = _index((today.year, today.month))
    return min(filled, key=lambda month: (abs(_index(month) - here), month))


def _index(month: Month) -> int:
    return month[0] * 12 + month[1]


def cleaning_dates(slots: Iterable[Slot]) -> dict[str, dict[str, Any]]:
    """The schedule as the API gives it: {"november_2026_1": {"dates": ["2026-11-05"], "type": "Влажная уборка …"}}."""
    return {
        f"{MONTH_KEYS[slot.month - 1]}_{slot.year}_{slot.slot}": {
            "dates": [day.isoformat() for day in slot.dates],
            "type": slot.text,
        }
        for slot in sorted(slots)
        if slot.dates or slot.text
    }


def parse_month(text: str, field: str = "month") -> Month:
    """Read «2026-11»; anything else raises InvalidInput about `field`."""
    match = re.fullmatch(r"(\d{4})-(\d{2})", text.strip(), re.ASCII)
    if match and int(match[1]) >= 1 and 1 <= int(match[2]) <= 12:
        return int(match[1]), int(match[2])
    raise InvalidInput("Месяц ожидается в виде ГГГГ-ММ, например 2026-11.", field=field)


def month_text(month: Month) -> str:
    """«2026-11», as the API writes a month."""
    return f"{month[0]:04}-{month[1]:02}"


def month_title(month: Month) -> str:
    """«Ноябрь 2026»."""
    return f"{MONTH_NAMES[month[1] - 1]} {month[0]}"


def month_of(day: date) -> Month:
    return day.year, day.month


def first_day(month: Month) -> date:
    return date(month[0], month[1], 1)


def shift_month(month: Month, by: int) -> Month:
    """The month so many months later (or earlier, when negative)."""
    year, index = divmod(month[0] * 12 + month[1] - 1 + by, 12)
    return year, index + 1
