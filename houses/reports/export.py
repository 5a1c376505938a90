"""Houses as rows of a table, the same for CSV and XLSX."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet

from houses.cleaning import CleaningType
from houses.models import CleaningVisit, House
from houses.quality import Issue
from houses.querysets import NO_BRIGADE
from houses.reports.tables import Cell
from houses.schedule import Month, month_title, periodicity_month, periodicity_of

CHUNK = 500
HOUSE_HEADER = (
    "№ сделки", "Название", "Адрес", "УК", "Бригада", "Стадия", "Квартир", "Подъездов", "Этажей", "Периодичность",
    "Месяц периодичности", "Ближайшая уборка", "Тип ближайшей уборки", "Тариф", "Сумма в месяц, ₽", "№ договора",
    "Обслуживаем с", "Замечания", "В архиве с",
)  # fmt: skip


def house_rows(
    houses: QuerySet[House], *, month: Month | None, wording: str, today: date
) -> Iterator[tuple[Cell, ...]]:
    """One row a house in the order of the queryset, in chunks: two queries per 500 houses."""
    houses = houses.select_related("company", "brigade", "stage")
    for chunk in batched_rows(houses):
        upcoming = next_visits(chunk, today)
        for house in chunk:
            yield house_row(house, upcoming.get(house.pk), month, wording, today)


def batched_rows(queryset: QuerySet[House]) -> Iterator[list[House]]:
    """The rows in lists of `CHUNK`, read through a server-side cursor."""
    chunk: list[House] = []
    for house in queryset.iterator(chunk_size=CHUNK):
        chunk.append(house)
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def next_visits(houses: list[Any], today: date) -> dict[int, CleaningVisit]:
    """The next visit of each of these houses that is not over, by house id: one query."""
    coming = CleaningVisit.objects.filter(
        house__in=[house.pk for house in houses],
        date__gte=today,
        status__in=[CleaningVisit.Status.PLANNED, CleaningVisit.Status.IN_PROGRESS],
    )
    return {visit.house_id: visit for visit in coming.order_by("house_id", "date", "slot").distinct("house_id")}


def house_row(
    house: House, upcoming: CleaningVisit | None, month: Month | None, wording: str, today: date
) -> tuple[Cell, ...]:
    slots = house.slots
    shown = periodicity_month(slots, wanted=month, today=today)
    return (
        house.bitrix_id,
        house.title,
        house.address,
        house.company.title if house.company else "",
        house.brigade.name if house.brigade else NO_BRIGADE,
        house.stage.name if house.stage else "",
        house.apartments,
        house.entrances,
        house.floors,
        periodicity_of(slots, shown, wording),
        month_title(shown) if shown else "",
        upcoming.date if upcoming else None,
        str(CleaningType(upcoming.cleaning_type).label) if upcoming and upcoming.cleaning_type else "",
        house.tariff,
        house.monthly_amount,
        house.contract_number,
        house.service_start,
        "; ".join(str(Issue(code).label) if code in Issue.values else code for code in house.issues),
        house.archived_at.date() if house.archived_at else None,
    )
