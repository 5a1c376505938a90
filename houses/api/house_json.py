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
from houses.schedule import MONTH_KEYS, Month, Slot, choose_month, month_text, periodicity

COMPANY_TEXTS = ("id", "title", "email", "web", "comments")
ELDER_TEXTS = ("id", "name", "last_name", "second_name", "full_name", "email", "comments")


def schedule_json(
    schedule: list[dict[str, Any]], *, month: Month | None, year: int | None, wording: str, today: date
) -> dict[str, Any]:
    """`cleaning_dates` (of one year, if given), and the periodicity with the month it was counted for.

    Works on the stored slots as they are: reading every date of a thousand houses would take longer than all the rest.
    """
    filled = {(slot["year"], slot["month"]) for slot in schedule if slot["dates"]}
    counted = choose_month(filled, wanted=month, today=today)
    slots = [Slot.from_json(slot) for slot in schedule if (slot["year"], slot["month"]) == counted]
    return {
        "cleaning_dates": {
            f"{MONTH_KEYS[slot['month'] - 1]}_{slot['year']}_{slot['slot']}": {
                "dates": slot["dates"],
                "type": slot["text"],
            }
            for slot in schedule
            if year is None or slot["year"] == year
        },
        "periodicity": periodicity(slots, wording),
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
