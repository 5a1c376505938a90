"""Questions about many houses or visits at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery, Sum
from django.utils import timezone

from houses import access
from houses.addresses.nearest import nearest
from houses.addresses.search import find
from houses.text import plain

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from houses.models import CleaningVisit, House, ManagementCompany  # noqa: F401

NO_BRIGADE = "Бригада не назначена"
_LARGEST_SMALLINT = 32_767


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over houses, and how many of them lack the number; a sum is None when every one of the houses lacks it."""

    houses: int
    apartments: int | None
    entrances: int | None
    floors: int | None
    without_apartments: int
    without_entrances: int
    without_floors: int


@dataclass(frozen=True, slots=True)
class VisitCounts:
    """Visits of one day by state."""

    planned: int
    in_progress: int
    done: int
    not_possible: int


class HouseQuerySet(models.QuerySet["House"]):
    """Questions about houses. Bulk writes keep the search keys in step with address and title."""

    def active(self) -> HouseQuerySet:
        """Houses still in the funnel."""
        return self.filter(archived_at__isnull=True)

    def visible_to(self, user: User | AnonymousUser) -> HouseQuerySet:
        """The office sees all, a brigade its own active houses, anyone else none."""
        if access.sees_all_houses(user):
            return self.all()
        brigade = access.brigade_of(user) if access.is_brigade(user) else None
        return self.filter(brigade=brigade, archived_at__isnull=True) if brigade else self.none()

    def by_address(self, text: str) -> list[House]:
        """Active houses by what people type or say, best first; empty when there is none such.

        An exact house number stands ahead; «9» may be followed by «9 к2», but «9 к2» never finds «9».
        """
        return find(self.active(), text)

    def nearest(self, text: str) -> House | None:
        """The active house that an unknown address sounds like, to be asked about; None when there is no one such."""
        return nearest(self, text)

    def on_dates(self, start: date | None, end: date | None) -> HouseQuerySet:
        """Houses with a CRM cleaning date from `start` to `end`, both included; None leaves that side open."""
        from houses.models.visit import CleaningVisit

        visits = CleaningVisit.objects.filter(house=OuterRef("pk"), crm_date__isnull=False)
        if start:
            visits = visits.filter(crm_date__gte=start)
        if end:
            visits = visits.filter(crm_date__lte=end)
        return self.filter(Exists(visits))

    def for_brigade_text(self, value: str) -> HouseQuerySet:
        """Digits are a brigade's number; other text is part of its name; «Бригада не назначена» means none."""
        text = " ".join(value.replace("\x00", "").split())
        if text.isascii() and text.isdecimal():
            number = int(text[:12])
            return self.filter(brigade__number=number) if number <= _LARGEST_SMALLINT else self.none()
        if text.lower() == NO_BRIGADE.lower():
            return self.filter(brigade__isnull=True)
        return self.filter(brigade__name__icontains=text) if text else self.all()

    def for_company_text(self, value: str) -> HouseQuerySet:
        """Part of the management company's name, in any case and with any quotes."""
        text = plain(value)
        return self.filter(company__title_key__contains=text) if text else self.all()

    def with_next_visit(self, today: date | None = None) -> HouseQuerySet:
        """Annotate `next_visit`: the date of the nearest visit from today on that is not over; None without one."""
        from houses.models.visit import CleaningVisit

        coming = CleaningVisit.objects.filter(
            house=OuterRef("pk"),
            date__gte=today or timezone.localdate(),
            status__in=[CleaningVisit.Status.PLANNED, CleaningVisit.Status.IN_PROGRESS],
        ).order_by("date")
        return self.annotate(next_visit=Subquery(coming.values("date")[:1]))

    def totals(self) -> Totals:
        """Sums of flats, entrances and floors; a house without the number is left out of the sum and counted."""
        names = ("apartments", "entrances", "floors")
        # Filters may join other tables; the sums must count each house once.
        rows = self.model._default_manager.filter(pk__in=self.order_by().values("pk"))
        found = rows.aggregate(
            houses=Count("pk"),
            **{f"without_{name}": Count("pk", filter=Q(**{f"{name}__isnull": True})) for name in names},
            **{name: Sum(name) for name in names},
        )
        if not found["houses"]:
            found |= dict.fromkeys(names, 0)
        return Totals(**found)

    def bulk_create(self, objs: Iterable[House], *args: Any, **kwargs: Any) -> list[House]:
        houses = list(objs)
        for house in houses:
            house.refresh_keys()
        if kwargs.get("update_fields"):
            kwargs["update_fields"] = with_keys(kwargs["update_fields"])
        return super().bulk_create(houses, *args, **kwargs)

    def bulk_update(self, objs: Iterable[House], fields: Iterable[str], batch_size: int | None = None) -> int:
        houses, names = list(objs), list(fields)
        if {"address", "title"} & set(names):
            for house in houses:
                house.refresh_keys()
        return super().bulk_update(houses, with_keys(names), batch_size)


def with_keys(fields: Iterable[str]) -> list[str]:
    """The fields, with the search keys added when address or title is among them."""
    names = list(fields)
    if {"address", "title"} & set(names):
        names += [name for name in ("street_key", "number_key", "search_keys") if name not in names]
    return names


class CompanyQuerySet(models.QuerySet["ManagementCompany"]):
    """Bulk writes keep `title_key` in step with the title."""

    def bulk_create(self, objs: Iterable[ManagementCompany], *args: Any, **kwargs: Any) -> list[ManagementCompany]:
        companies = list(objs)
        for company in companies:
            company.title_key = plain(company.title)
        if "title" in (kwargs.get("update_fields") or ()):
            kwargs["update_fields"] = list({*kwargs["update_fields"], "title_key"})
        return super().bulk_create(companies, *args, **kwargs)


class VisitQuerySet(models.QuerySet["CleaningVisit"]):
    """Questions about visits."""

    def visible_to(self, user: User | AnonymousUser) -> VisitQuerySet:
        """The office sees all, a brigade the visits of its own active houses, anyone else none."""
        if access.sees_all_houses(user):
            return self.all()
        brigade = access.brigade_of(user) if access.is_brigade(user) else None
        return self.filter(house__brigade=brigade, house__archived_at__isnull=True) if brigade else self.none()

    def on(self, day: date) -> VisitQuerySet:
        """Visits of one day, by the date they are planned for now."""
        return self.filter(date=day)

    def missed(self, today: date | None = None) -> VisitQuerySet:
        """Planned for a day that is over, and nobody has reported anything."""
        return self.filter(status="planned", date__lt=today or timezone.localdate())

    def counts(self, today: date | None = None) -> VisitCounts:
        """How many visits of one day are in which state."""
        found = dict(
            self.on(today or timezone.localdate()).order_by().values_list("status").annotate(number=Count("pk"))
        )
        return VisitCounts(**{name: found.get(name, 0) for name in ("planned", "in_progress", "done", "not_possible")})
