"""The one row of settings of the chat."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from houses.admin.base import OfficeAdmin
from voice.chat.models import ChatSettings


@admin.register(ChatSettings)
class ChatSettingsAdmin(OfficeAdmin):
    fields = (
        "is_public",
        "message_length",
        "messages_per_minute",
        "sessions_per_address",
        "idle_minutes",
        "staff_messages_per_minute",
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:voice_chatsettings_change", args=[ChatSettings.load().pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
