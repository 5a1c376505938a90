"""How long the log is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from calls.models import CallLogSettings
from houses.admin.base import OfficeAdmin


@admin.register(CallLogSettings)
class CallLogSettingsAdmin(OfficeAdmin):
    fields = ("redact_after_days", "delete_after_days", "recordings_days", "arrival_contexts")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:calls_calllogsettings_change", args=[CallLogSettings.load().pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
