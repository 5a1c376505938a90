"""Documents: the list, uploading, «что понял ИИ», versions and their comparison."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_GET, require_POST

from knowledge import actions, exam
from knowledge.access import may_read, may_teach
from knowledge.admin.common import (
    STATE_CLASSES,
    TaughtAdmin,
    building,
    chip,
    person,
    render,
    require,
    state_label,
    told,
)
from knowledge.admin.forms import NewVersionForm, TextForm, UploadForm
from knowledge.admin.writing import write_page
from knowledge.models import Document, DocumentVersion, KnowledgeBase, Passage
from knowledge.understanding import difference, understand
from vasdom.errors import VasdomError

State = DocumentVersion.State
THINKING = timedelta(seconds=90)


class KeptFilter(admin.SimpleListFilter):
    title = "Убранные"
    parameter_name = "removed"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("1", "Показать убранные")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Document]) -> QuerySet[Document]:
        return queryset.filter(removed_at__isnull=self.value() != "1")


class StateFilter(admin.SimpleListFilter):
    title = "Состояние"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in State.choices]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.filter(latest_state=self.value()) if self.value() else queryset


@admin.register(Document)
class DocumentAdmin(TaughtAdmin):
    list_display = ("title_cell", "base", "state_cell", "version_cell", "changed_cell", "file_cell")
    list_display_links = None
    list_filter = ("base", StateFilter, KeptFilter)
    list_select_related = ("base", "current")
    search_fields = ("title", "versions__text")
    search_help_text = "Название или слова из текста"
    list_before_template = "admin/knowledge/building.html"
    actions: Any = None

    # --- the list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        rows: QuerySet[Document] = super().get_queryset(request)
        return rows.with_latest()  # type: ignore[attr-defined,no-any-return]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        waiting = DocumentVersion.objects.filter(state=State.WAITING, document__removed_at=None)
        extra = {
            "building": building(),
            "may_teach": may_teach(request.user),
            "may_rebuild": request.user.has_perm("knowledge.rebuild_index"),
            "waiting": waiting.select_related("document").order_by("-pk")[:10],
        }
        return super().changelist_view(request, extra | (extra_context or {}))  # type: ignore[no-any-return]

    @admin.display(description="Документ", ordering="title")
    def title_cell(self, document: Document) -> SafeString:
        link = reverse("admin:knowledge_document_change", args=[document.pk])
        small = " · ".join(
            note for note, holds in (("основной", document.is_main), ("пример", document.is_demo)) if holds
        )
        cell = '<span class="of of-house"><a href="{}">{}</a><small>{}</small></span>'
        return format_html(cell, link, document.title, small)

    @admin.display(description="Состояние", ordering="latest_state")
    def state_cell(self, document: Any) -> SafeString:
        if document.removed_at:
            return chip("rejected", "Убран")
        cell = '<span class="of of-house">{}<small>{}</small></span>'
        error = document.latest_error if document.latest_state == State.ERROR else ""
        return format_html(cell, chip(document.latest_state or "", state_label(document.latest_state)), error or "")

    @admin.display(description="Версия", ordering="latest_number")
    def version_cell(self, document: Any) -> str:
        if document.current and document.current.number != document.latest_number:
            return f"{document.latest_number} (действует {document.current.number})"
        return str(document.latest_number or "—")

    @admin.display(description="Изменён", ordering="latest_at")
    def changed_cell(self, document: Any) -> str:
        return f"{timezone.localtime(document.latest_at):%d.%m.%Y %H:%M}" if document.latest_at else "—"

    @admin.display(description="Файл")
    def file_cell(self, document: Any) -> str:
        return document.latest_file or "—"

    # --- pages

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("write/", wrap(write_page), name="knowledge_write"),
            path("version/<int:pk>/", wrap(require_GET(self.version_page)), name="knowledge_version"),
            path("version/<int:pk>/confirm/", wrap(require_POST(self.confirm)), name="knowledge_confirm"),
            path("version/<int:pk>/reject/", wrap(require_POST(self.reject)), name="knowledge_reject"),
            path("version/<int:pk>/restore/", wrap(require_POST(self.restore)), name="knowledge_restore"),
            path("version/<int:pk>/questions/", wrap(require_POST(self.think)), name="knowledge_think"),
            path("version/<int:pk>/edit/", wrap(self.edit), name="knowledge_edit"),
            path("version/<int:pk>/file/", wrap(require_GET(self.source)), name="knowledge_source"),
            path("version/<int:old>/diff/<int:new>/", wrap(require_GET(self.diff)), name="knowledge_diff"),
            path("<int:pk>/upload/", wrap(self.upload_version), name="knowledge_upload_version"),
            path("<int:pk>/remove/", wrap(require_POST(self.remove)), name="knowledge_remove"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # documents are taken out of the answers, and never lost

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """«Загрузить документ»."""
        require(may_teach(request.user))
        form = UploadForm(request.POST or None, request.FILES or None, initial=self.first_base(request))
        if request.method == "POST" and form.is_valid():
            sent = form.cleaned_data
            try:
                version = actions.upload(
                    sent["base"], sent["file"], author=person(request), title=sent["title"], note=sent["note"]
                )
            except VasdomError as error:
                form.add_error("file", error.message)
            else:
                return to_version(version)
        return render(request, "admin/knowledge/upload.html", "Загрузить документ", {"form": form})

    def first_base(self, request: HttpRequest) -> dict[str, Any]:
        return {"base": KnowledgeBase.objects.filter(slug=request.GET.get("base", "general")).first()}

    def upload_version(self, request: HttpRequest, pk: int) -> HttpResponse:
        """A new file for a document that there is."""
        require(may_teach(request.user))
        document = get_object_or_404(Document.objects.select_related("base"), pk=pk)
        form = NewVersionForm(request.POST or None, request.FILES or None)
        if request.method == "POST" and form.is_valid():
            sent = form.cleaned_data
            try:
                version = actions.upload(
                    document.base, sent["file"], author=person(request), document=document, note=sent["note"]
                )
            except VasdomError as error:
                form.add_error("file", error.message)
            else:
                return to_version(version)
        context = {"form": form, "document": document}
        return render(request, "admin/knowledge/upload.html", f"Новая версия: {document}", context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The card: what the document says now, its passages, its versions."""
        document = self.get_object(request, object_id)
        if document is None or not may_read(request.user):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        versions = list(document.versions.defer("text").select_related("decided_by"))
        passages = Passage.objects.filter(document=document, live=True).order_by("ordinal")
        context = {
            "document": document,
            "opts": self.opts,
            "original": document,
            "versions": [(version, STATE_CLASSES.get(version.state, "")) for version in versions],
            "waiting": next((version for version in versions if version.awaits_decision), None),
            "latest": versions[0] if versions else None,
            "passages": passages[:300],
            "passage_count": passages.count(),
            "building": building(),
            "may_teach": may_teach(request.user),
        }
        return render(request, "admin/knowledge/document.html", str(document), context | (extra_context or {}))

    def version_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """«Что понял ИИ»."""
        require(may_read(request.user))
        version = find(pk)
        context = {
            "version": version,
            "document": version.document,
            "state_class": STATE_CLASSES.get(version.state, ""),
            "understood": understand(version) if version.text_hash else None,
            "may_teach": may_teach(request.user),
            "current": version.document.current,
            "foreseen": exam.foreseen(version.questions, version.document),
            "has_model": exam.has_model(),
            "is_thinking": is_thinking(version),
        }
        return render(request, "admin/knowledge/version.html", f"Что понял ИИ: {version}", context)

    def edit(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Correct the text: the correction is a version of its own."""
        require(may_teach(request.user))
        version = find(pk)
        initial = {"text": version.text, "note": f"Правка версии {version.number}"}
        form = TextForm(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            sent = form.cleaned_data
            with told(request):
                return to_version(
                    actions.write(version.document, sent["text"], author=person(request), note=sent["note"])
                )
        context = {"form": form, "version": version, "document": version.document}
        return render(request, "admin/knowledge/edit.html", f"Правка текста: {version.document}", context)

    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(may_teach(request.user))
        version = find(pk)
        with told(request):
            actions.confirm(version, user=person(request))
            messages.success(request, "Подтверждено. Документ обучается; пока он не готов, отвечает прежний индекс.")
        return to_document(version)

    def reject(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(may_teach(request.user))
        version = find(pk)
        with told(request):
            actions.reject(version, user=person(request), reason=request.POST.get("reason", ""))
            messages.success(request, "Версия отклонена, ответы не изменятся.")
        return to_document(version)

    def think(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask the model for questions again; it takes some seconds."""
        require(may_teach(request.user))
        version = find(pk)
        exam.think_of_questions(version)
        return to_version(version)

    def restore(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(may_teach(request.user))
        version = find(pk)
        with told(request):
            again = actions.restore(version, user=person(request))
            messages.success(request, f"Версия {version.number} восстановлена как версия {again.number}.")
        return to_document(version)

    def remove(self, request: HttpRequest, pk: int) -> HttpResponse:
        require(request.user.has_perm("knowledge.delete_document"))
        document = get_object_or_404(Document, pk=pk)
        with told(request):
            actions.remove(document, user=person(request))
            messages.success(request, "Документ убран из ответов. Вернуть его можно, восстановив версию.")
        return HttpResponseRedirect(reverse("admin:knowledge_document_changelist"))

    def diff(self, request: HttpRequest, old: int, new: int) -> HttpResponse:
        require(may_read(request.user))
        left, right = find(old), find(new)
        if left.document_id != right.document_id:
            raise Http404
        context = {
            "document": left.document,
            "left": left,
            "right": right,
            "same": left.text_hash == right.text_hash,
            # difflib escapes both texts
            "table": mark_safe(difference(left, right)),
        }
        return render(request, "admin/knowledge/diff.html", f"Сравнение версий: {left.document}", context)

    def source(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file as it was uploaded; always as a download."""
        require(may_read(request.user))
        version = find(pk)
        if not version.file or not version.file.storage.exists(str(version.file.name)):
            raise Http404
        return FileResponse(
            version.file.open("rb"),
            as_attachment=True,
            filename=version.file_name,
            content_type="application/octet-stream",
        )


def is_thinking(version: DocumentVersion) -> bool:
    """A model was asked for questions a moment ago and has not answered yet."""
    is_new = timezone.now() - version.created_at < THINKING
    asked = version.state == State.WAITING and not version.questions and not version.questions_note
    return asked and is_new and exam.has_model()


def find(pk: int) -> DocumentVersion:
    versions = DocumentVersion.objects.select_related("document__base", "document__current", "decided_by")
    return get_object_or_404(versions, pk=pk)


def to_version(version: DocumentVersion) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:knowledge_version", args=[version.pk]))


def to_document(version: DocumentVersion) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:knowledge_document_change", args=[version.document_id]))
