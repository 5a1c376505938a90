"""The report of missing data, as the file the office knows."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework.request import Request

from houses.access import sees_all_houses, sees_phones
from houses.api.base import ApiView, require
from houses.api.docs import endpoint
from houses.models import House, OfficeSettings
from houses.reports import missing
from houses.reports.tables import csv_file


class MissingDataView(ApiView):
    @endpoint(
        "Отчёт о недостающих данных",
        {(200, "text/csv"): OpenApiTypes.STR},
        tag="Дома",
        description="CSV с разделителем «;», UTF-8 с BOM: все дома и чего в их карточках нет.",
        operation_id="cleaning_missing_data_report",
    )
    def get(self, request: Request) -> HttpResponse:
        require(sees_all_houses(request.user))
        now = timezone.localtime()
        rows = missing.file_rows(
            House.objects.visible_to(request.user).active().order_by("address", "bitrix_id"),
            phones=sees_phones(request.user),
            wording=OfficeSettings.load().periodicity_wording,
            today=now.date(),
        )
        with csv_file(missing.HEADER, rows) as file:
            answer = HttpResponse(file.read(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="missing_data_report_{now:%Y%m%d_%H%M%S}.csv"'
        return answer
