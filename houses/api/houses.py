"""The houses: list, filters in use, one house, totals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from houses.access import brigade_of, is_brigade, sees_phones
from houses.api import docs
from houses.api.base import ApiView
from houses.api.docs import endpoint
from houses.api.house_filter import PARAMETERS, HouseFilter
from houses.api.house_json import age_json, company_json, elder_json, house_json, passport_json, schedule_json
from houses.api.house_schema import (
    FILTERS_EXAMPLE,
    HOUSE_EXAMPLE,
    FiltersSchema,
    HouseDetailsSchema,
    HouseListSchema,
    StatsSchema,
)
from houses.api.query import Page, Query
from houses.freshness import freshness, nothing_read
from houses.models import Brigade, Employee, House, ManagementCompany, OfficeSettings
from houses.querysets import HouseQuerySet
from houses.schedule import Month
from vasdom.errors import NotFound

TAG = "Дома"


@dataclass(frozen=True, slots=True)
class ScheduleOptions:
    """How the schedule is told: for which month the periodicity, of which year the dates (None = all)."""

    month: Month | None
    year: int | None

    @classmethod
    def read(cls, query: Query, otherwise: Month | None = None) -> ScheduleOptions:
        return cls(query.month("month") or otherwise, query.integer("year", low=1, high=9999))

    def tellers(self) -> dict[str, Any]:
        """What `schedule_json` needs besides the slots, asked for once per answer."""
        wording = OfficeSettings.load().periodicity_wording
        return {"month": self.month, "year": self.year, "wording": wording, "today": timezone.localdate()}


SCHEDULE_PARAMETERS = (
    docs.month("month", "Месяц, за который назвать периодичность"),
    docs.integer("year", "Оставить в cleaning_dates только этот год; без него — все заполненные месяцы", 1, 9999),
)


class HouseListView(ApiView):
    """Дома воронки, без архива."""

    @endpoint(
        "Список домов",
        HouseListSchema,
        tag=TAG,
        description="Дома воронки по всем условиям сразу, по адресу. С address — от самого похожего.",
        parameters=(
            *PARAMETERS,
            docs.text("address", "Адрес, как его пишут и говорят: «кибальчича 3», «9 к2»"),
            *SCHEDULE_PARAMETERS,
            *docs.PAGING,
        ),
        example=HOUSE_EXAMPLE,
        operation_id="cleaning_houses",
    )
    def get(self, request: Request) -> Response:
        query = Query(request)
        conditions = HouseFilter.read(query)
        options = ScheduleOptions.read(query, conditions.month)
        page = Page.read(query)
        houses = conditions.narrow(House.objects.active().visible_to(request.user))
        rows, paging = page.cut_counted(ordered(houses, query.text("address")))
        tellers = options.tellers()
        shown = [house_json(house, schedule_json(house.schedule, **tellers)) for house in rows]
        return Response({"houses": shown, **paging, **age_json(freshness())})


def ordered(houses: HouseQuerySet, address: str) -> HouseQuerySet | list[House]:
    """By address; or, when one is looked for, the best match first."""
    houses = houses.select_related("brigade", "company")
    if address:
        return houses.by_address(address)
    return houses.order_by("address", "bitrix_id")


class FiltersView(ApiView):
    """Чем фильтровать список домов."""

    @endpoint(
        "Значения фильтров",
        FiltersSchema,
        tag=TAG,
        description="Бригады, УК и коды стадий, которые есть у домов воронки.",
        example=FILTERS_EXAMPLE,
        operation_id="cleaning_filters",
    )
    def get(self, request: Request) -> Response:
        houses = House.objects.active().visible_to(request.user)
        brigades = Brigade.objects.filter(houses__in=houses).distinct().order_by("number", "name")
        companies = ManagementCompany.objects.filter(houses__in=houses).distinct()
        statuses = houses.filter(stage__isnull=False).order_by().values_list("stage_id", flat=True).distinct()
        return Response(
            {
                "brigades": list(dict.fromkeys(brigade.name for brigade in brigades)),
                "management_companies": sorted({company.title for company in companies}, key=str.casefold),
                "statuses": sorted(statuses),
            }
        )


class HouseDetailsView(ApiView):
    """Дом с УК и старшим; дома из архива остаются открытыми."""

    @endpoint(
        "Дом подробно",
        HouseDetailsSchema,
        tag=TAG,
        parameters=(docs.path_id("house_id", "Номер сделки Bitrix24"), *SCHEDULE_PARAMETERS),
        errors=(404,),
        operation_id="cleaning_house_details",
    )
    def get(self, request: Request, house_id: str) -> Response:
        tellers = ScheduleOptions.read(Query(request)).tellers()
        houses = House.objects.visible_to(request.user).select_related("brigade", "company", "contact")
        house = find_house(houses, house_id)
        phones = sees_phones(request.user)
        return Response(
            {
                "house": passport_json(house, schedule_json(house.schedule, **tellers)),
                "management_company": company_json(house.company, phones=phones),
                "senior_resident": elder_json(house.contact, phones=phones),
                **age_json(freshness()),
            }
        )


def find_house(houses: HouseQuerySet, house_id: str) -> House:
    """The house with this deal number, as it stands in the address of the request."""
    known = house_id.isascii() and house_id.isdecimal() and len(house_id) <= 18
    house = houses.filter(bitrix_id=int(house_id)).first() if known else None
    if house is None:
        raise NotFound("Дом не найден")
    return house


class StatsView(ApiView):
    """Итоги по домам."""

    @endpoint(
        "Итоги",
        StatsSchema,
        tag="Обзор",
        description="Суммы считаются по домам, у которых число есть; null — его нет ни у одного.",
        parameters=PARAMETERS,
        operation_id="dashboard_stats",
    )
    def get(self, request: Request) -> Response:
        conditions = HouseFilter.read(Query(request))
        houses = conditions.narrow(House.objects.active().visible_to(request.user))
        employees = Employee.objects.filter(is_active=True)
        if is_brigade(request.user):
            employees = employees.filter(brigade=brigade_of(request.user), brigade__isnull=False)
        fresh = freshness()
        return Response(
            {
                **(NO_TOTALS if nothing_read(fresh) else totals_json(houses)),
                "active_brigades": Brigade.objects.filter(houses__in=houses).distinct().count(),
                "employees": employees.count(),
                **age_json(fresh),
            }
        )


# Before the first synchronisation: unknown, which is not none.
NO_TOTALS: dict[str, Any] = {
    **dict.fromkeys(("total_houses", "total_apartments", "total_entrances", "total_floors")),
    "missing": dict.fromkeys(("apartments", "entrances", "floors")),
}


def totals_json(houses: HouseQuerySet) -> dict[str, Any]:
    """The sums; a house without the number is left out of its sum and counted in `missing`."""
    totals = houses.totals()
    return {
        "total_houses": totals.houses,
        "total_apartments": totals.apartments,
        "total_entrances": totals.entrances,
        "total_floors": totals.floors,
        "missing": {
            "apartments": totals.without_apartments,
            "entrances": totals.without_entrances,
            "floors": totals.without_floors,
        },
    }
