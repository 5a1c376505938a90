"""Which houses have signed the act of a month; the share is never above one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from houses.models import Act, Brigade, House
from houses.querysets import NO_BRIGADE
from houses.schedule import Month, first_day, month_text, month_title, shift_month


@dataclass(frozen=True, slots=True)
class ActShare:
    """`signed` of `total` houses; `percent` is None when there are no houses."""

    key: str
    name: str
    signed: int
    total: int

    @property
    def unsigned(self) -> int:
        return self.total - self.signed

    @property
    def percent(self) -> int | None:
        return self.signed * 100 // self.total if self.total else None


def with_act(houses: QuerySet[House], month: Month) -> QuerySet[House]:
    """The houses that count for a month: active ones, and archived ones that have signed; annotated `has_act`."""
    signed = Act.objects.filter(month=first_day(month)).values("house")
    return houses.annotate(has_act=Q(pk__in=signed)).filter(Q(archived_at=None) | Q(pk__in=signed))


def by_brigade(houses: QuerySet[House], month: Month) -> list[ActShare]:
    """The share of each brigade's houses, in the order of the brigades' numbers."""
    names = {brigade.pk: brigade.name for brigade in Brigade.objects.all()}
    rows: Any = (
        with_act(houses, month)
        .order_by()
        .values("brigade")
        .annotate(total=Count("pk"), signed=Count("pk", filter=Q(has_act=True)))
    )
    found: dict[int | None, dict[str, Any]] = {row["brigade"]: row for row in rows}
    keys = [*(key for key in names if key in found), *([None] if None in found else [])]
    return [
        ActShare(
            str(key or "none"),
            names.get(key, NO_BRIGADE) if key else NO_BRIGADE,
            found[key]["signed"],
            found[key]["total"],
        )
        for key in keys
    ]


def together(shares: Iterable[ActShare]) -> ActShare:
    rows = list(shares)
    return ActShare("", "Все бригады", sum(row.signed for row in rows), sum(row.total for row in rows))


def months_back(houses: QuerySet[House], last: Month, number: int = 12) -> list[tuple[str, str, ActShare]]:
    """The last months, oldest first: month as text, its title, its share; two queries."""
    months = [shift_month(last, -back) for back in range(number - 1, -1, -1)]
    seen = houses.order_by().values("pk")
    acts = Act.objects.filter(house__in=seen, month__range=(first_day(months[0]), first_day(months[-1])))
    rows = (
        acts.order_by()
        .values("month")
        .annotate(signed=Count("pk"), archived=Count("pk", filter=Q(house__archived_at__isnull=False)))
    )
    found: dict[date, tuple[int, int]] = {row["month"]: (row["signed"], row["archived"]) for row in rows}
    active = houses.filter(archived_at=None).count()
    shares = []
    for month in months:
        signed, archived = found.get(first_day(month), (0, 0))
        shares.append((month_text(month), month_title(month), ActShare("", "", signed, active + archived)))
    return shares


def houses_of_month(houses: QuerySet[House], month: Month, *, signed: bool | None) -> QuerySet[House]:
    """The houses of a month, all or only those with or without an act, ready for a page."""
    rows: Any = with_act(houses, month)
    if signed is not None:
        rows = rows.filter(has_act=signed)
    ordered: QuerySet[House] = rows.select_related("brigade", "company").order_by(
        F("brigade__number").asc(nulls_last=True), "street_key", "number_key", "pk"
    )
    return ordered
