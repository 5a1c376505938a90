"""The glossary of speech, with a field to try it."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.http import require_GET, require_POST

from knowledge import glossary
from knowledge.admin.common import TaughtAdmin, chip, render, require
from knowledge.models import GlossaryTerm

LONGEST_TRIAL = 2000
EXAMPLE = "Есть рэм на тысячу килоньютон, скорость пять миллиметров в секунду при 220 вольт?"
KIND_LABELS = {**dict(GlossaryTerm.Kind.choices), "number": "Число"}


@admin.register(GlossaryTerm)
class GlossaryTermAdmin(TaughtAdmin):
    list_display = ("canonical", "heard_cell", "kind", "when_cell", "enabled_cell")
    list_filter = ("kind", "enabled", "needs_number")
    search_fields = ("canonical", "heard", "note")
    search_help_text = "Как пишется, как слышится или заметка"
    list_before_template = "admin/knowledge/glossary_top.html"
    fieldsets = (
        (None, {"fields": ("canonical", "heard", "kind", "enabled", "note")}),
        ("Когда не заменять", {"fields": ("needs_number", "unless")}),
    )
    actions = ("enable", "disable")

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("try/", wrap(require_GET(self.try_out)), name="knowledge_glossary_try"),
            path("builtin/", wrap(require_POST(self.add_builtin)), name="knowledge_glossary_builtin"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {"may_add": self.has_add_permission(request), "example": EXAMPLE}
        return super().changelist_view(request, extra | (extra_context or {}))  # type: ignore[no-any-return]

    def try_out(self, request: HttpRequest) -> HttpResponse:
        """What a phrase becomes, and by which rules."""
        require(self.has_view_permission(request))
        said = request.GET.get("text", "")[:LONGEST_TRIAL]
        done = glossary.explain(said)
        context = {
            "said": said,
            "written": done.text,
            "example": EXAMPLE,
            "replacements": [(one.heard, one.canonical, KIND_LABELS[one.kind]) for one in done.replacements],
        }
        return render(request, "admin/knowledge/glossary_try.html", "Проверить словарь речи", context)

    def add_builtin(self, request: HttpRequest) -> HttpResponse:
        require(self.has_add_permission(request))
        added = glossary.add_builtin()
        messages.success(
            request, f"Добавлено встроенных записей: {added}." if added else "Все встроенные записи на месте."
        )
        return HttpResponseRedirect(reverse("admin:knowledge_glossaryterm_changelist"))

    @admin.action(description="Включить", permissions=["change"])
    def enable(self, request: HttpRequest, queryset: QuerySet[GlossaryTerm]) -> None:
        self._switch(request, queryset, True)

    @admin.action(description="Выключить", permissions=["change"])
    def disable(self, request: HttpRequest, queryset: QuerySet[GlossaryTerm]) -> None:
        self._switch(request, queryset, False)

    @staticmethod
    def _switch(request: HttpRequest, queryset: QuerySet[GlossaryTerm], enabled: bool) -> None:
        rows = list(queryset.exclude(enabled=enabled))
        for row in rows:  # one by one, for the audit trail
            row.enabled = enabled
            row.save(update_fields=["enabled"])
        messages.success(request, f"{'Включено' if enabled else 'Выключено'} записей: {len(rows)}. Действует сразу.")

    @admin.display(description="Как слышится", ordering="heard")
    def heard_cell(self, row: GlossaryTerm) -> SafeString:
        cell = '<span class="of of-house"><span>{}</span><small>{}</small></span>'
        return format_html(cell, Truncator(", ".join(row.term.forms)).chars(110), row.note)

    @admin.display(description="Когда")
    def when_cell(self, row: GlossaryTerm) -> str:
        unless = f"кроме: {Truncator(row.unless).chars(40)}" if row.unless else ""
        return "; ".join(filter(None, ["рядом с числом" if row.needs_number else "", unless])) or "всегда"

    @admin.display(description="Действует", ordering="enabled")
    def enabled_cell(self, row: GlossaryTerm) -> object:
        return chip("trained", "да") if row.enabled else chip("", "нет")
