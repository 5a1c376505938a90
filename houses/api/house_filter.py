"""The filters of the house list, shared by everything that counts houses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self

from houses.api import docs
from houses.api.query import Query
from houses.querysets import HouseQuerySet
from houses.schedule import Month, month_of

PARAMETERS = (
    docs.text("brigade", "Бригада: цифры — номер, иначе часть названия"),
    docs.text("management_company", "Часть названия УК; регистр, кавычки и ё/е не важны"),
    docs.text("status", "Код стадии воронки, точно (например C34:NEW)"),
    docs.day("cleaning_date", "Уборка в этот день (по датам CRM)"),
    *docs.DATES,
)


@dataclass(frozen=True, slots=True)
class HouseFilter:
    """Conditions that all must hold; "" and None mean no condition."""

    brigade: str
    company: str
    status: str
    cleaning_date: date | None
    date_from: date | None
    date_to: date | None

    @classmethod
    def read(cls, query: Query) -> Self:
        start, end = query.days()
        return cls(
            brigade=query.text("brigade"),
            company=query.text("management_company"),
            status=query.text("status"),
            cleaning_date=query.day("cleaning_date"),
            date_from=start,
            date_to=end,
        )

    @property
    def month(self) -> Month | None:
        """The month the dates point at: periodicity is told for it."""
        day = self.cleaning_date or self.date_from or self.date_to
        return month_of(day) if day else None

    def narrow(self, houses: HouseQuerySet) -> HouseQuerySet:
        if self.brigade:
            houses = houses.for_brigade_text(self.brigade)
        if self.company:
            houses = houses.for_company_text(self.company)
        if self.status:
            houses = houses.filter(stage_id=self.status)
        if self.cleaning_date:
            houses = houses.on_dates(self.cleaning_date, self.cleaning_date)
        if self.date_from or self.date_to:
            houses = houses.on_dates(self.date_from, self.date_to)
        return houses
