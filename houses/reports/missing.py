"""What the CRM's cards of houses lack, as a page and as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from houses.models import House
from houses.reports.export import CHUNK
from houses.reports.tables import Cell
from houses.schedule import periodicity_month, periodicity_of

HEADER = (
    "ID", "Адрес", "УК", "Бригада", "Подъезды", "Этажи", "Квартиры", "Периодичность", "Старший (ФИО)",
    "Старший (телефон)", "Старший (email)", "Недостающие поля",
)  # fmt: skip
SHORTEST_ADDRESS = 10
HIDDEN = "скрыт"
Lacks = Callable[[Any], bool]
MARKS: tuple[tuple[str, Lacks], ...] = (
    ("Адрес", lambda house: len(house.address) < SHORTEST_ADDRESS),
    ("УК", lambda house: house.company_id is None),
    ("Бригада", lambda house: house.brigade_id is None),
    ("Подъезды", lambda house: house.entrances is None),
    ("Этажи", lambda house: house.floors is None),
    ("Квартиры", lambda house: house.apartments is None),
    ("График уборки", lambda house: not any(slot.dates for slot in house.slots)),
    ("Старший (ФИО)", lambda house: house.contact is None or not house.contact.full_name),
    ("Старший (телефон)", lambda house: house.contact is None or not list(house.contact.phones.all())),
)


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A house and the marks of what it lacks, in the order of `MARKS`."""

    house: House
    marks: tuple[str, ...]


def missing_marks(house: House) -> tuple[str, ...]:
    return tuple(name for name, lacks in MARKS if lacks(house))


def prepared(houses: QuerySet[House]) -> QuerySet[House]:
    return houses.select_related("company", "brigade", "contact").prefetch_related("contact__phones")


def missing(houses: QuerySet[House]) -> Iterator[MissingRow]:
    """Every house with what it lacks, in chunks."""
    for house in prepared(houses).iterator(chunk_size=CHUNK):
        yield MissingRow(house, missing_marks(house))


def file_rows(houses: QuerySet[House], *, phones: bool, wording: str, today: date) -> Iterator[tuple[Cell, ...]]:
    """Rows of the file; without the right to phones those and the e-mail are «скрыт» where there is one."""
    for row in missing(houses):
        house, elder = row.house, row.house.contact
        slots = house.slots
        shown = periodicity_month(slots, wanted=None, today=today)
        numbers = ", ".join(phone.number for phone in elder.phones.all()) if elder else ""
        email = elder.email if elder else ""
        yield (
            house.bitrix_id,
            house.address,
            house.company.title if house.company else "",
            house.brigade.name if house.brigade else "",
            house.entrances,
            house.floors,
            house.apartments,
            periodicity_of(slots, shown, wording),
            elder.full_name if elder else "",
            numbers if phones or not numbers else HIDDEN,
            email if phones or not email else HIDDEN,
            ", ".join(row.marks),
        )
