"""«Аналитика»: a month by brigade and by company, the months around it, the calendar of its cleanings."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from houses import analytics
from houses.analytics import Grouping, GroupRow, Work
from houses.freshness import freshness, nothing_read
from houses.models import CleaningVisit, House
from houses.querysets import Totals
from houses.schedule import Month, month_title, plural
from vasdom.overview import drawing, filters, links
from vasdom.overview.bars import Bar, month_bars
from vasdom.overview.cached import aged
from vasdom.overview.calendar import Calendar, calendar_of
from vasdom.overview.filters import Filters
from vasdom.overview.site import office_page, page, viewer_of
from vasdom.overview.tiles import Tile
from vasdom.templatetags.overview import percent

KEPT_SECONDS = 120
MONTHS_BEFORE, MONTHS_AFTER = 4, 1


@dataclass(frozen=True, slots=True)
class Counted:
    """What the page takes from the database, kept for two minutes."""

    totals: Totals
    brigades: tuple[GroupRow, ...]
    companies: tuple[GroupRow, ...]
    months: dict[Month, Work]
    cells: tuple[analytics.DayCell, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table with the addresses of what stands behind its figures."""

    row: GroupRow
    segments: tuple[drawing.Segment, ...]
    houses: str
    scheduled: str
    visits: dict[str, str]


@dataclass(frozen=True, slots=True)
class Analytics:
    filters: Filters
    month: Month
    title: str
    previous: str
    following: str
    current: str
    tiles: tuple[Tile, ...]
    brigades: tuple[Line, ...]
    companies: tuple[Line, ...]
    months: tuple[Bar, ...]
    calendar: Calendar
    at: datetime

    @property
    def month_value(self) -> str:
        return f"{self.month[0]}-{self.month[1]:02d}"


@office_page
@require_safe
def view(request: HttpRequest) -> HttpResponse:
    chosen, month = filters.read_with_month(request.GET, timezone.localdate())
    houses = chosen.owned_houses(House.objects.active().visible_to(request.user))
    visits = chosen.owned_visits(CleaningVisit.objects.visible_to(request.user))
    found = aged(
        f"analytics:{viewer_of(request.user)}:{month}:{chosen.key}:{chosen.today}",
        KEPT_SECONDS,
        lambda: count(houses, visits, month, chosen),
    )
    board = describe(found.value, found.at, month, chosen)
    fresh = freshness()
    if nothing_read(fresh):
        board = replace(board, tiles=tuple(tile.without_value() for tile in board.tiles))
    return page(request, "overview/analytics.html", "Аналитика", board=board, fresh=fresh)


def count(houses: analytics.Houses, visits: analytics.Visits, month: Month, chosen: Filters) -> Counted:
    start, end = analytics.month_bounds(month)
    first, last = analytics.month_shift(month, -MONTHS_BEFORE), analytics.month_shift(month, MONTHS_AFTER)
    return Counted(
        totals=houses.totals(),
        brigades=analytics.breakdown(houses, visits, "brigade", month, chosen.today),
        companies=analytics.breakdown(houses, visits, "company", month, chosen.today),
        months=analytics.months(visits, first, last, chosen.today),
        cells=analytics.day_cells(visits, start, end, chosen.today),
    )


def describe(found: Counted, at: datetime, month: Month, chosen: Filters) -> Analytics:
    """The counted figures with their bars and addresses."""
    now = (chosen.today.year, chosen.today.month)
    return Analytics(
        filters=chosen,
        month=month,
        title=month_title(month),
        previous=chosen.month_address(analytics.month_shift(month, -1)),
        following=chosen.month_address(analytics.month_shift(month, 1)),
        current="" if month == now else chosen.month_address(None),
        tiles=_tiles(found, month, chosen),
        brigades=_lines(found.brigades, "brigade", month, chosen),
        companies=_lines(found.companies, "company", month, chosen),
        months=month_bars(found.months, chosen.owners(), chosen.today),
        calendar=calendar_of(found.cells, month, chosen),
        at=at,
    )


def _tiles(found: Counted, month: Month, chosen: Filters) -> tuple[Tile, ...]:
    start, end = analytics.month_bounds(month)
    owners, total = chosen.owners(), found.totals.houses
    planned = sum(row.scheduled for row in found.brigades)
    work = analytics.sum_of(row.work for row in found.brigades)
    share = "нет данных" if work.done_share is None else f"{percent(work.done_share)} от состоявшихся"
    month_days = {"date_from": start, "date_to": end}

    def visits(status: str = "") -> str:
        return links.visits(owners, start, end, status=status)

    return (
        Tile("Домов", "apartment", total, links.houses(owners), "на обслуживании"),
        Tile(
            "С графиком",
            "calendar_month",
            planned / total if total else None,
            links.houses(owners, **month_days),
            f"{planned} {plural(planned, 'дом', 'дома', 'домов')}",
            is_share=True,
        ),
        Tile("Уборок в месяце", "cleaning_services", work.total, visits(), f"впереди {work.ahead}"),
        Tile("Выполнено", "task_alt", work.done, visits("done"), share),
        Tile(
            "Без отчёта", "event_busy", work.missed, visits("missed"), "день прошёл, отчёта нет", is_bad=work.missed > 0
        ),
        Tile("Не выполнено", "block", work.not_possible, visits("not_possible"), "с указанной причиной"),
    )


def _lines(rows: tuple[GroupRow, ...], by: Grouping, month: Month, chosen: Filters) -> tuple[Line, ...]:
    largest = max((row.work.total for row in rows), default=0) or 1
    return tuple(_line(row, by, month, chosen, largest) for row in rows)


def _line(row: GroupRow, by: Grouping, month: Month, chosen: Filters, largest: int) -> Line:
    start, end = analytics.month_bounds(month)
    owners = chosen.owners() | _owner(row, by)
    days = {"date_from": start.isoformat(), "date_to": end.isoformat()}
    statuses = {kind: links.visits(owners, start, end, status=kind) for kind in drawing.KINDS}
    return Line(
        row=row,
        segments=tuple(drawing.segments(row.work, largest)),
        houses=links.houses(owners),
        scheduled=links.houses(owners | days),
        visits=statuses | {"total": links.visits(owners, start, end)},
    )


def _owner(row: GroupRow, by: Grouping) -> dict[str, str]:
    return {by: str(row.id) if row.id is not None else links.NONE}
