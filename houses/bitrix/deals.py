"""A deal of the cleaning funnel, read into what a house is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from houses.addresses import CrmAddress, parse_crm_address
from houses.bitrix import values
from houses.bitrix.errors import BadAnswer
from houses.bitrix.mapping import Mapping, Option
from houses.cleaning import classify
from houses.schedule import Slot

STANDARD_FIELDS = (
    "id",
    "title",
    "stageId",
    "categoryId",
    "companyId",
    "contactId",
    "contactIds",
    "assignedById",
    "opportunity",
    "createdTime",
    "updatedTime",
)
NUMBERS = ("apartments", "entrances", "floors")


@dataclass(slots=True)
class Deal:
    """One deal in our terms. `read` names the passport fields that the mapping covers; others keep their last value."""

    id: int
    category_id: int | None
    title: str
    stage_id: str
    company_id: int | None
    contact_id: int | None
    assigned_by_id: int | None
    monthly_amount: Decimal | None
    created: datetime | None
    updated: datetime | None
    address: CrmAddress
    apartments: int | None = None
    entrances: int | None = None
    floors: int | None = None
    tariff: str = ""
    service_start: date | None = None
    passport_url: str = ""
    living_area: Decimal | None = None
    contract_number: str = ""
    general_dates: tuple[date, ...] = ()
    general_works: tuple[str, ...] = ()
    slots: tuple[Slot, ...] = ()
    unparsed: dict[str, str] = field(default_factory=dict)


def read_deal(item: Any, mapping: Mapping) -> Deal:
    """One item of crm.item.list.

    Raises:
        BadAnswer: the item has no id, or lacks the fields every deal has.
    """
    deal_id = values.identifier(item.get("id")) if isinstance(item, dict) else None
    if deal_id is None or "stageId" not in item or "categoryId" not in item:
        raise BadAnswer("Bitrix24 прислал сделку без обязательных полей.")
    contact = values.identifier(item.get("contactId")) or values.identifier(item.get("contactIds"))
    deal = Deal(
        id=deal_id,
        category_id=_category(item["categoryId"]),
        title=values.text(item.get("title"), 300),
        stage_id=values.text(item["stageId"], 64),
        company_id=values.identifier(item.get("companyId")),
        contact_id=contact,
        assigned_by_id=values.identifier(item.get("assignedById")),
        monthly_amount=values.amount(item.get("opportunity"), digits=12),
        created=values.moment(item.get("createdTime")),
        updated=values.moment(item.get("updatedTime")),
        address=_address(item, mapping),
        slots=_slots(item, mapping),
    )
    _read_passport(deal, item, mapping)
    return deal


def _category(value: Any) -> int | None:
    digits = str(value)
    return int(digits) if digits.isascii() and digits.isdecimal() else None


def _address(item: dict[str, Any], mapping: Mapping) -> CrmAddress:
    raw = values.first(item.get(mapping.fixed.get("address", "")))
    return parse_crm_address(values.text(raw, 1000))


def _read_passport(deal: Deal, item: dict[str, Any], mapping: Mapping) -> None:
    def raw(key: str) -> Any:
        return item.get(mapping.fixed.get(key, ""))

    for name in NUMBERS:
        number, unreadable = values.whole_number(raw(name))
        setattr(deal, name, number)
        if unreadable:
            deal.unparsed[name] = unreadable
    deal.tariff = values.text(values.first(raw("tariff")), 120)
    deal.service_start = values.day(raw("service_start"))
    deal.passport_url = values.web_address(raw("passport_url"), 500)
    deal.living_area = values.amount(raw("living_area"), digits=10)
    deal.contract_number = values.text(values.first(raw("contract_number")), 120)
    deal.general_dates = values.days(raw("general_dates"))
    works = raw("general_works")
    options = mapping.options.get(mapping.fixed.get("general_works", ""), {})
    chosen = (_option(value, options) for value in (works if isinstance(works, list) else [works]))
    deal.general_works = tuple(option.text[:300] for option in chosen if option is not None and option.text)


def _slots(item: dict[str, Any], mapping: Mapping) -> tuple[Slot, ...]:
    """The filled slots; one with neither dates nor a type is left out. Most are empty: years of months are mapped."""
    filled = []
    for fields in mapping.slots:
        raw_dates, raw_type = item.get(fields.dates_field), item.get(fields.type_field)
        if raw_dates or raw_type:
            dates = values.days(raw_dates)
            option = _option(values.first(raw_type), mapping.options.get(fields.type_field, {}))
            if dates or option:
                kind, wording = (option.cleaning_type, option.text) if option else ("", "")
                filled.append(Slot(fields.year, fields.month, fields.slot, kind, wording, dates))
    return tuple(filled)


def _option(value: Any, options: dict[int, Option]) -> Option | None:
    """What a list field says. An option the CRM's list does not have is empty words, never «Тип 2468»."""
    number = values.identifier(value)
    if number is not None:
        return options.get(number, Option("", ""))
    wording = values.text(value, 500)
    return Option(wording, classify(wording) or "") if wording and not options else None
