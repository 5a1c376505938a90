"""Visits: what is planned and done, and the brigade's reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count
from rest_framework.request import Request
from rest_framework.response import Response

from houses import actions
from houses.api import docs
from houses.api.base import ApiView, account, checked, reporter
from houses.api.docs import endpoint
from houses.api.house_json import age_json, moment
from houses.api.query import Page, Query
from houses.api.visit_schema import (
    CommentBody,
    NotPossibleBody,
    VisitListSchema,
    VisitSchema,
)
from houses.freshness import freshness
from houses.models import CleaningVisit, House, VisitPhoto
from houses.querysets import NO_BRIGADE, VisitQuerySet
from vasdom.errors import NotFound

TAG = "Уборки"
VISIT_ID = docs.path_id("visit_id", "Номер уборки")


def visit_json(visit: CleaningVisit, photos: int) -> dict[str, Any]:
    """One visit; house, its brigade, the visit's brigade and the employee must have been selected with it."""
    brigade = visit.brigade or visit.house.brigade
    return {
        "id": visit.pk,
        "house": {"id": visit.house.bitrix_id, "title": visit.house.title, "address": visit.house.address},
        "date": visit.date.isoformat(),
        "crm_date": visit.crm_date.isoformat() if visit.crm_date else None,
        "cleaning_type": visit.cleaning_type or None,
        "cleaning_type_title": visit.get_cleaning_type_display() or None,
        "status": visit.status,
        "status_title": visit.get_status_display(),
        "brigade": brigade.name if brigade else NO_BRIGADE,
        "employee": visit.employee.full_name if visit.employee else None,
        "reason": visit.reason or None,
        "reason_title": visit.get_reason_display() or None,
        "comment": visit.comment,
        "started_at": moment(visit.started_at),
        "finished_at": moment(visit.finished_at),
        "photos": photos,
    }


def visits_seen_by(request: Request) -> VisitQuerySet:
    return CleaningVisit.objects.visible_to(request.user).select_related("house__brigade", "brigade", "employee")


def find_visit(request: Request, visit_id: str) -> CleaningVisit:
    """The visit with this number, if this reader may see it."""
    known = visit_id.isascii() and visit_id.isdecimal() and len(visit_id) <= 18
    visit = visits_seen_by(request).filter(pk=int(visit_id)).first() if known else None
    if visit is None:
        raise NotFound("Уборка не найдена")
    return visit


def one_visit(request: Request, visit_id: str) -> Response:
    visit = find_visit(request, visit_id)
    return Response(visit_json(visit, visit.photos.count()))


class VisitListView(ApiView):
    """Уборки по дням."""

    @endpoint(
        "Список уборок",
        VisitListSchema,
        tag=TAG,
        parameters=(
            docs.day("date", "Уборки этого дня"),
            *docs.DATES,
            docs.text("brigade", "Бригада дома: цифры — номер, иначе часть названия"),
            docs.integer("house", "Номер сделки Bitrix24", 1),
            docs.choice("status", "Состояние", CleaningVisit.Status.values),
            *docs.PAGING,
        ),
        operation_id="visits",
    )
    def get(self, request: Request) -> Response:
        query = Query(request)
        visits = narrow(visits_seen_by(request), query).order_by("date", "house_id", "pk")
        rows, paging = Page.read(query).cut(visits)
        photos = photo_counts(rows)
        shown = [visit_json(visit, photos.get(visit.pk, 0)) for visit in rows]
        return Response({"visits": shown, **paging, **age_json(freshness())})


def narrow(visits: VisitQuerySet, query: Query) -> VisitQuerySet:
    start, end = query.days()
    day, status = query.day("date"), query.choice("status", CleaningVisit.Status.values)
    house, brigade = query.integer("house", low=1), query.text("brigade")
    if day:
        visits = visits.filter(date=day)
    if start:
        visits = visits.filter(date__gte=start)
    if end:
        visits = visits.filter(date__lte=end)
    if status:
        visits = visits.filter(status=status)
    if house is not None:
        visits = visits.filter(house__bitrix_id=house)
    if brigade:
        visits = visits.filter(house__in=House.objects.for_brigade_text(brigade).order_by())
    return visits


def photo_counts(visits: list[CleaningVisit]) -> dict[int, int]:
    found = VisitPhoto.objects.filter(visit__in=visits).order_by().values_list("visit").annotate(Count("pk"))
    return dict(found)


class VisitView(ApiView):
    @endpoint("Одна уборка", VisitSchema, tag=TAG, parameters=(VISIT_ID,), errors=(404,), operation_id="visit")
    def get(self, request: Request, visit_id: str) -> Response:
        return one_visit(request, visit_id)


def report(summary: str, operation_id: str, body: Any = None) -> Callable[[docs.Method], docs.Method]:
    return endpoint(
        summary,
        VisitSchema,
        tag=TAG,
        description=f"{summary}. Повтор того же отчёта ничего не меняет и отвечает тем же.",
        parameters=(VISIT_ID,),
        body=body,
        errors=(404, 409),
        operation_id=operation_id,
    )


class VisitStartView(ApiView):
    @report("Уборка начата", "visit_start")
    def post(self, request: Request, visit_id: str) -> Response:
        visit = find_visit(request, visit_id)
        actions.start_visit(visit.pk, employee=reporter(request))
        return one_visit(request, visit_id)


class VisitFinishView(ApiView):
    @report("Уборка закончена", "visit_finish", CommentBody)
    def post(self, request: Request, visit_id: str) -> Response:
        visit = find_visit(request, visit_id)
        sent = checked(CommentBody, request)
        actions.finish_visit(visit.pk, employee=reporter(request), comment=sent["comment"])
        return one_visit(request, visit_id)


class VisitNotPossibleView(ApiView):
    @report("Убрать не удалось", "visit_not_possible", NotPossibleBody)
    def post(self, request: Request, visit_id: str) -> Response:
        visit = find_visit(request, visit_id)
        sent = checked(NotPossibleBody, request)
        actions.report_not_possible(visit.pk, employee=reporter(request), **sent)
        return one_visit(request, visit_id)


class VisitReopenView(ApiView):
    @report("Вернуть уборку в план (офис)", "visit_reopen")
    def post(self, request: Request, visit_id: str) -> Response:
        visit = find_visit(request, visit_id)
        actions.reopen_visit(visit.pk, user=account(request))
        return one_visit(request, visit_id)
