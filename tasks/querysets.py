"""Questions about many tasks at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, F, IntegerField, Q, Value, When
from django.utils import timezone

from houses import access

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from tasks.models import Task  # noqa: F401

OPEN = ("todo", "in_progress")
_LARGEST_SMALLINT = 32_767


@dataclass(frozen=True, slots=True)
class TaskCounts:
    """How many tasks are in which state; the overdue ones are counted in their own state too."""

    todo: int
    in_progress: int
    done: int
    cancelled: int
    overdue: int


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User | AnonymousUser) -> TaskQuerySet:
        """The office sees all; a brigade what is for it or for the person who asks; anyone else what is theirs."""
        if access.sees_all_houses(user):
            return self.all()
        employee = access.employee_of(user)
        if employee is None:
            return self.none()
        mine = Q(assignee=employee)
        if access.is_brigade(user) and employee.brigade_id is not None:
            mine |= Q(brigade=employee.brigade_id)
        return self.filter(mine)

    def open(self) -> TaskQuerySet:
        """Neither done nor cancelled."""
        return self.filter(status__in=OPEN)

    def closed(self) -> TaskQuerySet:
        return self.exclude(status__in=OPEN)

    def overdue(self, today: date | None = None) -> TaskQuerySet:
        """Open, and their day is over."""
        return self.open().filter(due__lt=today or timezone.localdate())

    def for_brigade_text(self, value: str) -> TaskQuerySet:
        """Digits are a brigade's number; other text is part of its name."""
        text = " ".join(value.replace("\x00", "").split())
        if text.isascii() and text.isdecimal():
            number = int(text[:12])
            return self.filter(brigade__number=number) if number <= _LARGEST_SMALLINT else self.none()
        return self.filter(brigade__name__icontains=text) if text else self

    def most_urgent_first(self) -> TaskQuerySet:
        """Open ones by due date, then those without one; of one day, what is begun stands first. Closed ones last."""
        rank = Case(When(status__in=OPEN, then=Value(0)), default=Value(1), output_field=IntegerField())
        begun = Case(When(status="in_progress", then=Value(0)), default=Value(1), output_field=IntegerField())
        return self.order_by(rank, F("due").asc(nulls_last=True), begun, "created_at", "pk")

    def counts(self, today: date | None = None) -> TaskCounts:
        """One query."""
        found = self.order_by().aggregate(
            **{name: Count("pk", filter=Q(status=name)) for name in ("todo", "in_progress", "done", "cancelled")},
            overdue=Count("pk", filter=Q(status__in=OPEN, due__lt=today or timezone.localdate())),
        )
        return TaskCounts(**found)
