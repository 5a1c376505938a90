"""What a house's card and its two side panels show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from houses.access import sees_phones
from houses.admin.base import history_address
from houses.admin.calendar import month_grid
from houses.api.plain_text import plain_text
from houses.freshness import freshness
from houses.links import bitrix_url
from houses.models import Act, CleaningVisit, House, OfficeSettings, ScheduleField, VisitPhoto
from houses.quality import Issue
from houses.schedule import Month, month_text, month_title, parse_month, periodicity_month, periodicity_of, shift_month
from vasdom.errors import InvalidInput

ACT_MONTHS = 6
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100
PHOTOS_SHOWN = 24


def card_context(request: HttpRequest, house: House) -> dict[str, Any]:
    """Everything of the card: schedule of a month with its visits, contacts, acts, photos."""
    context = schedule_context(request, house) | details_context(request, house)
    month: Month = context["month"]
    visits = house.visits.filter(in_month(month)).select_related("brigade", "employee").order_by("date", "slot")
    photos = VisitPhoto.objects.filter(visit__house=house).select_related("visit").order_by("-uploaded_at")
    context["visits"] = visits.prefetch_related("photos")
    context["photos"] = photos[:PHOTOS_SHOWN]
    context["acts"] = act_months(house, timezone.localdate())
    context["history_address"] = history_address(House, house.pk)
    return context


def schedule_context(request: HttpRequest, house: House) -> dict[str, Any]:
    """The calendar of the asked month; without one, the month whose periodicity the house has."""
    today = timezone.localdate()
    slots = house.slots
    month = asked_month(request) or periodicity_month(slots, wanted=None, today=today) or (today.year, today.month)
    visits = CleaningVisit.objects.filter(house=house).filter(in_month(month))
    return {
        "house": house,
        "month": month,
        "grid": month_grid(month, slots, visits, today),
        "slots": [slot for slot in slots if (slot.year, slot.month) == month],
        "periodicity": periodicity_of(slots, month, OfficeSettings.load().periodicity_wording),
        "bitrix_url": bitrix_url(house),
        "freshness": freshness(),
        "schedule_conflicts": ScheduleField.objects.filter(
            state=ScheduleField.State.CONFLICT, year=month[0], month=month[1]
        ).count(),
    }


def details_context(request: HttpRequest, house: House) -> dict[str, Any]:
    """Passport, company and elder; the elder's phones only for roles that see them."""
    phones = sees_phones(request.user)
    contact = house.contact
    return {
        "house": house,
        "issues": [str(Issue(code).label) if code in Issue.values else code for code in house.issues],
        "company": house.company,
        "company_comments": plain_text(house.company.comments) if house.company else "",
        "elder": contact,
        "elder_comments": plain_text(contact.comments) if contact else "",
        "sees_phones": phones,
        "elder_phones": [phone.number for phone in contact.phones.all()] if contact and phones else [],
        "bitrix_url": bitrix_url(house),
    }


@dataclass(frozen=True, slots=True)
class ActMonth:
    """A month and its act, None when not signed."""

    month: Month
    act: Act | None

    @property
    def title(self) -> str:
        return month_title(self.month)

    @property
    def text(self) -> str:
        return month_text(self.month)


def act_months(house: House, today: date) -> list[ActMonth]:
    """The last months, newest first."""
    signed = {(act.month.year, act.month.month): act for act in house.acts.select_related("brigade", "created_by")}
    months = [shift_month((today.year, today.month), -back) for back in range(ACT_MONTHS)]
    return [ActMonth(month, signed.get(month)) for month in months]


def in_month(month: Month) -> Q:
    return Q(date__year=month[0], date__month=month[1])


def asked_month(request: HttpRequest) -> Month | None:
    """The month of the address; one that cannot be read, or lies in another century, is as none."""
    try:
        month = parse_month(request.GET.get("month", ""))
    except InvalidInput:
        return None
    return month if EARLIEST_YEAR <= month[0] <= LATEST_YEAR else None
