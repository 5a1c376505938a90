"""«Проверить»: a revision that is not active yet, asked past questions beside the active one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse

from calls import access as calls_access
from houses.admin.pages import render
from knowledge.admin.common import require
from voice import access, actions
from voice.learning import trial as trials
from voice.models import AssistantRevision

LONGEST_OWN = 4_000


def trial(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose questions, and see both answers. Nothing is registered, remembered or logged."""
    require(access.may_edit(request.user))
    revision = get_object_or_404(AssistantRevision.objects.select_related("assistant"), pk=pk)
    active = actions.active_revision(revision.assistant.slug)
    if revision.pk == active.pk:
        messages.info(request, "Эта редакция уже отвечает: сравнивать её не с чем.")
        return HttpResponseRedirect(reverse("admin:voice_assistantrevision_change", args=[pk]))
    questions = chosen(request) if request.method == "POST" else []
    if request.method == "POST" and not questions:
        messages.warning(request, "Выберите вопросы или напишите свои.")
    if len(questions) > trials.MOST_QUESTIONS:
        messages.warning(request, f"За раз проверяются {trials.MOST_QUESTIONS} вопросов, взяты первые.")
    compared = trials.compare(active, revision, questions[: trials.MOST_QUESTIONS]) if questions else []
    may_read = calls_access.may_read(request.user)
    context: dict[str, Any] = {
        "revision": revision,
        "active": active,
        "compared": compared,
        "different": sum(not one.is_same for one in compared),
        "refusal": actions.refusal(revision),
        "past": [(turn, calls_access.readable(turn.text, request.user)) for turn in past(may_read)],
        "controls": trials.control_questions(),
        "asked": set(questions),
        "own": request.POST.get("own", "")[:LONGEST_OWN],
        "most": trials.MOST_QUESTIONS,
        "may_activate": access.may_activate(request.user),
    }
    return render(request, "admin/voice/trial.html", f"Проверка редакции {revision.number}", context)


def past(may_read: bool) -> list[Any]:
    return trials.past_questions() if may_read else []


def chosen(request: HttpRequest) -> list[str]:
    """The ticked questions and the ones written in, each once."""
    written = request.POST.get("own", "")[:LONGEST_OWN].splitlines()
    asked = [text.replace("\x00", "").strip() for text in (*request.POST.getlist("question"), *written)]
    return list(dict.fromkeys(text[: trials.LONGEST] for text in asked if text))
