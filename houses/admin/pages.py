"""KPI of brigades, acts of a month, missing data."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone

from houses.access import sees_phones
from houses.admin.base import PER_PAGE_CHOICES, per_page
from houses.admin.card import asked_month
from houses.admin.downloads import download
from houses.admin.house_filters import by_brigade
from houses.analytics import month_bounds
from houses.freshness import freshness
from houses.models import Act, CleaningVisit, House, OfficeSettings
from houses.reports import acts as act_report
from houses.reports import kpi as kpi_report
from houses.reports import missing as missing_report
from houses.reports.tables import csv_file
from houses.schedule import Month, first_day, month_text, month_title, shift_month

Page = Callable[[HttpRequest], HttpResponseBase]


def render(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    """A page of the admin: sidebar, header, freshness."""
    request.current_app = admin.site.name
    whole = admin.site.each_context(request) | {"title": title, "freshness": freshness()} | context
    return TemplateResponse(request, template, whole)


def require(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def month_context(request: HttpRequest, today: date) -> tuple[Month, dict[str, Any]]:
    """The month of the address, the current one by default, and what its ◀ ▶ lead to."""
    now = (today.year, today.month)
    month = asked_month(request) or now
    kept = request.GET.copy()
    kept.pop("month", None)
    kept.pop("p", None)
    return month, {
        "month_text": month_text(month),
        "month_title": month_title(month),
        "previous_month": month_text(shift_month(month, -1)),
        "next_month": month_text(shift_month(month, 1)),
        "current_month": month_text(now),
        "is_current": month == now,
        "kept": f"&{kept.urlencode()}" if kept else "",
    }


def kpi(request: HttpRequest) -> HttpResponse:
    """Brigades of a month side by side; with `?brigade=` its days one by one."""
    require(request, "houses.view_cleaningvisit")
    today = timezone.localdate()
    month, context = month_context(request, today)
    houses = House.objects.visible_to(request.user).active()
    visits = CleaningVisit.objects.visible_to(request.user)
    rows = kpi_report.month_kpi(houses, visits, month, today)
    whole = kpi_report.together(rows)
    chosen = next((row for row in rows if row.key == request.GET.get("brigade")), whole)
    first, last = month_bounds(month)
    context |= {
        "rows": rows,
        "whole": whole,
        "chosen": chosen,
        "days": [(day, chosen.days.get(day)) for day in days_of(first, last)],
        "first": first.isoformat(),
        "last": last.isoformat(),
        "today": today,
        "visits_address": reverse("admin:houses_cleaningvisit_changelist"),
        "houses_address": reverse("admin:houses_house_changelist"),
    }
    return render(request, "admin/houses/pages/kpi.html", "KPI бригад", context)


def days_of(first: date, last: date) -> list[date]:
    return [date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1)]


def acts(request: HttpRequest) -> HttpResponse:
    """The share of signed acts by month and brigade, and the houses of the month."""
    require(request, "houses.view_act")
    today = timezone.localdate()
    month, context = month_context(request, today)
    houses = House.objects.visible_to(request.user)
    shares = act_report.by_brigade(houses, month)
    state = request.GET.get("state", "unsigned")
    signed = {"signed": True, "unsigned": False}.get(state)
    brigade = request.GET.get("brigade", "").replace("\x00", "")[:200]
    listed = act_report.houses_of_month(by_brigade(houses, brigade) if brigade else houses, month, signed=signed)
    paginator = Paginator(listed, per_page(request, 50))
    page = paginator.get_page(request.GET.get("p"))
    found = {act.house_id: act for act in Act.objects.filter(month=first_day(month), house__in=[h.pk for h in page])}
    context |= {
        "shares": shares,
        "whole": act_report.together(shares),
        "months": act_report.months_back(houses, (today.year, today.month)),
        "rows": [(house, found.get(house.pk)) for house in page],
        "page": page,
        "state": state,
        "brigade": brigade,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "sizes": PER_PAGE_CHOICES,
    }
    return render(request, "admin/houses/pages/acts.html", "Акты", context)


def missing_data(request: HttpRequest) -> HttpResponse:
    """Houses that lack something, with the marks of the report, and how many lack each thing."""
    require(request, "houses.view_house")
    houses = House.objects.visible_to(request.user).active()
    total, counts = missing_report.mark_counts(houses)
    mark = request.GET.get("mark", "")
    paginator = Paginator(missing_report.lacking(missing_report.with_marks(houses), mark), per_page(request, 50))
    page = paginator.get_page(request.GET.get("p"))
    context = {
        "counts": counts.items(),
        "total": total,
        "lacking": paginator.count,
        "mark": mark,
        "rows": [(house, missing_report.marks_of(house)) for house in page],
        "page": page,
        "pages": list(paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)),
        "sizes": PER_PAGE_CHOICES,
    }
    return render(request, "admin/houses/pages/missing.html", "Недостающие данные", context)


def missing_csv(request: HttpRequest) -> HttpResponseBase:
    """All active houses with what they lack, as a file."""
    require(request, "houses.export")
    now = timezone.localtime()
    rows = missing_report.file_rows(
        House.objects.visible_to(request.user).active(),
        phones=sees_phones(request.user),
        wording=OfficeSettings.load().periodicity_wording,
        today=now.date(),
    )
    return download(
        request, csv_file(missing_report.HEADER, rows), f"missing_data_report_{now:%Y%m%d_%H%M%S}.csv", "csv"
    )
