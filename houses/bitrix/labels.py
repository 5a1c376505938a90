"""What the label of a month field says: «Дата уборки 1 | Сентябрь 2025», in all the ways the office has typed it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from houses.models.mapping import ScheduleField

_MONTH_STEMS = (
    "январ",
    "феврал",
    "март",
    "апрел",
    "ма[йяе]",
    "июн",
    "июл",
    "август",
    "сентябр",
    "октябр",
    "ноябр",
    "декабр",
)
_KINDS = {"дат": ScheduleField.Kind.DATES, "тип": ScheduleField.Kind.TYPE}
_SUBJECT = re.compile(r"\b(дат|тип)[а-я]*\s+убор[а-я]*")
_MONTHS = tuple(re.compile(rf"(?<![а-я]){stem}[а-я]{{0,2}}(?![а-я])") for stem in _MONTH_STEMS)
_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_SLOT = re.compile(r"(?<!\d)([1-9])(?!\d)")


@dataclass(frozen=True, slots=True)
class MonthLabel:
    """A label taken apart; a part that the label does not tell is None."""

    kind: ScheduleField.Kind
    year: int | None
    month: int
    slot: int | None

    @property
    def missing(self) -> str:
        """What a person must add, in Russian; empty when the label is complete."""
        parts = [name for name, value in (("года", self.year), ("номера слота", self.slot)) if value is None]
        return f"в подписи нет {' и '.join(parts)}" if parts else ""


def parse_label(label: str) -> MonthLabel | None:
    """The month field a label means, or None when it is not one (no «дата/тип уборки», or no single month)."""
    text = " ".join(label.lower().replace("ё", "е").replace("\xa0", " ").replace("|", " ").split())
    subject = _SUBJECT.search(text)
    if subject is None:
        return None
    months = [number for number, pattern in enumerate(_MONTHS, start=1) if pattern.search(text)]
    if len(months) != 1:
        return None
    year = _YEAR.search(text)
    slot = _SLOT.search(_YEAR.sub(" ", text[subject.end() :]))
    return MonthLabel(
        kind=_KINDS[subject.group(1)],
        year=int(year.group(1)) if year else None,
        month=months[0],
        slot=int(slot.group(1)) if slot else None,
    )
