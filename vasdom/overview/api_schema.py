"""Shapes of the analytics answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from houses.api.docs import Aged
from houses.cleaning import CleaningType
from houses.models import CleaningVisit

STATUSES = [*CleaningVisit.Status.choices, ("missed", "Без отчёта")]


class WorkSchema(serializers.Serializer[Any]):
    total = serializers.IntegerField()
    planned = serializers.IntegerField(help_text="Запланировано на сегодня и позже")
    in_progress = serializers.IntegerField()
    done = serializers.IntegerField()
    missed = serializers.IntegerField(help_text="День прошёл, отчёта нет")
    not_possible = serializers.IntegerField(help_text="Не выполнено, с причиной")
    done_rate = serializers.FloatField(
        allow_null=True, help_text="Процент выполненных из тех, чей день прошёл или что закрыты; null — таких нет"
    )


class UnknownSchema(serializers.Serializer[Any]):
    """У скольких домов нет числа; в сумму они не входят."""

    apartments = serializers.IntegerField()
    entrances = serializers.IntegerField()
    floors = serializers.IntegerField()


class CompanyAnalyticsSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField(allow_null=True, help_text="null — дома, у которых её нет")
    name = serializers.CharField()
    houses = serializers.IntegerField()
    apartments = serializers.IntegerField(allow_null=True)
    entrances = serializers.IntegerField(allow_null=True)
    floors = serializers.IntegerField(allow_null=True)
    unknown = UnknownSchema()
    scheduled_houses = serializers.IntegerField(help_text="Домов, у которых в этом месяце есть дата уборки")
    coverage_rate = serializers.FloatField(allow_null=True, help_text="Их доля, %; null — домов нет")
    visits = WorkSchema()


class BrigadeAnalyticsSchema(CompanyAnalyticsSchema):
    number = serializers.IntegerField(allow_null=True)


class OverviewSchema(serializers.Serializer[Any]):
    total_houses = serializers.IntegerField()
    total_apartments = serializers.IntegerField(allow_null=True)
    total_entrances = serializers.IntegerField(allow_null=True)
    total_floors = serializers.IntegerField(allow_null=True)
    scheduled_houses = serializers.IntegerField()
    coverage_rate = serializers.FloatField(allow_null=True)
    total_cleaning_events = serializers.IntegerField()
    avg_events_per_house = serializers.FloatField(allow_null=True)
    visits = WorkSchema()


class MonthWorkSchema(WorkSchema):
    month = serializers.CharField(help_text="ГГГГ-ММ")


class AnalyticsSchema(Aged):
    month = serializers.CharField(help_text="ГГГГ-ММ")
    overview = OverviewSchema()
    brigades = BrigadeAnalyticsSchema(many=True)
    companies = CompanyAnalyticsSchema(many=True)
    months = MonthWorkSchema(many=True)
    generated_at = serializers.DateTimeField(help_text="Когда посчитано")


class EventSchema(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="<сделка>_<ГГГГММДД>_<уборка>")
    title = serializers.CharField()
    date = serializers.DateField()
    type = serializers.CharField(allow_null=True, help_text="null — неизвестен")
    cleaning_type = serializers.ChoiceField(CleaningType.choices, allow_null=True)
    address = serializers.CharField()
    brigade = serializers.CharField(help_text="Кто убирал, а до отчёта — чей дом")
    deal_id = serializers.IntegerField()
    visit_id = serializers.IntegerField()
    month = serializers.CharField(help_text="ГГГГ-ММ")
    status = serializers.ChoiceField(STATUSES)


class MonthSummarySchema(serializers.Serializer[Any]):
    total_events = serializers.IntegerField()
    brigades = serializers.DictField(child=serializers.IntegerField(), help_text="Уборок по бригадам")
    types = serializers.DictField(child=serializers.IntegerField(), help_text="Уборок по типам: T1, T2, T3, unknown")


class CalendarSchema(Aged):
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    events = EventSchema(many=True)
    monthly_summary = serializers.DictField(child=MonthSummarySchema(), help_text="По месяцам ГГГГ-ММ")
    brigade_calendar = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()), help_text="Бригада → день → уборок"
    )
    total = serializers.IntegerField(min_value=0, help_text="Всего событий")
    page = serializers.IntegerField(min_value=1)
    limit = serializers.IntegerField(min_value=1)
    pages = serializers.IntegerField(min_value=0)
