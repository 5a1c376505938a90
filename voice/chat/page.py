"""«AI Чат» in the office."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from calls.access import may_rate, may_read
from houses.admin.pages import render
from vasdom.errors import NotFound
from voice.access import may_chat, may_view
from voice.brain import EXTRACTIVE, vendor_of
from voice.chat.models import ChatSettings
from voice.snapshot import active_settings

QUESTIONS = (
    "Сколько домов в системе?",
    "Какие бригады сегодня работают?",
    "Когда уборка на Кибальчича 5?",
    "График уборки на эту неделю",
    "Покажи статистику уборок",
    "Как связаться с управляющей компанией?",
    "Сколько стоит уборка подъезда?",
)


@require_safe
def chat(request: HttpRequest) -> HttpResponse:
    if not may_chat(request.user):
        raise PermissionDenied
    context = {
        "questions": QUESTIONS,
        "message_length": ChatSettings.load().message_length,
        "may_rate": may_rate(request.user),
        "tasks_url": address("admin:tasks_task_changelist") if request.user.has_perm("tasks.view_task") else "",
        "log_url": address("admin:calls_call_changelist") if may_read(request.user) else "",
        "settings_url": address("admin:voice_chatsettings_changelist")
        if request.user.has_perm("voice.view_chatsettings")
        else "",
        **assistant(may_view(request.user)),
    }
    return render(request, "admin/chat/chat.html", "AI Чат", context)


def assistant(shows_revisions: bool) -> dict[str, object]:
    """Who answers. An office without an assistant still has the page, which then says so itself."""
    try:
        active = active_settings()
    except NotFound:
        return {"name": "Ассистент"}
    return {
        "name": active.name,
        "revision": active.number,
        "revision_url": address("admin:voice_assistantrevision_changelist") if shows_revisions else "",
        "without_model": vendor_of(active.model_vendor) == EXTRACTIVE,
    }


def address(name: str) -> str:
    """The address of a list of the admin; nothing where the admin has no such list."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
