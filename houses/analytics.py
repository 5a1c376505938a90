"""Sums over houses and visits, for the dashboard, the analytics page and their API.

Every function takes the houses and visits to count, already narrowed to what the reader may see, and asks the database
a constant number of questions. A sum nobody gave a number for is None, never zero; a share of nothing is None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from django.db.models import Count, Exists, F, Func, OuterRef, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from houses.models import Brigade, CleaningVisit, ManagementCompany, Stage
from houses.querysets import HouseQuerySet, VisitQuerySet
from houses.schedule import Month

Grouping = Literal["brigade", "company"]
Houses = HouseQuerySet
Visits = VisitQuerySet
Status = CleaningVisit.Status

NUMBERS = ("apartments", "entrances", "floors")
NO_HOUSES: Mapping[str, Any] = {
    "count": 0,
    **{f"sum_{n}": None for n in NUMBERS},
    **{f"without_{n}": 0 for n in NUMBERS},
}


@dataclass(frozen=True, slots=True)
class Amount:
    """A sum over houses: None when no house has the number; `unknown` houses lack it."""

    value: int | None
    unknown: int


@dataclass(frozen=True, slots=True)
class Work:
    """Visits by what became of them.

    `ahead` are planned for today or later, `missed` were planned for a day that has passed; together with the others
    they make `total`.
    """

    ahead: int = 0
    in_progress: int = 0
    done: int = 0
    missed: int = 0
    not_possible: int = 0

    @property
    def total(self) -> int:
        return self.ahead + self.in_progress + self.done + self.missed + self.not_possible

    @property
    def done_share(self) -> float | None:
        """Of the visits whose day has come to an end one way or another, the share done, 0–1."""
        decided = self.done + self.missed + self.not_possible
        return self.done / decided if decided else None


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One brigade or company, or the rest that has none (`id` None)."""

    id: int | None
    title: str
    number: int | None
    houses: int
    apartments: Amount
    entrances: Amount
    floors: Amount
    scheduled: int
    work: Work

    @property
    def amounts(self) -> tuple[Amount, Amount, Amount]:
        return self.apartments, self.entrances, self.floors

    @property
    def scheduled_share(self) -> float | None:
        return self.scheduled / self.houses if self.houses else None


@dataclass(frozen=True, slots=True)
class StageCount:
    """A stage of the CRM funnel and how many houses stand on it; `id` is empty for houses without a stage."""

    id: str
    name: str
    color: str
    houses: int


@dataclass(frozen=True, slots=True)
class DayCell:
    """The visits of one day, one brigade and one cleaning type."""

    day: date
    brigade_id: int | None
    cleaning_type: str
    work: Work


@dataclass(frozen=True, slots=True)
class IssueCount:
    code: str
    houses: int


def sum_of(works: Iterable[Work]) -> Work:
    """All of it together."""
    parts = list(works)
    return Work(
        ahead=sum(work.ahead for work in parts),
        in_progress=sum(work.in_progress for work in parts),
        done=sum(work.done for work in parts),
        missed=sum(work.missed for work in parts),
        not_possible=sum(work.not_possible for work in parts),
    )


def month_bounds(month: Month) -> tuple[date, date]:
    """The first and the last day."""
    year, number = month
    first = date(year, number, 1)
    following = date(year + number // 12, number % 12 + 1, 1)
    return first, following - timedelta(days=1)


def month_shift(month: Month, by: int) -> Month:
    index = month[0] * 12 + month[1] - 1 + by
    return index // 12, index % 12 + 1


def counted(visits: Visits) -> Visits:
    """Visits that figures are made of: planned ones of archived houses will never take place and are left out."""
    return visits.exclude(status=Status.PLANNED, house__archived_at__isnull=False)


def of_brigade(visits: Visits, brigade_id: int) -> Visits:
    """Visits a brigade reported, and those of its houses that nobody reported yet."""
    return visits.filter(Q(brigade=brigade_id) | Q(brigade=None, house__brigade=brigade_id))


def in_days(visits: Visits, start: date, end: date) -> Visits:
    return visits.filter(date__gte=start, date__lte=end)


def work(visits: Visits, today: date) -> Work:
    return Work(**visits.aggregate(**_work_counts(today)))


def _work_counts(today: date) -> dict[str, Count]:
    return {
        "ahead": Count("pk", filter=Q(status=Status.PLANNED, date__gte=today)),
        "in_progress": Count("pk", filter=Q(status=Status.IN_PROGRESS)),
        "done": Count("pk", filter=Q(status=Status.DONE)),
        "missed": Count("pk", filter=Q(status=Status.PLANNED, date__lt=today)),
        "not_possible": Count("pk", filter=Q(status=Status.NOT_POSSIBLE)),
    }


def _work_of(row: Mapping[str, Any]) -> Work:
    return Work(row["ahead"], row["in_progress"], row["done"], row["missed"], row["not_possible"])


def _amounts() -> dict[str, Any]:
    sums = {f"sum_{name}": Sum(name) for name in NUMBERS}
    gaps = {f"without_{name}": Count("pk", filter=Q(**{f"{name}__isnull": True})) for name in NUMBERS}
    return sums | gaps


def _amount(row: Mapping[str, Any], name: str) -> Amount:
    return Amount(row[f"sum_{name}"], row[f"without_{name}"])


def scheduled(houses: Houses, start: date, end: date) -> Houses:
    """Houses to which the CRM gives at least one date in these days."""
    dates = CleaningVisit.objects.filter(house=OuterRef("pk"), crm_date__gte=start, crm_date__lte=end)
    return houses.filter(Exists(dates))


def breakdown(houses: Houses, visits: Visits, by: Grouping, month: Month, today: date) -> tuple[GroupRow, ...]:
    """A row for each brigade or company that has houses or visits in the month, and one for those without any.

    A visit counts for the brigade that reported it, and until then for the house's own; a house counts for its own.
    """
    start, end = month_bounds(month)
    column = f"{by}_id"
    owned = {row[column]: row for row in houses.order_by().values(column).annotate(count=Count("pk"), **_amounts())}
    planned = dict(
        scheduled(houses, start, end).order_by().values(column).annotate(count=Count("pk")).values_list(column, "count")
    )
    worked = {
        row["group"]: _work_of(row)
        for row in in_days(counted(visits), start, end)
        .order_by()
        .annotate(group=Coalesce("brigade_id", "house__brigade_id") if by == "brigade" else F("house__company_id"))
        .values("group")
        .annotate(**_work_counts(today))
    }
    names = _names(by, owned.keys() | worked.keys())
    rows = [_group_row(key, names, owned.get(key), planned, worked) for key in owned.keys() | worked.keys()]
    return tuple(sorted(rows, key=_brigade_order if by == "brigade" else _company_order))


def _group_row(
    key: int | None,
    names: Mapping[int | None, tuple[str, int | None]],
    owned: Mapping[str, Any] | None,
    planned: Mapping[int | None, int],
    worked: Mapping[int | None, Work],
) -> GroupRow:
    title, number = names[key]
    row = owned or NO_HOUSES
    return GroupRow(
        id=key,
        title=title,
        number=number,
        houses=row["count"],
        apartments=_amount(row, "apartments"),
        entrances=_amount(row, "entrances"),
        floors=_amount(row, "floors"),
        scheduled=planned.get(key, 0),
        work=worked.get(key, Work()),
    )


def _names(by: Grouping, keys: Iterable[int | None]) -> dict[int | None, tuple[str, int | None]]:
    """Title and number by id, with the words for those without any."""
    if by == "company":
        found = ManagementCompany.objects.filter(pk__in=[key for key in keys if key is not None])
        companies: dict[int | None, tuple[str, int | None]] = {c.pk: (c.title, None) for c in found}
        return companies | {None: ("УК не указана", None)}
    brigades: dict[int | None, tuple[str, int | None]] = {
        brigade.pk: (brigade.name, brigade.number)
        for brigade in Brigade.objects.filter(pk__in=[key for key in keys if key is not None])
    }
    return brigades | {None: ("Бригада не назначена", None)}


def _brigade_order(row: GroupRow) -> tuple[bool, int, str]:
    return row.id is None, row.number if row.number is not None else 10_000, row.title


def _company_order(row: GroupRow) -> tuple[bool, int, str]:
    return row.id is None, -row.houses, row.title


def stages(houses: Houses) -> tuple[StageCount, ...]:
    """Houses by stage of the funnel, in the funnel's order; the stages nobody stands on are left out."""
    found = houses.order_by().values("stage_id").annotate(count=Count("pk")).values_list("stage_id", "count")
    counts: dict[str | None, int] = dict(found)
    rows = [
        StageCount(stage.status_id, stage.name, stage.color, counts[stage.status_id])
        for stage in Stage.objects.all()
        if stage.status_id in counts
    ]
    if None in counts:
        rows.append(StageCount("", "Стадия не указана", "", counts[None]))
    return tuple(rows)


def days(visits: Visits, start: date, end: date, today: date) -> dict[date, Work]:
    """Work by day, a key for every day of the range."""
    rows = in_days(counted(visits), start, end).order_by().values("date").annotate(**_work_counts(today))
    found = {row["date"]: _work_of(row) for row in rows}
    span = (end - start).days + 1
    return {day: found.get(day, Work()) for day in (start + timedelta(days=n) for n in range(span))}


def months(visits: Visits, first: Month, last: Month, today: date) -> dict[Month, Work]:
    """Work by month, a key for every month from `first` to `last`."""
    start, end = month_bounds(first)[0], month_bounds(last)[1]
    rows = (
        in_days(counted(visits), start, end)
        .order_by()
        .annotate(month=TruncMonth("date"))
        .values("month")
        .annotate(**_work_counts(today))
    )
    found = {(row["month"].year, row["month"].month): _work_of(row) for row in rows}
    span = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    return {month: found.get(month, Work()) for month in (month_shift(first, n) for n in range(span))}


def day_cells(visits: Visits, start: date, end: date, today: date) -> tuple[DayCell, ...]:
    """What the calendar draws: work by day, brigade and cleaning type."""
    rows = (
        in_days(counted(visits), start, end)
        .order_by()
        .annotate(group=Coalesce("brigade_id", "house__brigade_id"))
        .values("date", "group", "cleaning_type")
        .annotate(**_work_counts(today))
        .order_by("date", "group", "cleaning_type")
    )
    return tuple(DayCell(row["date"], row["group"], row["cleaning_type"], _work_of(row)) for row in rows)


def issues(houses: Houses) -> tuple[IssueCount, ...]:
    """How many houses have each remark, the most frequent first."""
    rows = (
        houses.order_by()
        .annotate(code=Func(F("issues"), function="unnest"))
        .values("code")
        .annotate(count=Count("pk"))
        .order_by("-count", "code")
    )
    return tuple(IssueCount(row["code"], row["count"]) for row in rows)
