"""What a brigade is told of a house and of the work in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from houses.brigade_pages.days import OPEN, Day, place_of
from houses.cleaning import CleaningType
from houses.models import CleaningVisit, House
from houses.schedule import Month, Slot

TYPE_UNKNOWN = "Тип уборки не указан в CRM"
COUNTED = (("entrances", "подъездов"), ("floors", "этажей"), ("apartments", "квартир"))


@dataclass(frozen=True, slots=True)
class Work:
    """What to clean: the short name of the type and the CRM's own text, either of which may be empty."""

    name: str
    text: str
    dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Card:
    """One visit on a list. `number` is its place in the day."""

    visit: CleaningVisit
    number: int
    work: Work
    map_url: str
    missing: str

    @property
    def is_open(self) -> bool:
        return self.visit.status in OPEN


def work_of(visit: CleaningVisit) -> Work:
    """The text stands in the CRM's slot that holds the date; the same slot number wins over another."""
    day = visit.crm_date or visit.date
    slots = sorted((slot for slot in visit.house.slots if day in slot.dates), key=lambda slot: slot.slot != visit.slot)
    text = next((slot.text.strip() for slot in slots if slot.text.strip()), "")
    return named(visit.cleaning_type, text)


def named(cleaning_type: str, text: str, dates: tuple[date, ...] = ()) -> Work:
    name = str(CleaningType(cleaning_type).label) if cleaning_type else ""
    return Work(name or ("" if text else TYPE_UNKNOWN), "" if text == name else text, dates)


def works_of(house: House, months: tuple[Month, ...]) -> list[Work]:
    """What the CRM plans for these months: one entry for each kind of work, with its dates in order."""
    kinds: dict[tuple[str, str], list[Slot]] = {}
    for slot in house.slots:
        if (slot.year, slot.month) in months and slot.dates:
            kinds.setdefault((slot.cleaning_type, slot.text.strip()), []).append(slot)
    works = [
        named(*kind, tuple(sorted({day for slot in slots for day in slot.dates}))) for kind, slots in kinds.items()
    ]
    return sorted(works, key=lambda work: work.dates)


def map_url(house: House) -> str:
    """A link that opens the map application: by coordinates, else by the address, else nothing."""
    point = place_of(house)
    if point is not None:
        return "https://yandex.ru/maps/?" + urlencode({"rtext": f"~{point[0]:.6f},{point[1]:.6f}", "rtt": "auto"})
    text = house.address or house.title
    return "https://yandex.ru/maps/?" + urlencode({"text": text}) if text else ""


def missing_in(house: House, *, with_place: bool = True) -> str:
    """What the CRM leaves out and the work needs, as the end of «нет данных: …»; empty when all is there."""
    lacking = [word for field, word in COUNTED if getattr(house, field) is None]
    if not house.address:
        lacking.insert(0, "адрес")
    if with_place and place_of(house) is None:
        lacking.append("место на карте")
    return ", ".join(lacking)


def cards(day: Day) -> tuple[list[Card], list[Card]]:
    """The cards of the way and those of the houses whose place is not known, which the list itself says."""
    made = [
        Card(visit, number, work_of(visit), map_url(visit.house), missing_in(visit.house, with_place=False))
        for number, visit in enumerate(day.visits, 1)
    ]
    return made[: len(day.placed)], made[len(day.placed) :]


def relative_day(day: date, today: date) -> str:
    """«сегодня», «завтра», «вчера», or nothing."""
    words = {today: "сегодня", today + timedelta(days=1): "завтра", today - timedelta(days=1): "вчера"}
    return words.get(day, "")
