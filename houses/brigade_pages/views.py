"""Pages to look at: the brigade's days, a house, a visit."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from houses.brigade_pages import cards, days
from houses.brigade_pages.drafts import draft_of
from houses.brigade_pages.forms import NotPossibleForm, ReportForm
from houses.brigade_pages.visitors import Visitor, page, shared
from houses.freshness import freshness
from houses.models import Brigade, CleaningVisit, House, OfficeSettings
from houses.schedule import month_of, plural, shift_month

HISTORY_VISITS = 5
WEEKS_AROUND = 53


@page
def today(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    brigade = visitor.chosen_brigade(request.GET.get("brigade", ""))
    if brigade is None:
        return choose(request, visitor)
    return day_page(request, visitor, brigade, timezone.localdate(), "today")


@page
def tomorrow(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    brigade = visitor.chosen_brigade(request.GET.get("brigade", ""))
    if brigade is None:
        return choose(request, visitor)
    return day_page(request, visitor, brigade, timezone.localdate() + timedelta(days=1), "tomorrow")


def choose(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """The office has no day of its own: it looks at a brigade's."""
    now = timezone.localdate()
    context = shared(visitor, None, title="Бригады", today=now, brigades=days.brigades_today(now))
    return render(request, "brigade/choose.html", context | {"freshness": freshness().sentence})


def day_page(request: HttpRequest, visitor: Visitor, brigade: Brigade, day: date, tab: str) -> HttpResponse:
    plan = days.day_of(visitor, brigade, day)
    placed, unplaced = cards.cards(plan)
    context = {
        "title": {"today": "Сегодня", "tomorrow": "Завтра"}[tab],
        "nothing": {"today": "На сегодня уборок нет.", "tomorrow": "На завтра уборок нет."}[tab],
        "day": plan,
        "placed": placed,
        "unplaced": unplaced,
        "coming": None if plan.total else days.first_after(visitor, brigade, day),
    }
    return list_page(request, visitor, brigade, tab, "brigade/day.html", context)


def list_page(
    request: HttpRequest, visitor: Visitor, brigade: Brigade, tab: str, template: str, context: dict[str, Any]
) -> HttpResponse:
    now = timezone.localdate()
    common = shared(visitor, brigade, tab=tab, today=now, freshness=freshness().sentence)
    common["late_count"] = days.late_visits(visitor, brigade, now).count()
    return render(request, template, common | context)


def monday_of(text: str, now: date) -> date:
    """The Monday of the week that `text` (ISO date) lies in; of this week when it is empty.

    Raises:
        Http404: not a date, or too far from today to have any visits.
    """
    try:
        day = date.fromisoformat(text) if text else now
    except ValueError as exc:
        raise Http404 from exc
    if abs((day - now).days) > WEEKS_AROUND * 7:
        raise Http404
    return day - timedelta(days=day.weekday())


@page
def week(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    brigade = visitor.chosen_brigade(request.GET.get("brigade", ""))
    if brigade is None:
        return choose(request, visitor)
    now = timezone.localdate()
    monday = monday_of(request.GET.get("start", ""), now)
    context = {
        "title": "Неделя",
        "days": days.week_of(visitor, brigade, monday),
        "sunday": monday + timedelta(days=6),
        "previous": monday - timedelta(days=7),
        "following": monday + timedelta(days=7),
        "is_current": monday <= now < monday + timedelta(days=7),
        "all_open": monday + timedelta(days=7) <= now,
    }
    return list_page(request, visitor, brigade, "week", "brigade/week.html", context)


@page
def late(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    brigade = visitor.chosen_brigade(request.GET.get("brigade", ""))
    if brigade is None:
        return choose(request, visitor)
    limit = OfficeSettings.load().late_report_days
    context = {
        "title": "Не закрыто",
        "days": days.late_of(visitor, brigade, timezone.localdate()),
        "late_days": f"{limit} {plural(limit, 'день', 'дня', 'дней')}",
    }
    return list_page(request, visitor, brigade, "late", "brigade/late.html", context)


@page
def house_card(request: HttpRequest, visitor: Visitor, pk: int) -> HttpResponse:
    houses = House.objects.visible_to(visitor.user).active().select_related("company", "brigade")
    house = get_object_or_404(houses, pk=pk)
    now = timezone.localdate()
    visits = CleaningVisit.objects.filter(house=house)
    history = visits.exclude(status__in=days.OPEN).order_by("-date", "-id").prefetch_related("photos")
    context = {
        "title": str(house),
        "house": house,
        "today": now,
        "map_url": cards.map_url(house),
        "missing": cards.missing_in(house),
        "works": cards.works_of(house, (month_of(now), shift_month(month_of(now), 1))),
        "upcoming": visits.filter(status__in=days.OPEN, date__gte=now).order_by("date", "id").first(),
        "history": history[:HISTORY_VISITS],
        "freshness": freshness().sentence,
        "late_count": days.late_visits(visitor, house.brigade, now).count() if house.brigade else 0,
    }
    return render(request, "brigade/house.html", shared(visitor, house.brigade, **context))


@page
def visit_page(request: HttpRequest, visitor: Visitor, pk: int) -> HttpResponse:
    return show_visit(request, visitor, find_visit(visitor, pk))


def find_visit(visitor: Visitor, pk: int) -> CleaningVisit:
    """The visit, or Http404 also when it is at another brigade's house."""
    visits = CleaningVisit.objects.visible_to(visitor.user).filter(house__archived_at__isnull=True)
    return get_object_or_404(visits.select_related("house__company", "house__brigade", "employee"), pk=pk)


def refusal(visitor: Visitor, visit: CleaningVisit, now: date) -> str:
    """Why this visitor cannot report on this visit now; empty when a report would be taken."""
    limit = OfficeSettings.load().late_report_days
    if not visitor.works_at(visit.house):
        return "Отчёт делает бригада дома; из офиса его можно только посмотреть."
    if visit.date > now:
        return f"Уборка ещё впереди: отчитаться можно с {visit.date:%d.%m}."
    if visit.date < now - timedelta(days=limit):
        return f"Прошло больше {limit} {plural(limit, 'дня', 'дней', 'дней')}: об этой уборке сообщите в офис."
    return ""


def show_visit(
    request: HttpRequest,
    visitor: Visitor,
    visit: CleaningVisit,
    *,
    finish_form: ReportForm | None = None,
    trouble_form: NotPossibleForm | None = None,
    photo_errors: Sequence[str] = (),
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a visit, with the forms as they were sent when something in them was refused."""
    now = timezone.localdate()
    brigade = visit.house.brigade
    closed = visit.status not in days.OPEN
    refused = refusal(visitor, visit, now)
    draft = draft_of(request, visit.pk)
    trouble = trouble_form or NotPossibleForm(initial=draft if "reason" in draft else {})
    plan = days.day_of(visitor, brigade, visit.date) if brigade and closed and not visitor.office else None
    context = {
        "title": str(visit.house),
        "visit": visit,
        "house": visit.house,
        "work": cards.work_of(visit),
        "map_url": cards.map_url(visit.house),
        "missing": cards.missing_in(visit.house),
        "relative": cards.relative_day(visit.date, now),
        "closed": closed,
        "refusal": refused,
        "may_report": not refused,
        "may_add_photos": not refused,
        "photos": visit.photos.all(),
        "photo_errors": photo_errors,
        "batch": uuid.uuid4(),
        "finish_form": finish_form or ReportForm(initial=draft if "reason" not in draft else {}),
        "trouble_form": trouble,
        "trouble_open": trouble_form is not None or bool(trouble.initial),
        "reasons": CleaningVisit.Reason.choices,
        "following": plan.following(visit) if plan else None,
        "problem": problem or ("Вы вошли снова: введённое сохранено. Проверьте и отправьте." if draft else ""),
        "freshness": freshness().sentence,
        "late_count": days.late_visits(visitor, brigade, now).count() if brigade else 0,
        **way_back(visitor, visit, now),
    }
    return render(request, "brigade/visit.html", shared(visitor, brigade, **context), status=status)


def way_back(visitor: Visitor, visit: CleaningVisit, now: date) -> dict[str, str]:
    """The list this visit stands on."""
    keep = f"?brigade={visit.house.brigade_id}" if visitor.office and visit.house.brigade_id else ""
    if visit.date == now:
        return {"back_url": reverse("brigade:today") + keep, "back_title": "Сегодня", "tab": "today"}
    if visit.date == now + timedelta(days=1):
        return {"back_url": reverse("brigade:tomorrow") + keep, "back_title": "Завтра", "tab": "tomorrow"}
    if visit.date < now and visit.status in days.OPEN:
        return {"back_url": reverse("brigade:late") + keep, "back_title": "Не закрыто", "tab": "late"}
    start = f"?start={visit.date.isoformat()}" + keep.replace("?", "&")
    return {"back_url": reverse("brigade:week") + start, "back_title": "Неделя", "tab": "week"}
