"""`/api/logs`: the log of calls in the shapes of the original, for who may read it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework.request import Request
from rest_framework.response import Response

from calls import access, actions, reports
from calls.admin import listening
from calls.api.log_json import log_json
from calls.api.query import narrowed, told
from calls.api.schema import ClearedSchema, LogSchema
from calls.errors import UnknownCall
from calls.models import KEPT_HIDDEN_FOR, Call
from houses.admin.downloads import download
from houses.api import docs
from houses.api.base import ApiView, require
from houses.api.docs import endpoint
from houses.api.house_json import moment
from houses.api.query import MAX_LIMIT, Page, Query
from houses.reports.tables import csv_file

TAG = "Звонки"
DELETED = "Все логи удалены"
MOMENT = "день 2026-11-05 или время 2026-11-05T00:00:00Z"
FILTERS = (
    docs.text("q", "Слова диалога в любой форме, номер, имя сессии или начало ID"),
    docs.text("date_from", f"Начало не раньше: {MOMENT}"),
    docs.text("date_to", f"Начало не позже: {MOMENT}; день входит целиком"),
    docs.choice("status", "Статус, регистр не важен", Call.Status.values),
    docs.choice("channel", "Канал", Call.Channel.values),
)
PAGING = (
    docs.integer("page", "Страница, с 1; за концом списка — пустой список", 1),
    docs.integer("limit", f"Строк на странице, по умолчанию {MAX_LIMIT}", 1, MAX_LIMIT),
)


def read_page(query: Query) -> Page:
    """Without a word about paging as many as may be: scripts of the original's time expect the whole answer."""
    page, limit = query.integer("page", low=1), query.integer("limit", low=1, high=MAX_LIMIT)
    return Page(page or 1, limit or MAX_LIMIT)


class LogsView(ApiView):
    @endpoint(
        "Журнал звонков",
        LogSchema(many=True),
        tag=TAG,
        description="Массив звонков, сначала новые. Сколько всего подходит и сколько страниц, сказано в заголовках "
        "X-Total-Count и X-Total-Pages. То же по адресу /logs.",
        parameters=(*FILTERS, *PAGING),
        operation_id="logs",
    )
    def get(self, request: Request) -> Response:
        require(access.may_read(request.user))
        query = Query(request)
        calls, paging = read_page(query).cut(reports.with_turns(narrowed(query, request.user)))
        answer = Response([log_json(call, request.user) for call in calls])
        answer["X-Total-Count"], answer["X-Total-Pages"] = str(paging["total"]), str(paging["pages"])
        return answer

    @endpoint(
        "Очистить журнал",
        ClearedSchema,
        tag=TAG,
        description="Ключ или директор. Законченные звонки под фильтром (без фильтра — все) исчезают из журнала сразу, "
        "через семь дней удаляются навсегда; до того их можно вернуть в кабинете. То же по адресу /logs.",
        parameters=FILTERS,
        operation_id="logs_clear",
    )
    def delete(self, request: Request) -> Response:
        require(access.may_clear(request.user))
        query = Query(request)
        said = told(query)
        hidden = actions.hide_calls(narrowed(query, request.user), user=request.user, said=said)
        message = f"Удалено логов: {hidden}" if said else DELETED
        until = timezone.now() + KEPT_HIDDEN_FOR
        return Response({"message": message, "hidden": hidden, "restore_until": moment(until)})


class LogsCsvView(ApiView):
    @endpoint(
        "Журнал звонков файлом",
        {(200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, "UTF-8 с BOM, разделитель — точка с запятой")},
        tag=TAG,
        description="Столбцы: ID, Номер, Начало, Конец, Статус, Диалог. Фильтры те же. То же по адресу /logs/csv.",
        parameters=FILTERS,
        operation_id="logs_csv",
    )
    def get(self, request: Request) -> HttpResponseBase:
        require(access.may_read(request.user))
        found = reports.rows(narrowed(Query(request), request.user), request.user)
        return download(request._request, csv_file(reports.header(), found), "call_logs.csv", "csv")


class LogRecordingView(ApiView):
    @endpoint(
        "Запись разговора",
        {
            (200, "audio/wav"): OpenApiResponse(OpenApiTypes.BINARY, "WAV: стерео, слева звонящий, справа ассистент"),
            (206, "audio/wav"): OpenApiResponse(OpenApiTypes.BINARY, "Часть файла по заголовку Range"),
        },
        tag=TAG,
        description="Нужно право слушать записи. 404 — записи нет или срок её хранения прошёл. Прослушивание видно в "
        "журнале изменений.",
        parameters=(docs.path_text("call_id", "ID звонка"),),
        errors=(404,),
        operation_id="log_recording",
    )
    def get(self, request: Request, call_id: str) -> HttpResponseBase:
        require(access.may_read(request.user))
        try:
            call = Call.objects.visible_to(request.user).kept().get(pk=UUID(call_id))
        except (ValueError, Call.DoesNotExist) as exc:
            raise UnknownCall("Такого звонка нет.") from exc
        return listening.listen(request._request, call, request.user)
