"""Brigades, and the lists that the pages of the originals asked for."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from houses.access import brigade_of, sees_all_houses
from houses.api import docs
from houses.api.base import ApiView
from houses.api.docs import endpoint
from houses.api.house_json import age_json
from houses.cleaning import CleaningType
from houses.freshness import freshness
from houses.models import Brigade, House
from vasdom.errors import NotFound

TAG = "Бригады"


class BrigadeSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    number = serializers.IntegerField(allow_null=True)
    name = serializers.CharField()
    bitrix_user_id = serializers.IntegerField(allow_null=True)
    active = serializers.BooleanField()
    houses = serializers.IntegerField(help_text="Домов воронки без архива")
    employees = serializers.IntegerField(help_text="Работающих сотрудников")


class BrigadeListSchema(docs.Aged):
    brigades = BrigadeSchema(many=True)


class BrigadeDetailsSchema(BrigadeSchema):
    total_apartments = serializers.IntegerField(allow_null=True)
    total_entrances = serializers.IntegerField(allow_null=True)
    total_floors = serializers.IntegerField(allow_null=True)


class CodeAndNameSchema(serializers.Serializer[Any]):
    id = serializers.CharField()
    name = serializers.CharField()


def brigades_seen_by(request: Request) -> QuerySet[Brigade]:
    """All brigades for the office; a brigade knows only itself."""
    brigades = Brigade.objects.annotate(
        house_count=Count("houses", filter=Q(houses__archived_at__isnull=True), distinct=True),
        employee_count=Count("employees", filter=Q(employees__is_active=True), distinct=True),
    ).order_by("number", "name", "pk")
    if sees_all_houses(request.user):
        return brigades
    own = brigade_of(request.user)
    return brigades.filter(pk=own.pk) if own else brigades.none()


def find_brigade(request: Request, brigade_id: str) -> Any:
    known = brigade_id.isascii() and brigade_id.isdecimal() and len(brigade_id) <= 18
    brigade = brigades_seen_by(request).filter(pk=int(brigade_id)).first() if known else None
    if brigade is None:
        raise NotFound("Бригада не найдена")
    return brigade


def brigade_json(brigade: Any) -> dict[str, Any]:
    """One brigade of `brigades_seen_by`, with its counts."""
    return {
        "id": brigade.pk,
        "number": brigade.number,
        "name": brigade.name,
        "bitrix_user_id": brigade.bitrix_user_id,
        "active": brigade.is_active,
        "houses": brigade.house_count,
        "employees": brigade.employee_count,
    }


class BrigadeListView(ApiView):
    @endpoint("Бригады", BrigadeListSchema, tag=TAG, operation_id="brigades")
    def get(self, request: Request) -> Response:
        shown = [brigade_json(brigade) for brigade in brigades_seen_by(request)]
        return Response({"brigades": shown, **age_json(freshness())})


class BrigadeView(ApiView):
    @endpoint(
        "Одна бригада",
        BrigadeDetailsSchema,
        tag=TAG,
        parameters=(docs.path_id("brigade_id", "Номер записи бригады (id из списка)"),),
        errors=(404,),
        operation_id="brigade",
    )
    def get(self, request: Request, brigade_id: str) -> Response:
        brigade = find_brigade(request, brigade_id)
        totals = House.objects.active().filter(brigade=brigade).totals()
        sums = {
            "total_apartments": totals.apartments,
            "total_entrances": totals.entrances,
            "total_floors": totals.floors,
        }
        return Response(brigade_json(brigade) | sums)


class BrigadeNamesView(ApiView):
    """`GET /api/cleaning/brigades` of the originals."""

    @endpoint("Бригады: код и название", CodeAndNameSchema(many=True), tag=TAG, operation_id="cleaning_brigades")
    def get(self, request: Request) -> Response:
        return Response([{"id": str(brigade.pk), "name": brigade.name} for brigade in brigades_seen_by(request)])


class CleaningTypesView(ApiView):
    """`GET /api/cleaning/cleaning-types` of the originals."""

    @endpoint("Типы уборки", CodeAndNameSchema(many=True), tag="Дома", operation_id="cleaning_types")
    def get(self, request: Request) -> Response:
        return Response([{"id": value, "name": label} for value, label in CleaningType.choices])
