"""`/api/analytics` and `/api/calendar`: what the analytics page shows, for programs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from houses import analytics
from houses.analytics import Amount, DayCell, GroupRow, Houses, Visits, Work
from houses.api import docs
from houses.api.base import ApiView
from houses.api.docs import endpoint
from houses.api.house_json import age_json
from houses.api.query import Page, Query
from houses.cleaning import CleaningType
from houses.freshness import freshness
from houses.models import Brigade, CleaningVisit, House
from houses.querysets import NO_BRIGADE
from houses.schedule import Month, month_text
from vasdom.errors import InvalidInput
from vasdom.overview.api_schema import AnalyticsSchema, CalendarSchema
from vasdom.overview.cached import aged
from vasdom.overview.site import viewer_of

TAG = "Аналитика"
KEPT_SECONDS = 60
MONTHS_BEFORE, MONTHS_AFTER = 4, 1
LONGEST_SPAN_DAYS = 366
DEFAULT_EVENTS, MAX_EVENTS = 2000, 10_000
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2100, 12, 31)
OWNERS = (
    docs.text("brigade", "Бригада: цифры — номер, иначе часть названия"),
    docs.text("management_company", "УК: часть названия, регистр и кавычки не важны"),
)


@dataclass(frozen=True, slots=True)
class Scope:
    """The houses and visits that this reader may see and asked for."""

    houses: Houses
    visits: Visits
    key: str


def scope(request: Request, query: Query) -> Scope:
    brigade, company = query.text("brigade"), query.text("management_company")
    chosen = House.objects.visible_to(request.user)
    visits = CleaningVisit.objects.visible_to(request.user)
    if brigade:
        chosen = chosen.for_brigade_text(brigade)
    if company:
        chosen = chosen.for_company_text(company)
    if brigade or company:
        visits = visits.filter(house__in=chosen.order_by().values("pk"))
    return Scope(chosen.active(), visits, f"{viewer_of(request.user)}:{brigade.lower()}:{company.lower()}")


class AnalyticsView(ApiView):
    """Месяц по бригадам и по управляющим компаниям."""

    @endpoint(
        "Аналитика месяца",
        AnalyticsSchema,
        tag=TAG,
        description=(
            "Дома, их числа и уборки месяца по бригадам и по УК, и сумма уборок по соседним месяцам. "
            "Число, которого нет ни у одного дома, — null; доля от нуля — null. Считается не чаще раза в минуту."
        ),
        parameters=(docs.month("month", "Месяц; по умолчанию текущий"), *OWNERS),
        operation_id="analytics",
    )
    def get(self, request: Request) -> Response:
        query, today = Query(request), timezone.localdate()
        month = query.month("month") or (today.year, today.month)
        check_day(date(month[0], month[1], 1), "month")
        wanted = scope(request, query)
        key = f"api:{wanted.key}:{month}:{today}"
        found = aged(key, KEPT_SECONDS, lambda: analytics_json(wanted, month, today))
        counted_at = timezone.localtime(found.at).isoformat(timespec="seconds")
        return Response({**found.value, "generated_at": counted_at, **age_json(freshness())})


def check_day(day: date, name: str) -> None:
    if not FIRST_DAY <= day <= LAST_DAY:
        raise InvalidInput(f"Параметр {name}: ожидается год от 2000 до 2100.", field=name)


def analytics_json(wanted: Scope, month: Month, today: date) -> dict[str, Any]:
    brigades = analytics.breakdown(wanted.houses, wanted.visits, "brigade", month, today)
    companies = analytics.breakdown(wanted.houses, wanted.visits, "company", month, today)
    first, last = analytics.month_shift(month, -MONTHS_BEFORE), analytics.month_shift(month, MONTHS_AFTER)
    months = analytics.months(wanted.visits, first, last, today)
    totals = wanted.houses.totals()
    planned = sum(row.scheduled for row in brigades)
    work = analytics.sum_of(row.work for row in brigades)
    return {
        "month": month_text(month),
        "overview": {
            "total_houses": totals.houses,
            "total_apartments": totals.apartments,
            "total_entrances": totals.entrances,
            "total_floors": totals.floors,
            "scheduled_houses": planned,
            "coverage_rate": rate(planned / totals.houses if totals.houses else None),
            "total_cleaning_events": work.total,
            "avg_events_per_house": round(work.total / totals.houses, 2) if totals.houses else None,
            "visits": work_json(work),
        },
        "brigades": [group_json(row) | {"number": row.number} for row in brigades],
        "companies": [group_json(row) for row in companies],
        "months": [{"month": month_text(one), **work_json(done)} for one, done in months.items()],
    }


def group_json(row: GroupRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "name": row.title,
        "houses": row.houses,
        "apartments": row.apartments.value,
        "entrances": row.entrances.value,
        "floors": row.floors.value,
        "unknown": {name: unknown(amount) for name, amount in zip(analytics.NUMBERS, row.amounts, strict=True)},
        "scheduled_houses": row.scheduled,
        "coverage_rate": rate(row.scheduled_share),
        "visits": work_json(row.work),
    }


def unknown(amount: Amount) -> int:
    return amount.unknown


def work_json(work: Work) -> dict[str, Any]:
    return {
        "total": work.total,
        "planned": work.ahead,
        "in_progress": work.in_progress,
        "done": work.done,
        "missed": work.missed,
        "not_possible": work.not_possible,
        "done_rate": rate(work.done_share),
    }


def rate(share: float | None) -> float | None:
    """Percent with one digit; None for a share of nothing."""
    return None if share is None else round(share * 100, 1)


class CalendarView(ApiView):
    """Уборки по дням."""

    @endpoint(
        "Календарь уборок",
        CalendarSchema,
        tag=TAG,
        description=(
            "Уборки месяца или дней, с суммами по месяцам и бригадам. Без параметров — текущий месяц; "
            f"с одним концом — до {LONGEST_SPAN_DAYS} дней от него. События идут страницами, суммы — по всему выбору."
        ),
        parameters=(
            docs.month("month", "Месяц (вместо date_from и date_to)"),
            *docs.DATES,
            *OWNERS,
            docs.integer("page", "Страница событий, с 1", 1),
            docs.integer("limit", f"Событий на странице, по умолчанию {DEFAULT_EVENTS}", 1, MAX_EVENTS),
        ),
        operation_id="calendar",
    )
    def get(self, request: Request) -> Response:
        query, today = Query(request), timezone.localdate()
        start, end = span(query, today)
        limit = query.integer("limit", low=1, high=MAX_EVENTS) or DEFAULT_EVENTS
        page = Page(query.integer("page", low=1) or 1, limit)
        wanted = scope(request, query)
        cells = analytics.day_cells(wanted.visits, start, end, today)
        rows, paging = page.cut(event_rows(wanted.visits, start, end))
        body = {
            "date_from": start.isoformat(),
            "date_to": end.isoformat(),
            "events": [event_json(row, today) for row in rows],
            **sums_json(cells),
            **paging,
        }
        return Response(body | age_json(freshness()))


def span(query: Query, today: date) -> tuple[date, date]:
    """The days wanted, both included."""
    month, (start, end) = query.month("month"), query.days()
    if month and (start or end):
        raise InvalidInput("Нужен либо month, либо date_from и date_to.", field="month")
    for name, day in (
        ("date_from", start),
        ("date_to", end),
        ("month", date(month[0], month[1], 1) if month else None),
    ):
        if day:
            check_day(day, name)
    longest = timedelta(days=LONGEST_SPAN_DAYS - 1)
    if start and end:
        if end - start > longest:
            raise InvalidInput(f"Календарь показывает не больше {LONGEST_SPAN_DAYS} дней.", field="date_to")
        return start, end
    if start:
        return start, start + longest
    if end:
        return end - longest, end
    return analytics.month_bounds(month or (today.year, today.month))


def event_rows(visits: Visits, start: date, end: date) -> Any:
    return (
        analytics.in_days(analytics.counted(visits), start, end)
        .order_by("date", "house__street_key", "house__number_key", "pk")
        .annotate(crew=Coalesce("brigade__name", "house__brigade__name"), deal=F("house__bitrix_id"))
        .values("pk", "date", "cleaning_type", "status", "crew", "deal", "house__title", "house__address")
    )


TYPE_TITLES = dict(CleaningType.choices)


def event_json(row: dict[str, Any], today: date) -> dict[str, Any]:
    """One event; its id holds the deal, the day and the visit, so that no two are alike."""
    day: date = row["date"]
    missed = row["status"] == CleaningVisit.Status.PLANNED and day < today
    return {
        "id": f"{row['deal']}_{day:%Y%m%d}_{row['pk']}",
        "title": f"Уборка: {row['house__title']}",
        "date": day.isoformat(),
        "type": TYPE_TITLES.get(row["cleaning_type"]),
        "cleaning_type": row["cleaning_type"] or None,
        "address": row["house__address"],
        "brigade": row["crew"] or NO_BRIGADE,
        "deal_id": row["deal"],
        "visit_id": row["pk"],
        "month": month_text((day.year, day.month)),
        "status": "missed" if missed else row["status"],
    }


def sums_json(cells: Sequence[DayCell]) -> dict[str, Any]:
    """`monthly_summary` by month, `brigade_calendar` by brigade and day."""
    names: dict[int | None, str] = dict(Brigade.objects.values_list("pk", "name"))
    totals: Counter[str] = Counter()
    brigades: dict[str, Counter[str]] = defaultdict(Counter)
    types: dict[str, Counter[str]] = defaultdict(Counter)
    days: dict[str, Counter[str]] = defaultdict(Counter)
    for cell in cells:
        month, count = month_text((cell.day.year, cell.day.month)), cell.work.total
        brigade = names.get(cell.brigade_id, NO_BRIGADE)
        totals[month] += count
        brigades[month][brigade] += count
        types[month][cell.cleaning_type or "unknown"] += count
        days[brigade][cell.day.isoformat()] += count
    summary = {
        month: {"total_events": total, "brigades": brigades[month], "types": types[month]}
        for month, total in sorted(totals.items())
    }
    return {"monthly_summary": summary, "brigade_calendar": days}
