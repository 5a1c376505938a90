"""The dashboard on `/admin/`: what it shows, as data for its template."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from houses import analytics
from houses.analytics import StageCount, Visits, Work
from houses.freshness import Freshness, freshness, nothing_read
from houses.models import Brigade, CleaningVisit, Employee, House, ScheduleField, SyncRun
from houses.quality import Issue
from vasdom.overview import drawing, links
from vasdom.overview.bars import Bar, day_bars, month_bars
from vasdom.overview.cached import aged
from vasdom.overview.filters import Filters, read, week_of
from vasdom.overview.site import viewer_of
from vasdom.overview.tiles import Tile
from voice.access import CONTROL
from voice.learning.controls import failures

STAGES_KEPT_SECONDS = 300
DAYS_DRAWN_SINGLY = 62
MONTHS_DRAWN = 24
MISSED_LOOK_BACK_DAYS = 7
ISSUES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a list: its kind names the colour."""

    kind: str
    title: str
    value: int
    link: str


@dataclass(frozen=True, slots=True)
class StageRow:
    name: str
    color: str
    houses: int
    share: float
    link: str


@dataclass(frozen=True, slots=True)
class Stages:
    """The chart of CRM stages and the moment it was counted."""

    rows: tuple[StageRow, ...]
    slices: tuple[drawing.Slice, ...]
    total: int
    largest: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Chart:
    title: str
    bars: tuple[Bar, ...]
    work: Work


@dataclass(frozen=True, slots=True)
class Today:
    day: date
    work: Work
    slices: tuple[drawing.Slice, ...]
    figures: tuple[Figure, ...]
    missed_lately: int
    missed_link: str


@dataclass(frozen=True, slots=True)
class Sync:
    """The state of the exchange with the CRM."""

    fresh: Freshness
    run: SyncRun | None
    runs_link: str
    conflicts: int
    conflicts_link: str


@dataclass(frozen=True, slots=True)
class Controls:
    """Control questions that were last answered wrong; `link` is empty for a reader who may not open them."""

    wrong: int
    link: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    filters: Filters
    tiles: tuple[Tile, ...]
    today: Today
    chart: Chart
    stages: Stages
    sync: Sync
    controls: Controls
    issues: tuple[Figure, ...]
    demo: bool
    unread: bool  # no house has ever come from the CRM


def callback(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What Unfold calls for `/admin/`."""
    user = request.user
    filters = read(request.GET, timezone.localdate())
    houses = House.objects.active().visible_to(user)
    visits = CleaningVisit.objects.visible_to(user)
    return context | {"title": "Обзор", "board": build(filters, houses, visits, reader=user)}


def build(filters: Filters, houses: analytics.Houses, visits: Visits, *, reader: Any) -> Dashboard:
    """The whole board in a constant number of questions, with links to those lists only that `reader` may open."""
    chosen = filters.houses(houses)
    owned = filters.owned_visits(visits)
    fresh = freshness()
    unread = nothing_read(fresh)
    *sums, brigades, staff = _tiles(filters, chosen, reader)
    if unread:
        sums = [tile.without_value() for tile in sums]
    return Dashboard(
        filters=filters,
        tiles=(*sums, brigades, staff),
        today=_today(filters, owned),
        chart=_chart(filters, owned),
        stages=_stages(filters, chosen, viewer_of(reader)),
        sync=_sync(reader, fresh),
        controls=_controls(reader),
        issues=_issues(filters, chosen),
        demo=houses.filter(is_demo=True).exists(),
        unread=unread,
    )


def _tiles(filters: Filters, houses: analytics.Houses, reader: Any) -> tuple[Tile, ...]:
    sums = houses.totals()
    chosen = filters.owners() | filters.days()
    staff = Employee.objects.filter(is_active=True)
    brigades = Brigade.objects.filter(is_active=True)
    if filters.brigade is not None:
        staff, brigades = staff.filter(brigade=filters.brigade), brigades.filter(pk=filters.brigade.pk)
    brigade = {"brigade": filters.owners().get("brigade")}
    note = "с уборкой в эти дни" if filters.has_days else "на обслуживании"
    all_houses = links.houses(chosen)

    def summed(title: str, icon: str, value: int | None, unknown: int, issue: Issue) -> Tile:
        gap = links.houses(chosen, issue=issue.value) if unknown else ""
        note = "данные у всех домов" if sums.houses else ""
        return Tile(title, icon, value, all_houses, note, unknown, gap)

    return (
        Tile("Домов", "apartment", sums.houses, all_houses, note),
        summed("Квартир", "door_front", sums.apartments, sums.without_apartments, Issue.NO_APARTMENTS),
        summed("Подъездов", "meeting_room", sums.entrances, sums.without_entrances, Issue.NO_ENTRANCES),
        summed("Этажей", "stairs", sums.floors, sums.without_floors, Issue.NO_FLOORS),
        Tile(
            "Активных бригад",
            "groups",
            brigades.count(),
            links.rows("brigade", is_active__exact=1),
            "с учётом фильтра" if filters.brigade else "в компании",
        ),
        Tile(
            "Сотрудников",
            "badge",
            staff.count(),
            links.open_to(reader, "employee", **brigade, state="working"),
            "работающих",
        ),
    )


def _today(filters: Filters, visits: Visits) -> Today:
    today = filters.today
    since = today - timedelta(days=MISSED_LOOK_BACK_DAYS)
    yesterday = today - timedelta(days=1)
    by_day = analytics.days(visits, since, today, today)
    work = by_day[today]
    owners = filters.owners()

    def figure(kind: str, title: str, count: int) -> Figure:
        return Figure(kind, title, count, links.visits(owners, today, today, status=kind))

    return Today(
        day=today,
        work=work,
        slices=tuple(drawing.ring([getattr(work, kind) for kind in drawing.KINDS], drawing.KINDS)),
        figures=(
            figure("ahead", "Запланировано", work.ahead),
            figure("in_progress", "В процессе", work.in_progress),
            figure("done", "Выполнено", work.done),
            figure("not_possible", "Не выполнено", work.not_possible),
        ),
        missed_lately=sum(day.missed for day in by_day.values()),
        missed_link=links.visits(owners, since, yesterday, status="missed"),
    )


def _chart(filters: Filters, visits: Visits) -> Chart:
    """Days of the chosen range, months when it is long, otherwise the days of this week."""
    owners, today = filters.owners(), filters.today
    start, end = filters.start, filters.end
    if start is None or end is None or start == end:
        start, end = week_of(start or end or today)
    title = (
        f"{start:%d.%m} – {end:%d.%m.%Y}" if start != week_of(today)[0] or end != week_of(today)[1] else "Эта неделя"
    )
    if (end - start).days < DAYS_DRAWN_SINGLY:
        found = analytics.days(visits, start, end, today)
        bars = day_bars(found, owners, today)
        works = list(found.values())
    else:
        last = (end.year, end.month)
        first = max((start.year, start.month), analytics.month_shift(last, 1 - MONTHS_DRAWN))
        by_month = analytics.months(visits, first, last, today)
        bars = month_bars(by_month, owners, today)
        works = list(by_month.values())
        title = "По месяцам"
    return Chart(title, bars, analytics.sum_of(works))


def _stages(filters: Filters, houses: analytics.Houses, viewer: str) -> Stages:
    kept = aged(f"stages:{viewer}:{filters.key}", STAGES_KEPT_SECONDS, lambda: analytics.stages(houses))
    return _drawn_stages(filters, kept.value, kept.at)


def _drawn_stages(filters: Filters, counts: tuple[StageCount, ...], at: datetime) -> Stages:
    total = sum(stage.houses for stage in counts)
    colors = [drawing.color_of(stage.color, index) for index, stage in enumerate(counts)]
    rows = tuple(
        StageRow(
            stage.name,
            color,
            stage.houses,
            stage.houses / total,
            links.houses(filters.owners() | filters.days(), stage=stage.id or links.NONE),
        )
        for stage, color in zip(counts, colors, strict=True)
    )
    slices = tuple(drawing.ring([stage.houses for stage in counts], colors))
    return Stages(rows, slices, total, max((row.houses for row in rows), default=1), at)


def _sync(reader: Any, fresh: Freshness) -> Sync:
    return Sync(
        fresh=fresh,
        run=SyncRun.objects.order_by("-started_at").first(),
        runs_link=links.open_to(reader, "syncrun"),
        conflicts=ScheduleField.objects.filter(state=ScheduleField.State.CONFLICT).count(),
        conflicts_link=links.open_to(reader, "schedulefield", state="conflict"),
    )


def _controls(reader: Any) -> Controls:
    link = reverse("admin:voice_controlquestion_changelist") if reader.has_perm(CONTROL) else ""
    return Controls(failures() if link else 0, link)


def _issues(filters: Filters, houses: analytics.Houses) -> tuple[Figure, ...]:
    labels = dict(Issue.choices)
    chosen = filters.owners() | filters.days()
    counts = analytics.issues(houses)[:ISSUES_SHOWN]
    return tuple(
        Figure("issue", str(labels.get(row.code, row.code)), row.houses, links.houses(chosen, issue=row.code))
        for row in counts
    )
