"""Bases: how they are cut, who reads them, which words lead to them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest

from knowledge import actions
from knowledge.access import STAFF
from knowledge.admin.common import TaughtAdmin, chip
from knowledge.models import KnowledgeBase


@admin.register(KnowledgeBase)
class KnowledgeBaseAdmin(TaughtAdmin):
    list_display = ("title", "slug", "who_cell", "documents_cell", "passages_cell", "fallback_threshold", "is_default")
    search_fields = ("title", "slug")
    fieldsets = (
        (None, {"fields": ("title", "slug", "description", "visibility", "is_default")}),
        ("Куда идёт вопрос", {"fields": ("route_words", "veto_words", "fallback_threshold")}),
        ("Как делится текст", {"fields": ("chunk_size", "overlap", "separator")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[KnowledgeBase]:
        kept = Count("documents", filter=Q(documents__removed_at__isnull=True), distinct=True)
        live = Count("passages", filter=Q(passages__live=True), distinct=True)
        rows: QuerySet[KnowledgeBase] = super().get_queryset(request)
        return rows.annotate(document_count=kept, passage_count=live)

    def get_readonly_fields(self, request: HttpRequest, obj: KnowledgeBase | None = None) -> tuple[str, ...]:
        return ("slug",) if obj else ()  # answers and calls remember it

    def save_model(self, request: HttpRequest, obj: KnowledgeBase, form: ModelForm[Any], change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"chunk_size", "overlap", "separator"} & set(form.changed_data):
            actions.ring(obj)

    def has_delete_permission(self, request: HttpRequest, obj: KnowledgeBase | None = None) -> bool:
        empty = obj is not None and not obj.documents.exists() and not obj.is_default
        return empty and bool(super().has_delete_permission(request, obj))

    @admin.display(description="Кто видит", ordering="visibility")
    def who_cell(self, base: KnowledgeBase) -> object:
        return chip("waiting" if base.visibility == STAFF else "trained", base.get_visibility_display())

    @admin.display(description="Документов", ordering="document_count")
    def documents_cell(self, base: Any) -> int:
        return int(base.document_count)

    @admin.display(description="Фрагментов в индексе", ordering="passage_count")
    def passages_cell(self, base: Any) -> int:
        return int(base.passage_count)
