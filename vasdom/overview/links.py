"""Addresses of the rows behind a figure: the lists of the admin, filtered."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse

NONE = "none"  # «without a brigade», «without a company» in the lists' filters


def rows(model: str, **parameters: object) -> str:
    """The admin list of `houses.<model>` with these parameters; empty ones are left out. Empty = no such list."""
    try:
        address = reverse(f"admin:houses_{model}_changelist")
    except NoReverseMatch:
        return ""
    given = {name: str(value) for name, value in parameters.items() if value not in (None, "")}
    return f"{address}?{urlencode(given)}" if given else address


def open_to(reader: Any, model: str, **parameters: object) -> str:
    """As `rows`, and empty also for a reader who may not see that list: no figure leads to «403»."""
    return rows(model, **parameters) if reader.has_perm(f"houses.view_{model}") else ""


def houses(owners: dict[str, str], **parameters: object) -> str:
    """Houses of this brigade and company."""
    return rows("house", **(owners | parameters))


def visits(owners: dict[str, str], start: date | None = None, end: date | None = None, *, status: str = "") -> str:
    """Visits of these days, both ends included; `status` is one of the model's, or `missed` or `ahead`."""
    return rows("cleaningvisit", **owners, date_from=start, date_to=end, status=status)
