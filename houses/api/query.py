"""Query parameters of the API, read strictly: a value that makes no sense is refused by name, never ignored.

An empty value means "not given"; unknown parameters are ignored.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Window
from rest_framework.request import Request

from houses.schedule import Month, parse_month
from vasdom.errors import InvalidInput

LONGEST_TEXT = 200
DEFAULT_LIMIT = 50
LARGEST_OFFSET = 1_000_000
MAX_LIMIT = 1000
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Query:
    """Typed access to the query string.

    Raises:
        InvalidInput: with the parameter's name and what is expected, in Russian.
    """

    def __init__(self, request: Request) -> None:
        self._values = request.query_params

    def text(self, name: str) -> str:
        """The value without surrounding blanks, "" when not given."""
        values = self._values.getlist(name)
        if len(values) > 1:
            raise InvalidInput(f"Параметр {name} указан несколько раз.", field=name)
        value = values[0].strip() if values else ""
        if len(value) > LONGEST_TEXT:
            raise InvalidInput(f"Параметр {name} длиннее {LONGEST_TEXT} знаков.", field=name)
        if not storable(value):
            raise InvalidInput(f"Параметр {name} содержит недопустимые знаки.", field=name)
        return value

    def integer(self, name: str, *, low: int, high: int | None = None) -> int | None:
        value = self.text(name)
        if not value:
            return None
        number = int(value) if value.isascii() and value.isdecimal() else None
        if number is None or number < low or (high is not None and number > high):
            span = f"от {low}" if high is None else f"от {low} до {high}"
            raise InvalidInput(f"Параметр {name}: ожидается целое число {span}.", field=name)
        return number

    def day(self, name: str) -> date | None:
        value = self.text(name)
        return parse_day(value, name) if value else None

    def days(self) -> tuple[date | None, date | None]:
        """`date_from` and `date_to`, either of which may be missing."""
        start, end = self.day("date_from"), self.day("date_to")
        if start and end and start > end:
            raise InvalidInput("date_from позже, чем date_to.", field="date_from")
        return start, end

    def month(self, name: str) -> Month | None:
        value = self.text(name)
        return parse_month(value, name) if value else None

    def choice(self, name: str, allowed: Collection[str]) -> str:
        value = self.text(name)
        if value and value not in allowed:
            raise InvalidInput(f"Параметр {name}: ожидается одно из: {', '.join(allowed)}.", field=name)
        return value


def storable(value: str) -> bool:
    """Whether PostgreSQL can hold the text: no NUL, no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def parse_day(value: str, name: str) -> date:
    try:
        if DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise InvalidInput(f"Параметр {name}: ожидается дата вида 2026-11-05.", field=name)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: `number` counts from 1."""

    number: int
    limit: int

    @classmethod
    def read(cls, query: Query) -> Page:
        number = query.integer("page", low=1)
        limit = query.integer("limit", low=1, high=MAX_LIMIT)
        return cls(1 if number is None else number, DEFAULT_LIMIT if limit is None else limit)

    def cut(self, rows: Any) -> tuple[list[Any], dict[str, int]]:
        """The page's rows of a QuerySet or list, and `total, page, limit, pages`. Beyond the end: no rows."""
        total = len(rows) if isinstance(rows, list) else rows.count()
        # Beyond the end nothing is looked up: a page of 10^30 does not even fit PostgreSQL's OFFSET.
        found = list(rows[self.start : self.start + self.limit]) if self.start < total else []
        return found, self.paging(total)

    def cut_counted(self, rows: Any) -> tuple[list[Any], dict[str, int]]:
        """The same for conditions that are dear and rows that are wide: the conditions are checked once for both the
        count and the page, and only the page's rows are read whole."""
        if isinstance(rows, list) or self.start > LARGEST_OFFSET:
            return self.cut(rows)
        keys = rows.annotate(total=Window(Count("pk"))).values_list("pk", "total")
        page = list(keys[self.start : self.start + self.limit])
        if not page:
            return self.cut(rows) if self.start else ([], self.paging(0))
        by_key = {row.pk: row for row in rows.order_by().filter(pk__in=[key for key, _ in page])}
        return [by_key[key] for key, _ in page if key in by_key], self.paging(page[0][1])

    @property
    def start(self) -> int:
        return (self.number - 1) * self.limit

    def paging(self, total: int) -> dict[str, int]:
        return {"total": total, "page": self.number, "limit": self.limit, "pages": -(-total // self.limit)}
