"""What the log may be narrowed by over the API."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils import timezone

from calls.models import Call
from calls.querysets import CallQuerySet
from calls.search import search_calls
from houses.api.query import DAY, Query, parse_day
from vasdom.errors import InvalidInput

STATUSES = {status.lower(): status for status in Call.Status.values}


def narrowed(query: Query, user: Any) -> CallQuerySet:
    """The calls asked for, newest first, as far as this reader may see them.

    Raises:
        InvalidInput: with the parameter's name.
    """
    start, end = moment(query, "date_from"), moment(query, "date_to")
    status = query.text("status")
    if status and status.lower() not in STATUSES:
        raise InvalidInput(f"Параметр status: ожидается одно из: {', '.join(Call.Status.values)}.", field="status")
    channel = query.choice("channel", Call.Channel.values)
    calls = Call.objects.visible_to(user).kept().begun(start, end).order_by("-started_at", "-pk")
    if status:
        calls = calls.filter(status=STATUSES[status.lower()])
    if channel:
        calls = calls.filter(channel=channel)
    return search_calls(calls, query.text("q"), user)


def moment(query: Query, name: str) -> date | datetime | None:
    """A day of the company (`2026-11-05`) or a moment (`2026-11-05T00:00:00Z`, without a zone: the company's)."""
    value = query.text(name)
    if not value:
        return None
    if DAY.fullmatch(value):
        return parse_day(value, name)
    try:
        # A plus that was not escaped in an address arrives as a blank.
        found = datetime.fromisoformat(value.replace(" ", "+"))
        return found if timezone.is_aware(found) else timezone.make_aware(found)
    except (ValueError, OverflowError) as exc:
        raise InvalidInput(f"Параметр {name}: ожидается дата вида 2026-11-05 или время ISO 8601.", field=name) from exc


def told(query: Query) -> str:
    """The filter in words, without what was searched for: that may be a phone number."""
    parts = [f"{name}={query.text(name)}" for name in ("date_from", "date_to", "status", "channel") if query.text(name)]
    return ", ".join([*parts, *(["поиск"] if query.text("q") else [])])
