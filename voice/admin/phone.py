"""«Кому переводить» and «Телефон»."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from houses.admin.base import OfficeAdmin
from voice.models import PhoneSettings, TransferTarget
from voice.phone.models import DAYS
from voice.phone.state import line_state


def chip(kind: str, label: str) -> SafeString:
    return format_html('<span class="of-chip {}">{}</span>', kind, label)


@admin.register(TransferTarget)
class TransferTargetAdmin(OfficeAdmin):
    """The allow-list: nothing else is ever dialled."""

    list_display = ("name", "endpoint", "kind", "now_cell", "ring_seconds", "attended", "next_target", "position")
    list_select_related = ("next_target",)
    change_list_template = "admin/voice/targets.html"
    fieldsets = (
        (None, {"fields": (("name", "kind"), "endpoint", ("enabled", "position"))}),
        ("Как звонить", {"fields": (("ring_seconds", "attended"), "next_target")}),
        (
            "Рабочие часы",
            {
                "fields": (DAYS[:2], DAYS[2:4], DAYS[4:6], DAYS[6]),
                "description": "По московскому времени. Например, 09:00–18:00 или 9–13, 14–18. Пусто — выходной, "
                "0–24 — круглые сутки.",
            },
        ),
    )

    @admin.display(description="сейчас")
    def now_cell(self, target: TransferTarget) -> SafeString:
        if not target.enabled:
            return chip("", "выключен")
        works = target.frozen().is_open(timezone.localtime())
        return chip("is-good", "работает") if works else chip("is-warn", "не рабочее время")

    def delete_model(self, request: HttpRequest, obj: TransferTarget) -> None:
        """A target that a revision names stays: it can be switched off."""
        try:
            super().delete_model(request, obj)
        except ProtectedError:
            messages.error(request, f"«{obj}» есть в редакциях помощника. Его можно выключить, но не удалить.")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed: bool = super().has_delete_permission(request, obj)
        return allowed and (obj is None or not obj.is_named_by_a_revision())


@admin.register(PhoneSettings)
class PhoneSettingsAdmin(OfficeAdmin):
    """The one row, below how the line is now."""

    change_form_before_template = "admin/voice/phone_top.html"
    fieldsets = (
        ("Линия", {"fields": (("max_calls", "beyond"),)}),
        ("Звук", {"fields": (("media",), ("rtp_port_first", "rtp_port_last"))}),
        ("Сотрудник", {"fields": (("operator_sound", "accept_digit"),)}),
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:voice_phonesettings_change", args=[PhoneSettings.load().pk]))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        PhoneSettings.load()
        extra = {"line": line_state(), "title": "Телефон", "subtitle": None}
        return super().change_view(request, object_id, form_url, extra | (extra_context or {}))  # type: ignore[no-any-return]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
