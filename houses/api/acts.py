"""Acts: which houses have signed for a month."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.db.models import Count
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from houses import access, actions
from houses.api import docs
from houses.api.base import ApiView, account, checked, require
from houses.api.brigades import find_brigade
from houses.api.docs import Paged, endpoint
from houses.api.house_json import moment
from houses.api.houses import find_house
from houses.api.query import Page, Query
from houses.models import Act, CleaningVisit, House
from houses.querysets import NO_BRIGADE, HouseQuerySet
from houses.schedule import Month, first_day, month_of, month_text, parse_month

TAG = "Акты"
MONTH = docs.month("month", "Месяц актов; без него — текущий")


class ActSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    house_id = serializers.IntegerField(help_text="Номер сделки Bitrix24")
    house_address = serializers.CharField()
    month = serializers.CharField(help_text="2026-11")
    signed_date = serializers.DateField()
    signed_by = serializers.CharField()
    brigade = serializers.CharField()
    notes = serializers.CharField()
    cleaning_count = serializers.IntegerField(help_text="Выполненных уборок дома за месяц")
    created_at = serializers.DateTimeField()


class ActListSchema(Paged):
    month = serializers.CharField()
    acts = ActSchema(many=True)


class StatsActSchema(serializers.Serializer[Any]):
    house_id = serializers.IntegerField()
    house_address = serializers.CharField()
    signed_date = serializers.DateField()
    cleaning_count = serializers.IntegerField()
    signed_by = serializers.CharField()


class ActStatsSchema(serializers.Serializer[Any]):
    month = serializers.CharField()
    total_houses = serializers.IntegerField(help_text="Дома воронки без архива")
    signed_acts = serializers.IntegerField()
    unsigned_acts = serializers.IntegerField()
    signed_percentage = serializers.FloatField(allow_null=True, help_text="null — домов нет")
    acts_by_date = serializers.DictField(child=serializers.IntegerField())
    acts = StatsActSchema(many=True)


class SignBody(serializers.Serializer[Any]):
    house_id = serializers.RegexField(r"^[0-9]{1,18}$", help_text="Номер сделки Bitrix24, числом или текстом")
    act_month = serializers.RegexField(rf"^{docs.MONTH_PATTERN}$", help_text="2026-11")
    signed_date = serializers.DateField(input_formats=["%Y-%m-%d"])
    signed_by = docs.TextField(required=False, allow_blank=True, allow_null=True, max_length=200)
    brigade_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, help_text="id из /api/brigades")
    notes = docs.TextField(required=False, allow_blank=True, allow_null=True, max_length=2000)


class SignedSchema(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    message = serializers.CharField()
    act_id = serializers.IntegerField()
    cleaning_count = serializers.IntegerField()


class UnsignedSchema(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    message = serializers.CharField()


def wanted_month(query: Query) -> Month:
    return query.month("month") or month_of(timezone.localdate())


def cleanings(houses: list[int], month: Month) -> dict[int, int]:
    """Visits done in a month by house."""
    done = CleaningVisit.objects.filter(
        house__in=houses, date__year=month[0], date__month=month[1], status=CleaningVisit.Status.DONE
    )
    return dict(done.order_by().values_list("house").annotate(Count("pk")))


def act_json(act: Act, count: int) -> dict[str, Any]:
    brigade = act.brigade or act.house.brigade
    return {
        "id": act.pk,
        "house_id": act.house.bitrix_id,
        "house_address": act.house.address,
        "month": f"{act.month:%Y-%m}",
        "signed_date": act.signed_date.isoformat(),
        "signed_by": act.signed_by,
        "brigade": brigade.name if brigade else NO_BRIGADE,
        "notes": act.notes,
        "cleaning_count": count,
        "created_at": moment(act.created_at),
    }


class ActListView(ApiView):
    @endpoint("Подписанные акты", ActListSchema, tag=TAG, parameters=(MONTH, *docs.PAGING), operation_id="acts")
    def get(self, request: Request) -> Response:
        query = Query(request)
        month = wanted_month(query)
        acts = Act.objects.filter(month=first_day(month), house__in=House.objects.visible_to(request.user).order_by())
        acts = acts.select_related("house__brigade", "brigade").order_by("signed_date", "pk")
        rows, paging = Page.read(query).cut(acts)
        counts = cleanings([act.house_id for act in rows], month)
        shown = [act_json(act, counts.get(act.house_id, 0)) for act in rows]
        return Response({"month": month_text(month), "acts": shown, **paging})


class ActStatsView(ApiView):
    @endpoint(
        "Доля подписанных актов",
        ActStatsSchema,
        tag=TAG,
        description="Считаются дома воронки без архива, поэтому доля не бывает больше 100 %.",
        parameters=(MONTH,),
        operation_id="acts_stats",
    )
    def get(self, request: Request) -> Response:
        month = wanted_month(Query(request))
        return Response(act_stats(House.objects.active().visible_to(request.user), month))


def act_stats(houses: HouseQuerySet, month: Month) -> dict[str, Any]:
    """The month's figures over the given houses."""
    acts = Act.objects.filter(month=first_day(month), house__in=houses.order_by()).select_related("house")
    rows = list(acts.order_by("signed_date", "pk"))
    counts = cleanings([act.house_id for act in rows], month)
    total, signed = houses.count(), len(rows)
    return {
        "month": month_text(month),
        "total_houses": total,
        "signed_acts": signed,
        "unsigned_acts": total - signed,
        "signed_percentage": round(signed * 100 / total, 1) if total else None,
        "acts_by_date": dict(Counter(act.signed_date.isoformat() for act in rows)),
        "acts": [
            {
                "house_id": act.house.bitrix_id,
                "house_address": act.house.address,
                "signed_date": act.signed_date.isoformat(),
                "cleaning_count": counts.get(act.house_id, 0),
                "signed_by": act.signed_by,
            }
            for act in rows
        ],
    }


class ActSignView(ApiView):
    @endpoint(
        "Отметить акт подписанным",
        SignedSchema,
        tag=TAG,
        description="Один акт на дом и месяц: второй раз с тем же месяцем исправляет первый.",
        body=SignBody,
        errors=(404, 409),
        operation_id="acts_sign",
    )
    def post(self, request: Request) -> Response:
        require(access.may_sign_acts(request.user))
        sent = checked(SignBody, request)
        month = parse_month(sent["act_month"], "act_month")
        house = find_house(House.objects.visible_to(request.user), sent["house_id"])
        brigade = find_brigade(request, str(sent["brigade_id"])) if sent.get("brigade_id") else None
        act = actions.sign_act(
            house,
            month,
            signed_by=sent.get("signed_by") or "",
            signed_date=sent["signed_date"],
            user=account(request),
            notes=sent.get("notes") or "",
            brigade=brigade,
        )
        count = cleanings([house.pk], month).get(house.pk, 0)
        message = "Акт помечен как подписанный"
        return Response({"success": True, "message": message, "act_id": act.pk, "cleaning_count": count})


class ActView(ApiView):
    @endpoint(
        "Снять отметку об акте",
        UnsignedSchema,
        tag=TAG,
        parameters=(
            docs.path_id("house_id", "Номер сделки Bitrix24"),
            docs.path_text("month", "Месяц, вид 2026-11"),
        ),
        errors=(404,),
        operation_id="acts_unsign",
    )
    def delete(self, request: Request, house_id: str, month: str) -> Response:
        require(access.may_sign_acts(request.user))
        wanted = parse_month(month, "month")
        house = find_house(House.objects.visible_to(request.user), house_id)
        actions.unsign_act(house, wanted, user=account(request))
        return Response({"success": True, "message": "Отметка об акте снята"})
