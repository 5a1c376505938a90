"""Which days, and which calls of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q

from calls.querysets import midnight


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of the company, both ends included; `channel` "" is all of them."""

    first: date
    last: date
    channel: str = ""

    @property
    def begin(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1)]

    @property
    def weeks(self) -> list[date]:
        """The Mondays of its weeks."""
        return sorted({day - timedelta(days=day.weekday()) for day in self.days})

    def calls(self) -> Q:
        found = Q(hidden_at=None, started_at__gte=self.begin, started_at__lt=self.end)
        return found & Q(channel=self.channel) if self.channel else found

    def turns(self) -> Q:
        found = Q(call__hidden_at=None, call__started_at__gte=self.begin, call__started_at__lt=self.end)
        return found & Q(call__channel=self.channel) if self.channel else found

    def rows(self, sql: str, **more: Any) -> list[Any]:
        """What a query of the database itself gives; it may use begin, end, channel and zone."""
        given: dict[str, Any] = {
            "begin": self.begin,
            "end": self.end,
            "channel": self.channel,
            "zone": settings.TIME_ZONE,
        }
        with connection.cursor() as cursor:
            cursor.execute(sql, given | more)
            return list(cursor.fetchall())
