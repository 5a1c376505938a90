"""Month fields: dates and type of two slots for every month, labelled by hand and so irregularly.

The fields of 2025 have their real names; each year somebody makes new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from houses.bitrix.twin.portal import crm_date
from houses.bitrix.twin.records import Deal, UserField

TEXTS = {
    "T1": "Влажная уборка лестничных площадок всех этажей и лифта (при наличии); Профилактическая дезинфекция МОП;",
    "T2": (
        "Подметание лестничных площадок и маршей всех этажей, влажная уборка 1 этажа и лифта (при наличии); "
        "Профилактическая дезинфекция МОП;"
    ),
    "T3": "Влажная уборка 1 этажа и лифта (при наличии); Профилактическая дезинфекция МОП;",
}
MONTHS = (
    "Январь",
    "Февраль",
    "Март",
    "Апрель",
    "Май",
    "Июнь",
    "Июль",
    "Август",
    "Сентябрь",
    "Октябрь",
    "Ноябрь",
    "Декабрь",
)

# Field numbers of 2025: (dates 1, type 1, dates 2, type 2).
_NUMBERS_2025 = {
    1: (1731051175467, 1731051110108, 1731051181129, 1731051154828),
    2: (1736838422508, 1736838645045, 1736838678943, 1736838739845),
    3: (1736838821484, 1736838888918, 1736838963166, 1736839015446),
    4: (1741590925181, 1741591765022, 1741591860197, 1741591909504),
    5: (1741591956000, 1741592022295, 1741592056863, 1741592125515),
    6: (1741592204674, 1741592274725, 1741592305847, 1741592364473),
    7: (1741592419748, 1741592483344, 1741592509660, 1741592563359),
    8: (1741592613023, 1741592660114, 1741592681886, 1741592730726),
    9: (1741592774017, 1741592855565, 1741592892232, 1741592945060),
    10: (1741593004888, 1741593047994, 1741593067418, 1741593115407),
    11: (1741593156926, 1741593210242, 1741593231558, 1741593285121),
    12: (1741593340713, 1741593387667, 1741593408621, 1741593452062),
}
# The labels that somebody typed differently. Both types of January and both dates of August are called the same.
_LABELS_2025 = {
    (1, "type", 1): "Тип уборки 1 январь 2025",
    (1, "type", 2): "Тип уборки 1 январь 2025",
    (2, "dates", 1): "Дата уборки 1 | Февраль 2025",
    (5, "dates", 1): "Дата уборки1| Май 2025",
    (5, "dates", 2): "Дата уборки 2|Май 2025",
    (8, "dates", 1): "Дата уборки 2| Август 2025",
    (8, "dates", 2): "Дата уборки 2| Август 2025",
    (9, "dates", 1): "Дата уборки 1| Сентябрь 2025",
    (11, "type", 1): "Тип уборки 1| Ноябрь 2025 ",
}
_LABEL_SHAPES = (
    "{kind} уборки {slot} | {month} {year}",
    "{kind} уборки {slot}| {month} {year}",
    "{kind} уборки{slot}| {month} {year}",
    "{kind} уборки {slot}|{month} {year}",
    "{kind} уборки {slot} {lower} {year}",
    "{kind} уборки {slot}| {month} {year} ",
)


@dataclass(frozen=True, slots=True)
class MonthSlot:
    """Field names of one slot of one month, and its options by cleaning type."""

    dates: UserField
    type: UserField
    options: dict[str, int]  # {"T1": 2468, …}


class MonthFields:
    """The month fields that exist today: from 2025 to this year, from October on also of the next.

    In a January before that, the year that has just ended too: its December is still looked at.
    """

    def __init__(self, today: date) -> None:
        self.slots: dict[tuple[int, int, int], MonthSlot] = {}  # (year, month, slot)
        last = max(2025, today.year + (1 if today.month >= 10 else 0))
        first = min(2025, today.year - (1 if today.month == 1 else 0))
        for year in range(first, last + 1):
            for month in range(1, 13):
                for slot in (1, 2):
                    self.slots[year, month, slot] = _make_slot(year, month, slot)

    def userfields(self) -> list[UserField]:
        return [field for slot in self.slots.values() for field in (slot.dates, slot.type)]

    def fill(self, deal: Deal, year: int, month: int, slot: int, cleaning_type: str, days: list[date]) -> None:
        """Writes a slot of a deal's schedule; `cleaning_type` "" leaves the type out."""
        fields = self.slots[year, month, slot]
        deal.uf[fields.dates.name] = [crm_date(day) for day in sorted(days)]
        if cleaning_type:
            deal.uf[fields.type.name] = fields.options[cleaning_type]


def _make_slot(year: int, month: int, slot: int) -> MonthSlot:
    names = {kind: f"UF_CRM_{_number(year, month, slot, kind)}" for kind in ("dates", "type")}
    ids = 601 + 2 * ((year - 2025) * 48 + (month - 1) * 4 + (slot - 1) * 2)
    options = _options(year, month, slot)
    return MonthSlot(
        UserField(ids, names["dates"], "date", _label(year, month, slot, "dates"), multiple=True),
        UserField(
            ids + 2,
            names["type"],
            "enumeration",
            _label(year, month, slot, "type"),
            options=[(number, TEXTS[kind]) for kind, number in options.items()],
        ),
        options,
    )


def _number(year: int, month: int, slot: int, kind: str) -> int:
    if year == 2025:
        return _NUMBERS_2025[month][(slot - 1) * 2 + (kind == "type")]
    start = 1741593500000 + (year - 2025) * 31_536_000_000
    return start + month * 176_821 + slot * 47_333 + (23_917 if kind == "type" else 0)


def _options(year: int, month: int, slot: int) -> dict[str, int]:
    """Every field has ids of its own: 2466 on in September 2025, and the order of the types differs after 2025."""
    first = 2370 + 6 * ((month - 1) * 2 + slot - 1) + (year - 2025) * 300
    order = ("T2", "T1", "T3") if year == 2025 or month % 3 else ("T1", "T3", "T2")
    return {kind: first + 2 * index for index, kind in enumerate(order)}


def _label(year: int, month: int, slot: int, kind: str) -> str:
    if year == 2025 and (month, kind, slot) in _LABELS_2025:
        return _LABELS_2025[month, kind, slot]
    shape = _LABEL_SHAPES[(year + month + 2 * slot + (kind == "type")) % len(_LABEL_SHAPES)]
    name = MONTHS[month - 1]
    return shape.format(kind="Тип" if kind == "type" else "Дата", slot=slot, month=name, lower=name.lower(), year=year)
