"""Passages as the search sees them, and how the index was built."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError as BrokerDown

from knowledge import jobs
from knowledge.access import PUBLIC, STAFF, may_read
from knowledge.admin.common import SeenOnlyAdmin, building, chip, render, require, told
from knowledge.models import IndexBuild, KnowledgeBase, Passage
from knowledge.search import SearchResult, search


@admin.register(Passage)
class PassageAdmin(SeenOnlyAdmin):
    list_display = ("heading_cell", "document", "base", "size_cell", "live_cell")
    list_display_links = None
    list_filter = ("live", "base")
    list_select_related = ("document", "base")
    search_fields = ("text", "heading")
    search_help_text = "Слово из текста или заголовка"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [path("search/", wrap(require_GET(self.try_search)), name="knowledge_search")]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        passage = self.get_object(request, object_id)
        if passage is None or not may_read(request.user):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        near = Passage.objects.filter(version=passage.version_id, cutting=passage.cutting)
        context = self.admin_site.each_context(request) | {
            "passage": passage,
            "title": passage.last_heading or "Фрагмент без заголовка",
            "before": near.filter(ordinal__lt=passage.ordinal).order_by("-ordinal").first(),
            "after": near.filter(ordinal__gt=passage.ordinal).order_by("ordinal").first(),
        }
        return TemplateResponse(request, "admin/knowledge/passage.html", context | (extra_context or {}))

    def try_search(self, request: HttpRequest) -> HttpResponse:
        """«Проверить поиск»: what would be found, with scores."""
        require(may_read(request.user))
        question = request.GET.get("q", "").strip()[:500]
        asked = request.GET.get("base", "")
        role = PUBLIC if request.GET.get("who") == PUBLIC else STAFF
        result: SearchResult | None = None
        with told(request):
            result = search(question, bases=[asked] if asked else None, role=role, limit=10) if question else None
        context = {
            "question": question,
            "result": result,
            "bases": KnowledgeBase.objects.all(),
            "base": asked,
            "who": role,
            "titles": dict(KnowledgeBase.objects.values_list("slug", "title")),
        }
        return render(request, "admin/knowledge/search.html", "Проверить поиск", context)

    @admin.display(description="Фрагмент", ordering="heading")
    def heading_cell(self, passage: Passage) -> SafeString:
        link = reverse("admin:knowledge_passage_change", args=[passage.pk])
        cell = '<span class="of of-house"><a href="{}">{}</a><small>{}</small></span>'
        return format_html(cell, link, passage.heading or "Без заголовка", Truncator(passage.text).chars(140))

    @admin.display(description="Знаков")
    def size_cell(self, passage: Passage) -> int:
        return len(passage.text)

    @admin.display(description="Отвечает", ordering="live")
    def live_cell(self, passage: Passage) -> SafeString:
        return chip("trained", "в индексе") if passage.live else chip("", "строится")


@admin.register(IndexBuild)
class IndexBuildAdmin(SeenOnlyAdmin):
    list_display = (
        "started_cell",
        "base",
        "state_cell",
        "passages",
        "changes_cell",
        "vectors_cell",
        "seconds_cell",
    )
    list_display_links = None
    list_filter = ("base", "state")
    list_select_related = ("base",)
    list_before_template = "admin/knowledge/building.html"

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("progress/", wrap(require_GET(self.progress)), name="knowledge_progress"),
            path("rebuild/", wrap(require_POST(self.rebuild)), name="knowledge_rebuild"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {"building": building(), "may_rebuild": request.user.has_perm("knowledge.rebuild_index")}
        return super().changelist_view(request, extra | (extra_context or {}))  # type: ignore[no-any-return]

    def progress(self, request: HttpRequest) -> HttpResponse:
        require(may_read(request.user))
        return JsonResponse({"bases": building()})

    def rebuild(self, request: HttpRequest) -> HttpResponse:
        require(request.user.has_perm("knowledge.rebuild_index"))
        base = request.POST.get("base") or None
        try:
            jobs.rebuild_embeddings.apply_async(kwargs={"base": base, "force": True}, retry=False)
        except BrokerDown:
            messages.error(request, "Очередь заданий не отвечает: построение не запущено.")
        else:
            messages.success(request, "Построение индекса запущено. Пока оно идёт, отвечает прежний индекс.")
        return HttpResponseRedirect(reverse("admin:knowledge_indexbuild_changelist"))

    @admin.display(description="Начало", ordering="started_at")
    def started_cell(self, build: IndexBuild) -> str:
        return f"{timezone.localtime(build.started_at):%d.%m.%Y %H:%M:%S}"

    @admin.display(description="Состояние", ordering="state")
    def state_cell(self, build: IndexBuild) -> SafeString:
        label = "Отвечает сейчас" if build.active else build.get_state_display()
        cell = '<span class="of of-house">{}<small>{}</small></span>'
        return format_html(cell, chip(build.state if build.active or build.state != "done" else "", label), build.error)

    @admin.display(description="Новых / убрано")
    def changes_cell(self, build: IndexBuild) -> str:
        return f"{build.added} / {build.removed}"

    @admin.display(description="Векторы: новых / прежних")
    def vectors_cell(self, build: IndexBuild) -> str:
        return f"{build.embedded} / {build.reused}" if build.embedding_model else "только слова"

    @admin.display(description="Длилось")
    def seconds_cell(self, build: IndexBuild) -> str:
        if build.finished_at is None:
            return "—"
        return f"{(build.finished_at - build.started_at).total_seconds():.1f} с".replace(".", ",")
