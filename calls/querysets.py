"""Questions about many calls at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Avg, Count, DurationField, Exists, ExpressionWrapper, F, Max, OuterRef, Q
from django.utils import timezone

from houses.access import sees_all_houses

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from calls.models import Call  # noqa: F401

FINAL = ("Completed", "Failed", "Interrupted")
GOING_ON = ("Initiated", "InProgress")
BAD_RATING = 2


@dataclass(frozen=True, slots=True)
class CallCounts:
    """How many calls there are, and how they ended; `going_on` has not ended."""

    total: int
    completed: int
    interrupted: int
    failed: int
    going_on: int
    average: timedelta | None


class CallQuerySet(models.QuerySet["Call"]):
    def visible_to(self, user: User | AnonymousUser) -> CallQuerySet:
        """The office reads every call; anyone else none."""
        return self.all() if sees_all_houses(user) else self.none()

    def kept(self) -> CallQuerySet:
        """Without those that were cleared from the log."""
        return self.filter(hidden_at=None)

    def hidden(self) -> CallQuerySet:
        return self.exclude(hidden_at=None)

    def going_on(self) -> CallQuerySet:
        return self.filter(status__in=GOING_ON)

    def begun(self, start: date | datetime | None, end: date | datetime | None) -> CallQuerySet:
        """Begun within these days, the company's, or between these moments; both ends belong to it."""
        rows = self
        if start is not None:
            rows = rows.filter(started_at__gte=start if isinstance(start, datetime) else midnight(start))
        if isinstance(end, datetime):
            rows = rows.filter(started_at__lte=end)
        elif end is not None:
            rows = rows.filter(started_at__lt=midnight(end + timedelta(days=1)))
        return rows

    def unanswered(self) -> CallQuerySet:
        """Those in which the assistant once said that it does not know."""
        return self.filter(self._with_turn(Q(answered=False)))

    def badly_rated(self) -> CallQuerySet:
        return self.filter(self._with_turn(Q(rating__lte=BAD_RATING)))

    def rated(self) -> CallQuerySet:
        return self.filter(self._with_turn(Q(rating__isnull=False)))

    def counts(self) -> CallCounts:
        """One query."""
        length = ExpressionWrapper(F("ended_at") - F("started_at"), DurationField())
        names = {"completed": "Completed", "interrupted": "Interrupted", "failed": "Failed"}
        found = self.order_by().aggregate(
            total=Count("pk"),
            **{name: Count("pk", filter=Q(status=status)) for name, status in names.items()},
            going_on=Count("pk", filter=Q(status__in=GOING_ON)),
            average=Avg(length, filter=Q(ended_at__gte=F("started_at"))),
        )
        return CallCounts(**found)

    def state(self) -> str:
        """A short word that changes whenever one of these calls does, one comes or one goes."""
        found = self.order_by().aggregate(number=Count("pk"), last=Max("changed_at"))
        return f"{found['number']}-{found['last'].timestamp() if found['last'] else 0:.6f}"

    @staticmethod
    def _with_turn(condition: Q) -> Exists:
        from calls.models import Turn

        return Exists(Turn.objects.filter(condition, call=OuterRef("pk")))


def midnight(day: date) -> datetime:
    """The first moment of a day of the company."""
    return timezone.make_aware(datetime.combine(day, time.min))
