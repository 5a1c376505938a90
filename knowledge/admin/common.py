"""What the pages of «Обучение» share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin

from knowledge.models import DocumentVersion, IndexBuild, KnowledgeBase
from vasdom.errors import VasdomError

NO_DATA = "нет данных"
STATE_CLASSES = {
    "uploaded": "is-busy",
    "parsed": "is-busy",
    "waiting": "is-warn",
    "confirmed": "is-busy",
    "trained": "is-good",
    "error": "is-bad",
    "rejected": "",
    "replaced": "",
    "running": "is-busy",
    "done": "is-good",
    "failed": "is-bad",
    "interrupted": "is-warn",
}


def chip(state: str, label: str) -> SafeString:
    return format_html('<span class="of-chip {}">{}</span>', STATE_CLASSES.get(state, ""), label)


def state_label(state: str | None) -> str:
    return str(DocumentVersion.State(state).label) if state else NO_DATA


def person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def require(allowed: bool) -> None:
    if not allowed:
        raise PermissionDenied


def render(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    request.current_app = admin.site.name
    return TemplateResponse(request, template, admin.site.each_context(request) | {"title": title} | context)


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """What an action refuses becomes a message on the next page."""
    try:
        yield
    except VasdomError as error:
        messages.error(request, error.message)


def building() -> list[dict[str, Any]]:
    """How the index of every base is: what answers, and what is being built. Two queries."""
    active = {build.base_id: build for build in IndexBuild.objects.filter(active=True)}
    last: dict[int, IndexBuild] = {}
    for build in IndexBuild.objects.order_by("base_id", "-pk").distinct("base_id"):
        last[build.base_id] = build
    return [status_of(base, active.get(base.pk), last.get(base.pk)) for base in KnowledgeBase.objects.all()]


def status_of(base: KnowledgeBase, active: IndexBuild | None, last: IndexBuild | None) -> dict[str, Any]:
    running = last is not None and last.state == IndexBuild.State.RUNNING
    return {
        "base": base.title,
        "slug": base.slug,
        "state": last.state if last else "none",
        "label": last.get_state_display() if last else "Ещё не строился",
        "class": STATE_CLASSES.get(last.state, "") if last else "",
        "running": running,
        "step": last.step if last and running else "",
        "percent": last.percent if last and running else None,
        "count": f"{last.progress_done} из {last.progress_total}" if last and running and last.progress_total else "",
        "passages": active.passages if active else None,
        "model": active.embedding_model if active else "",
        "error": last.error if last and not running else "",
    }


class TaughtAdmin(ModelAdmin):  # type: ignore[misc]
    """A list of «Обучение». History is the row's part of the audit trail."""

    list_per_page = 50
    empty_value_display = "—"

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        kind = ContentType.objects.get_for_model(self.model)
        query = urlencode({"kind": str(kind.pk), "object": object_id})
        return HttpResponseRedirect(f"{reverse('admin:auditlog_logentry_changelist')}?{query}")


class SeenOnlyAdmin(TaughtAdmin):
    """Rows that the program writes."""

    actions: Any = None

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False
