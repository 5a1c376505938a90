"""A brigade's visits, day by day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.db.models import Count, Q

from houses.brigade_pages.ordering import Stop, plan
from houses.brigade_pages.visitors import Visitor
from houses.models import Brigade, CleaningVisit, House, OfficeSettings
from houses.quality import Issue
from houses.querysets import VisitQuerySet

Status = CleaningVisit.Status
OPEN = (Status.PLANNED, Status.IN_PROGRESS)


@dataclass(frozen=True, slots=True)
class Day:
    """One day in the order of the way; `unplaced` are the houses whose place is not known, by street."""

    date: date
    placed: tuple[CleaningVisit, ...]
    unplaced: tuple[CleaningVisit, ...]

    @property
    def visits(self) -> tuple[CleaningVisit, ...]:
        return self.placed + self.unplaced

    @property
    def total(self) -> int:
        return len(self.visits)

    @property
    def done(self) -> int:
        return sum(visit.status == Status.DONE for visit in self.visits)

    @property
    def not_possible(self) -> int:
        return sum(visit.status == Status.NOT_POSSIBLE for visit in self.visits)

    @property
    def closed(self) -> int:
        """Visits with a report, whatever it says."""
        return self.done + self.not_possible

    def following(self, visit: CleaningVisit) -> CleaningVisit | None:
        """Where to go after `visit`: the next one in the order that has no report, else the first such one."""
        visits = self.visits
        index = next((n for n, one in enumerate(visits) if one.pk == visit.pk), -1)
        rest = visits[index + 1 :] + visits[: max(index, 0)]
        return next((one for one in rest if one.status in OPEN), None)


def visits_of(visitor: Visitor, brigade: Brigade) -> VisitQuerySet:
    """Visits at the houses of `brigade` that `visitor` may see, with what a card needs."""
    return (
        CleaningVisit.objects.visible_to(visitor.user)
        .filter(house__brigade=brigade, house__archived_at__isnull=True)
        .select_related("house", "house__company")
        .annotate(photo_count=Count("photos"))
    )


def place_of(house: House) -> tuple[float, float] | None:
    """Where the house stands; None also when the CRM puts it where it cannot be."""
    if house.latitude is None or house.longitude is None or Issue.IMPLAUSIBLE_LOCATION in house.issues:
        return None
    return house.latitude, house.longitude


def in_order(day: date, visits: Iterable[CleaningVisit]) -> Day:
    by_key = {visit.pk: visit for visit in visits}
    stops = tuple(
        Stop(visit.pk, visit.house.street_key, visit.house.number_key, place_of(visit.house))
        for _, visit in sorted(by_key.items())
    )
    route = plan(stops)
    return Day(day, tuple(by_key[key] for key in route.placed), tuple(by_key[key] for key in route.unplaced))


def day_of(visitor: Visitor, brigade: Brigade, day: date) -> Day:
    return in_order(day, visits_of(visitor, brigade).filter(date=day))


def first_after(visitor: Visitor, brigade: Brigade, day: date) -> date | None:
    """The next day with visits."""
    visits = CleaningVisit.objects.visible_to(visitor.user).filter(house__brigade=brigade, date__gt=day)
    return visits.filter(house__archived_at__isnull=True).order_by("date").values_list("date", flat=True).first()


def week_of(visitor: Visitor, brigade: Brigade, monday: date) -> list[Day]:
    """Seven days from `monday`, also those without visits."""
    visits = visits_of(visitor, brigade).filter(date__range=(monday, monday + timedelta(days=6))).order_by("date")
    return grouped(visits, [monday + timedelta(days=n) for n in range(7)])


def late_of(visitor: Visitor, brigade: Brigade, today: date) -> list[Day]:
    """Past days with visits nobody reported on, as far back as a report is still taken; the latest first."""
    visits = list(late_visits(visitor, brigade, today).order_by("-date"))
    return grouped(visits, [day for day, _ in groupby(visits, key=lambda visit: visit.date)])


def late_visits(visitor: Visitor, brigade: Brigade, today: date) -> VisitQuerySet:
    first = today - timedelta(days=OfficeSettings.load().late_report_days)
    return visits_of(visitor, brigade).filter(date__gte=first, date__lt=today, status__in=OPEN)


def grouped(visits: Iterable[CleaningVisit], days: Sequence[date]) -> list[Day]:
    by_day: dict[date, list[CleaningVisit]] = {day: [] for day in days}
    for visit in visits:
        by_day[visit.date].append(visit)
    return [in_order(day, of_day) for day, of_day in by_day.items()]


def brigades_today(today: date) -> list[Brigade]:
    """The brigades with `planned` and `closed` visits of today, for the office to choose from."""
    ours = Q(houses__archived_at__isnull=True, houses__visits__date=today)
    return list(
        Brigade.objects.filter(is_active=True)
        .annotate(
            total=Count("houses__visits", filter=ours),
            closed=Count("houses__visits", filter=ours & ~Q(houses__visits__status__in=OPEN)),
        )
        .order_by("number", "name")
    )
