"""Shapes of the house answers, for the OpenAPI description."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from houses.api.docs import Aged, Paged

CLEANING_DATES = {
    "type": "object",
    "description": "Ключ <месяц>_<год>_<слот>: november_2026_1; только заполненные месяцы",
    "additionalProperties": {
        "type": "object",
        "required": ["dates", "type"],
        "properties": {
            "dates": {"type": "array", "items": {"type": "string", "format": "date"}},
            "type": {"type": "string", "description": "Тип уборки словами CRM; пусто — неизвестен"},
        },
    },
}


@extend_schema_field(CLEANING_DATES)
class CleaningDatesField(serializers.JSONField):
    pass


class ScheduleSchema(serializers.Serializer[Any]):
    cleaning_dates = CleaningDatesField()
    periodicity = serializers.CharField(help_text="«2 раза + 2 подметания», «индивидуальная», «не указана»…")
    periodicity_month = serializers.CharField(
        allow_null=True,
        help_text="Её месяц, 2026-11: из фильтра, иначе текущий, иначе ближайший заполненный; null — дат нет",
    )


class HouseSchema(ScheduleSchema):
    id = serializers.IntegerField(help_text="Номер сделки Bitrix24")
    title = serializers.CharField()
    address = serializers.CharField(help_text="Пусто — в CRM не указан")
    brigade = serializers.CharField(help_text="«4 бригада» или «Бригада не назначена»")
    management_company = serializers.CharField(allow_null=True)
    status = serializers.CharField(allow_null=True, help_text="Код стадии")
    apartments = serializers.IntegerField(allow_null=True)
    entrances = serializers.IntegerField(allow_null=True)
    floors = serializers.IntegerField(allow_null=True)
    bitrix_url = serializers.CharField(allow_null=True)


class HouseListSchema(Paged, Aged):
    houses = HouseSchema(many=True)


class FiltersSchema(serializers.Serializer[Any]):
    brigades = serializers.ListField(child=serializers.CharField())
    management_companies = serializers.ListField(child=serializers.CharField())
    statuses = serializers.ListField(child=serializers.CharField())


class HousePassportSchema(ScheduleSchema):
    id = serializers.CharField(help_text="Номер сделки Bitrix24, текстом")
    title = serializers.CharField()
    address = serializers.CharField()
    apartments = serializers.IntegerField(allow_null=True)
    entrances = serializers.IntegerField(allow_null=True)
    floors = serializers.IntegerField(allow_null=True)
    brigade = serializers.CharField()
    status = serializers.CharField(allow_null=True)
    bitrix_url = serializers.CharField(allow_null=True)
    archived = serializers.BooleanField(help_text="true — сделка ушла из воронки")


PHONE = "Пусто — неизвестен; null — ваша роль телефонов не видит"


class CompanySchema(serializers.Serializer[Any]):
    """УК дома; если УК нет, все поля пусты."""

    id = serializers.CharField()
    title = serializers.CharField()
    phone = serializers.CharField(allow_null=True, help_text=PHONE)
    email = serializers.CharField()
    address = serializers.CharField(allow_null=True, help_text="null — неизвестен")
    web = serializers.CharField()
    comments = serializers.CharField()


class ElderSchema(serializers.Serializer[Any]):
    """Старший дома; если его нет, все поля пусты."""

    id = serializers.CharField()
    name = serializers.CharField()
    last_name = serializers.CharField()
    second_name = serializers.CharField()
    full_name = serializers.CharField()
    phone = serializers.CharField(allow_null=True, help_text=f"Первый из phones. {PHONE}")
    phones = serializers.ListField(
        child=serializers.CharField(), allow_null=True, help_text="Все телефоны; null — ваша роль телефонов не видит"
    )
    email = serializers.CharField()
    comments = serializers.CharField()


class HouseDetailsSchema(Aged):
    house = HousePassportSchema()
    management_company = CompanySchema()
    senior_resident = ElderSchema()


class StatsSchema(Aged):
    total_houses = serializers.IntegerField(allow_null=True, help_text="null — ещё ничего не прочитано из Bitrix24")
    total_apartments = serializers.IntegerField(allow_null=True)
    total_entrances = serializers.IntegerField(allow_null=True)
    total_floors = serializers.IntegerField(allow_null=True, help_text="Сумма этажей домов")
    active_brigades = serializers.IntegerField(help_text="Бригады, у которых есть дома")
    employees = serializers.IntegerField()
    missing = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="У скольких домов нет числа: они в суммы не вошли"
    )


HOUSE_EXAMPLE: dict[str, Any] = {
    "houses": [
        {
            "id": 13112,
            "title": "Аллейная 6 п.1",
            "address": "Аллейная улица, 6, Калуга, Калужская область, Россия, 248009",
            "brigade": "4 бригада",
            "management_company": "ООО УК Новый город",
            "status": "C34:UC_PG9Y90",
            "apartments": 119,
            "entrances": 1,
            "floors": 14,
            "cleaning_dates": {
                "november_2026_1": {"dates": ["2026-11-05", "2026-11-18"], "type": "Влажная уборка 1 этажа"},
                "november_2026_2": {"dates": ["2026-11-11", "2026-11-25"], "type": "Влажная уборка всех этажей"},
            },
            "periodicity": "2 раза + 2 этажа",
            "periodicity_month": "2026-11",
            "bitrix_url": "https://example.bitrix24.ru/crm/deal/details/13112/",
        }
    ],
    "total": 490,
    "page": 1,
    "limit": 50,
    "pages": 10,
    "data_as_of": "2026-11-02T12:03:00+03:00",
    "stale": False,
}
FILTERS_EXAMPLE = {
    "brigades": ["1 бригада", "2 бригада"],
    "management_companies": ["ООО УК Монолит", "ООО УК Новый город"],
    "statuses": ["C34:NEW", "C34:UC_PG9Y90"],
}
