"""Houses as the API gives them: plain dictionaries, made fast enough for a page of a thousand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from houses.api.plain_text import plain_text, without_phones
from houses.freshness import Freshness
from houses.links import bitrix_url
from houses.models import Contact, House, ManagementCompany
from houses.querysets import NO_BRIGADE
from houses.schedule import Month, Slot, cleaning_dates, month_text, periodicity_month, periodicity_of

COMPANY_TEXTS = ("id", "title", "email", "web", "comments")
ELDER_TEXTS = ("id", "name", "last_name", "second_name", "full_name", "email", "comments")


def schedule_json(
    slots: tuple[Slot, ...], *, month: Month | None, year: int | None, wording: str, today: date
) -> dict[str, Any]:
    """`cleaning_dates` (of one year, if given), and the periodicity with the month it was counted for."""
    counted = periodicity_month(slots, wanted=month, today=today)
    shown = slots if year is None else tuple(slot for slot in slots if slot.year == year)
    return {
        "cleaning_dates": cleaning_dates(shown),
        "periodicity": periodicity_of(slots, counted, wording),
        "periodicity_month": month_text(counted) if counted else None,
    }


def house_json(house: House, schedule: dict[str, Any]) -> dict[str, Any]:
    """One house of the list; `brigade` and `company` must have been selected with it."""
    return {
        "id": house.bitrix_id,
        "title": house.title,
        "address": house.address,
        "brigade": house.brigade.name if house.brigade else NO_BRIGADE,
        "management_company": house.company.title if house.company else None,
        "status": house.stage_id,
        "apartments": house.apartments,
        "entrances": house.entrances,
        "floors": house.floors,
        **schedule,
        "bitrix_url": bitrix_url(house),
    }


def passport_json(house: House, schedule: dict[str, Any]) -> dict[str, Any]:
    """The house of the details: the same facts, with the id as text."""
    shown = house_json(house, schedule)
    del shown["management_company"]
    return shown | {"id": str(house.bitrix_id), "archived": house.archived_at is not None}


def company_json(company: ManagementCompany | None, *, phones: bool) -> dict[str, Any]:
    """The management company; without one every text is empty. `phones`: may the reader see them."""
    if company is None:
        return dict.fromkeys(COMPANY_TEXTS, "") | {"phone": "" if phones else None, "address": None}
    comments = plain_text(company.comments)
    return {
        "id": str(company.bitrix_id),
        "title": company.title,
        "phone": company.phone if phones else None,
        "email": company.email,
        "address": company.address or None,
        "web": company.web,
        "comments": comments if phones else without_phones(comments),
    }


def elder_json(contact: Contact | None, *, phones: bool) -> dict[str, Any]:
    """The elder; without one every text is empty. `phones`: may the reader see them."""
    if contact is None:
        return dict.fromkeys(ELDER_TEXTS, "") | {"phone": "" if phones else None, "phones": [] if phones else None}
    numbers = [row.number for row in contact.phones.order_by("pk")] if phones else None
    texts = {
        "name": contact.name,
        "last_name": contact.last_name,
        "second_name": contact.second_name,
        "full_name": contact.full_name,
        "comments": plain_text(contact.comments),
    }
    return {
        "id": str(contact.bitrix_id),
        **(texts if phones else {name: without_phones(text) for name, text in texts.items()}),
        "phone": None if numbers is None else (numbers or [""])[0],
        "phones": numbers,
        "email": contact.email,
    }


def age_json(fresh: Freshness) -> dict[str, Any]:
    """How old the answer's data are."""
    return {"data_as_of": moment(fresh.data_as_of), "stale": fresh.stale}


def moment(value: datetime | None) -> str | None:
    """A moment in company time, ISO with its offset."""
    return timezone.localtime(value).isoformat(timespec="seconds") if value else None
