"""What each brigade was to clean in a month and what it did, by cleaning type, every visit counted once.

A wet cleaning (T1) takes in all entrances of a house and all floors of each: floors = entrances × floors. A sweeping
(T2) and a first-floor cleaning (T3) are counted apart and never as a T1, though the CRM's text of a T2 contains the
words of the other two. Houses without the number are left out of a sum, and how many were is said.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from houses.analytics import counted, month_bounds
from houses.cleaning import CleaningType
from houses.models import Brigade, CleaningVisit, House
from houses.querysets import NO_BRIGADE, VisitQuerySet
from houses.schedule import Month

Status = CleaningVisit.Status


@dataclass(slots=True)
class Sizes:
    """Sums over visits; `unknown` visits are of houses without entrances or floors."""

    visits: int = 0
    entrances: int = 0
    floors: int = 0
    unknown: int = 0

    def add(self, other: Sizes) -> None:
        self.visits += other.visits
        self.entrances += other.entrances
        self.floors += other.floors
        self.unknown += other.unknown


@dataclass(slots=True)
class Work:
    """Work of a day or a month: by type, and by what became of it."""

    wet: Sizes = field(default_factory=Sizes)
    sweeping: Sizes = field(default_factory=Sizes)
    first_floor: Sizes = field(default_factory=Sizes)
    unknown_type: Sizes = field(default_factory=Sizes)
    wet_done: Sizes = field(default_factory=Sizes)
    planned: int = 0
    done: int = 0
    in_progress: int = 0
    not_possible: int = 0
    missed: int = 0

    @property
    def share(self) -> int | None:
        """Done out of planned, in percent; None when nothing was planned."""
        return self.done * 100 // self.planned if self.planned else None

    def add(self, other: Work) -> None:
        for name in ("wet", "sweeping", "first_floor", "unknown_type", "wet_done"):
            getattr(self, name).add(getattr(other, name))
        for name in ("planned", "done", "in_progress", "not_possible", "missed"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class BrigadeMonth:
    """A brigade's row; `key` is its id, or «none» for houses without a brigade.

    `houses` … `floors` describe the houses it has now; `floors` counts each entrance's floors. Each is None when no
    house gave the number; `unknown_*` houses lack it.
    """

    key: str
    name: str
    houses: int = 0
    apartments: int | None = None
    entrances: int | None = None
    floors: int | None = None
    unknown_apartments: int = 0
    unknown_entrances: int = 0
    unknown_floors: int = 0
    days: dict[date, Work] = field(default_factory=lambda: defaultdict(Work))
    total: Work = field(default_factory=Work)

    @property
    def entrances_a_day(self) -> float | None:
        """Entrances washed on all floors per day on which there was any such work; None without one."""
        worked = sum(1 for work in self.days.values() if work.wet.visits)
        return self.total.wet.entrances / worked if worked else None


BY_TYPE = {CleaningType.T1: "wet", CleaningType.T2: "sweeping", CleaningType.T3: "first_floor", "": "unknown_type"}


def month_kpi(houses: QuerySet[House], visits: VisitQuerySet, month: Month, today: date) -> list[BrigadeMonth]:
    """A row for every brigade with houses or visits, in the order of their numbers; three queries.

    A visit belongs to the brigade that reported it, else to the house's own.
    """
    names = {brigade.pk: brigade.name for brigade in Brigade.objects.all()}
    rows: dict[int | None, BrigadeMonth] = {}
    for found in house_sums(houses):
        key = found.pop("brigade")
        rows[key] = _row(key, names, **found)
    for found in visit_sums(visits, month):
        key = found["whose"]
        row = rows.setdefault(key, _row(key, names))
        work = _work(found, today)
        row.days[found["date"]].add(work)
        row.total.add(work)
    order = {key: place for place, key in enumerate(names)}
    return [rows[key] for key in sorted(rows, key=lambda key: order.get(key, len(order)) if key else len(order))]


def house_sums(houses: QuerySet[House]) -> Any:
    """Per brigade: houses and their numbers."""
    return (
        houses.order_by()
        .values("brigade")
        .annotate(
            all_houses=Count("pk"),
            all_apartments=Sum("apartments"),
            all_entrances=Sum("entrances"),
            all_floors=Sum(F("entrances") * F("floors")),
            no_apartments=Count("pk", filter=Q(apartments=None)),
            no_entrances=Count("pk", filter=Q(entrances=None)),
            no_floors=Count("pk", filter=Q(entrances=None) | Q(floors=None)),
        )
    )


def visit_sums(visits: VisitQuerySet, month: Month) -> Any:
    """Per brigade, day, type and state: visits and the sizes of their houses."""
    first, last = month_bounds(month)
    return (
        counted(visits)
        .filter(date__range=(first, last))
        .order_by()
        .annotate(whose=Coalesce("brigade", "house__brigade"))
        .values("whose", "date", "cleaning_type", "status")
        .annotate(
            visits=Count("pk"),
            entrances=Sum("house__entrances"),
            floors=Sum(F("house__entrances") * F("house__floors")),
            unknown=Count("pk", filter=Q(house__entrances=None) | Q(house__floors=None)),
        )
    )


def _row(key: int | None, names: dict[int, str], **sums: Any) -> BrigadeMonth:
    return BrigadeMonth(
        key=str(key) if key else "none",
        name=names.get(key, NO_BRIGADE) if key else NO_BRIGADE,
        houses=sums.get("all_houses", 0),
        apartments=sums.get("all_apartments"),
        entrances=sums.get("all_entrances"),
        floors=sums.get("all_floors"),
        unknown_apartments=sums.get("no_apartments", 0),
        unknown_entrances=sums.get("no_entrances", 0),
        unknown_floors=sums.get("no_floors", 0),
    )


def _work(found: dict[str, Any], today: date) -> Work:
    sizes = Sizes(found["visits"], found["entrances"] or 0, found["floors"] or 0, found["unknown"])
    number, status = found["visits"], found["status"]
    work = Work(planned=number)
    setattr(work, BY_TYPE[found["cleaning_type"]], sizes)
    if status == Status.DONE:
        work.done = number
        if found["cleaning_type"] == CleaningType.T1:
            work.wet_done = sizes
    elif status == Status.IN_PROGRESS:
        work.in_progress = number
    elif status == Status.NOT_POSSIBLE:
        work.not_possible = number
    elif found["date"] < today:
        work.missed = number
    return work


def together(rows: Iterable[BrigadeMonth]) -> BrigadeMonth:
    """All brigades as one row."""
    whole = BrigadeMonth(key="", name="Все бригады")
    for row in rows:
        whole.houses += row.houses
        for name in ("apartments", "entrances", "floors"):
            value = getattr(row, name)
            if value is not None:
                setattr(whole, name, (getattr(whole, name) or 0) + value)
            unknown = f"unknown_{name}"
            setattr(whole, unknown, getattr(whole, unknown) + getattr(row, unknown))
        for day, work in row.days.items():
            whole.days[day].add(work)
        whole.total.add(row.total)
    return whole
