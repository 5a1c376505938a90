"""«Прослушать»: a text in the voice of the form that is open, or of a saved revision."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from knowledge.admin.common import require
from providers import bridge
from vasdom.errors import InvalidInput, VasdomError
from voice import access, actions, voices
from voice.admin.forms import RevisionForm
from voice.checking import check_fields
from voice.listening import LONGEST_TEXT, Sample, sample
from voice.models import EDITABLE, AssistantRevision
from voice.phone.fields import SPEECH
from voice.snapshot import unsaved

BAD_REQUEST = 400


@require_POST
def listen(request: HttpRequest) -> HttpResponse:
    """JSON for the page's script; the sound itself for a browser without it."""
    require(access.may_view(request.user))
    wants_json = "application/json" in request.headers.get("Accept", "")
    try:
        said = _said(request)
    except VasdomError as exc:
        body = {"error": {"code": exc.code, "message": exc.message}}
        if wants_json:
            return JsonResponse(body, status=BAD_REQUEST)
        return HttpResponse(exc.message, status=BAD_REQUEST, content_type="text/plain; charset=utf-8")
    if not wants_json:
        return HttpResponse(said.wav, content_type="audio/wav")
    return JsonResponse({"wav": base64.b64encode(said.wav).decode(), "told": told(said), "spoken": said.spoken})


def told(said: Sample) -> str:
    """Who spoke, how long it took, what was read aloud."""
    seconds = f"{said.seconds:.1f}".replace(".", ",")
    passed = f" Не смогли: {'; '.join(said.passed)}." if said.passed else ""
    first = f"Говорит {said.vendor}, готово за {said.milliseconds} мс, звучит {seconds} с."
    return f"{first}{passed} Прочитано: «{said.spoken}»"


def _said(request: HttpRequest) -> Sample:
    text = request.POST.get("listen_text", "").strip()
    if not text:
        raise InvalidInput("Напишите, что сказать.", field="listen_text")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"Слишком длинно, не больше {LONGEST_TEXT} знаков.", field="listen_text")
    asked = request.POST.get("revision", "")
    if asked:
        revision = get_object_or_404(AssistantRevision, pk=int(asked) if asked.isdecimal() and len(asked) < 10 else 0)
    else:
        revision = _of_form(request.POST)
    return bridge.call(sample(unsaved(revision), text))


def _of_form(sent: Any) -> AssistantRevision:
    """The active revision with the speech of the form, which need not be complete otherwise.

    Raises:
        InvalidInput: a value of the speech that cannot be used.
    """
    active = actions.active_revision()
    form = RevisionForm(sent)
    form.is_valid()
    wrong = next((name for name in SPEECH if name in form.errors), None)
    if wrong is not None:
        raise InvalidInput(f"Поле «{form[wrong].label}»: {form.errors[wrong][0]}", field=wrong)
    values = {name: getattr(active, name) for name in EDITABLE} | {name: form.cleaned_data[name] for name in SPEECH}
    check_fields(values, SPEECH)
    revision = AssistantRevision(assistant=active.assistant, number=active.number, **values)
    if problem := voices.strange_voice(revision):
        raise InvalidInput(problem)
    return revision
