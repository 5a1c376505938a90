"""What is missing or doubtful in a house's data, for the office to put right in the CRM."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from houses.addresses import names_other_country
from houses.cleaning import CleaningType
from houses.schedule import Slot, periodicity_month

if TYPE_CHECKING:
    from houses.models import House

SHORTEST_ADDRESS = 10
COORDINATES = "coordinates"
"""The key of `House.unparsed` that keeps coordinates nobody may believe."""

# What the tariff's code promises for a month; facts from the company's price list.
TARIFFS: dict[int, dict[str, int]] = {
    1: {CleaningType.T1: 4},
    2: {CleaningType.T1: 2, CleaningType.T2: 2},
    3: {CleaningType.T1: 2, CleaningType.T3: 2},
    4: {CleaningType.T1: 2},
    5: {CleaningType.T1: 2, CleaningType.T3: 6},
}


class Issue(models.TextChoices):
    """A fault in the data of one house."""

    NO_ADDRESS = "no_address", "Нет адреса"
    NO_COMPANY = "no_company", "Нет УК"
    NO_BRIGADE = "no_brigade", "Нет бригады"
    NO_ENTRANCES = "no_entrances", "Нет числа подъездов"
    NO_FLOORS = "no_floors", "Нет числа этажей"
    NO_APARTMENTS = "no_apartments", "Нет числа квартир"
    NO_SCHEDULE = "no_schedule", "Нет графика уборки"
    NO_ELDER = "no_elder", "Нет старшего"
    NO_ELDER_PHONE = "no_elder_phone", "Нет телефона старшего"
    NOT_A_NUMBER = "not_a_number", "Число записано не числом"
    IMPLAUSIBLE_LOCATION = "implausible_location", "Координаты не там"
    NO_LOCATION = "no_location", "Нет координат"
    UNKNOWN_TYPE = "unknown_type", "Неизвестный тип уборки"
    TARIFF_MISMATCH = "tariff_mismatch", "График не по тарифу"


_MISSING_LABELS = {
    Issue.NO_ADDRESS: "Адрес",
    Issue.NO_COMPANY: "УК",
    Issue.NO_BRIGADE: "Бригада",
    Issue.NO_ENTRANCES: "Подъезды",
    Issue.NO_FLOORS: "Этажи",
    Issue.NO_APARTMENTS: "Квартиры",
    Issue.NO_SCHEDULE: "График уборки",
    Issue.NO_ELDER: "Старший (ФИО)",
    Issue.NO_ELDER_PHONE: "Старший (телефон)",
}


def issues_of(house: House, *, phones: Collection[object] | None = None, today: date | None = None) -> list[str]:
    """Codes of `Issue` in the order of the class.

    Args:
        phones: the elder's phones when the caller has them at hand; None reads `house.contact.phones` (prefetch it).
        today: rules which month the tariff is judged on; the company's day by default.
    """
    slots = house.slots
    faults = {
        Issue.NO_ADDRESS: len(house.address.strip()) < SHORTEST_ADDRESS,
        Issue.NO_COMPANY: house.company_id is None,
        Issue.NO_BRIGADE: house.brigade_id is None,
        Issue.NO_ENTRANCES: not house.entrances,
        Issue.NO_FLOORS: not house.floors,
        Issue.NO_APARTMENTS: not house.apartments,
        Issue.NO_SCHEDULE: not any(slot.dates for slot in slots),
        Issue.NO_ELDER: house.contact is None or not house.contact.full_name.strip(),
        Issue.NO_ELDER_PHONE: not _phones(house, phones),
        Issue.NOT_A_NUMBER: bool(set(house.unparsed) - {COORDINATES}),
        Issue.IMPLAUSIBLE_LOCATION: _is_implausible(house),
        Issue.NO_LOCATION: house.latitude is None and not _is_implausible(house),
        Issue.UNKNOWN_TYPE: any(slot.dates and not slot.cleaning_type for slot in slots),
        Issue.TARIFF_MISMATCH: not tariff_fits(house.tariff, slots, today or timezone.localdate()),
    }
    return [issue.value for issue in Issue if faults[issue]]


def missing_labels(house: House, *, phones: Collection[object] | None = None) -> list[str]:
    """What the report of missing data names for a house, in its order: «УК», «Этажи», «Старший (телефон)»."""
    issues = issues_of(house, phones=phones)
    return [label for issue, label in _MISSING_LABELS.items() if issue.value in issues]


def _phones(house: House, phones: Collection[object] | None) -> bool:
    if phones is not None or house.contact is None:
        return bool(phones)
    return bool(house.contact.phones.all())


def _is_implausible(house: House) -> bool:
    return COORDINATES in house.unparsed or names_other_country(house.address)


def tariff_fits(tariff: str, slots: Iterable[Slot], today: date) -> bool:
    """Does the schedule keep what the tariff («3 // 125») promises? An unknown code or an empty month blames nobody."""
    code = re.match(r"\s*(\d)\s*(?://|$)", tariff, re.ASCII)
    promised = TARIFFS.get(int(code[1])) if code else None
    dated = [slot for slot in slots if slot.dates]
    month = periodicity_month(dated, wanted=None, today=today)
    if promised is None or month is None:
        return True
    counts: Counter[str] = Counter()
    for slot in dated:
        if (slot.year, slot.month) == month:
            counts[slot.cleaning_type] += len(set(slot.dates))
    return dict(counts) == promised
