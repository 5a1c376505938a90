"""The one row of settings of houses."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from houses.admin.base import OfficeAdmin
from houses.models import OfficeSettings


@admin.register(OfficeSettings)
class OfficeSettingsAdmin(OfficeAdmin):
    fields = ("periodicity_wording", "late_report_days")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:houses_officesettings_change", args=[OfficeSettings.load().pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
