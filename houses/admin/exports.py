"""The list of houses as a file."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone

from houses.admin.downloads import CONTENT_TYPES, download
from houses.models import OfficeSettings
from houses.reports.export import HOUSE_HEADER, house_rows
from houses.reports.tables import csv_file, xlsx_file


def export_houses(request: HttpRequest, changelist: Any, kind: str) -> HttpResponseBase:
    """Every row of the list as it is filtered and sorted, whatever page is open. `kind`: csv or xlsx."""
    if not request.user.has_perm("houses.export"):
        raise PermissionDenied
    if kind not in CONTENT_TYPES:
        raise Http404
    now = timezone.localtime()
    rows = house_rows(
        changelist.queryset,
        month=changelist.filter_form.month,
        wording=OfficeSettings.load().periodicity_wording,
        today=now.date(),
    )
    file = csv_file(HOUSE_HEADER, rows) if kind == "csv" else xlsx_file("Дома", HOUSE_HEADER, rows)
    return download(request, file, f"дома_{now:%Y%m%d_%H%M%S}.{kind}", kind)
