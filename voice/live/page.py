"""«Сейчас на линии»: the calls that go on. «Оператор»: those that want a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from calls import access
from calls.models import Call, CallEvent
from houses.admin.pages import render
from voice.live.state import HANDOVERS

RECENT = timedelta(hours=24)
MOST_RECENT = 20
Kind = CallEvent.Kind
OUTCOMES = {
    Kind.TRANSFER_ACCEPTED: "is-good",
    Kind.TRANSFER_BUSY: "is-bad",
    Kind.TRANSFER_NO_ANSWER: "is-bad",
    Kind.TRANSFER_REFUSED: "is-bad",
    Kind.TRANSFER_FAILED: "is-bad",
    Kind.TRANSFER_CLOSED: "is-warn",
    Kind.CALLBACK: "is-warn",
    Kind.CAME_BACK: "",
}


@dataclass(frozen=True, slots=True)
class Past:
    """A call of today that wanted a person, and what became of it."""

    call: Call
    caller: str
    at: datetime
    reason: str
    outcome: str
    chip: str


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    return show(request, "admin/live/live.html", "Сейчас на линии", {"page_scripts": scripts("live")})


@require_safe
def operator(request: HttpRequest) -> HttpResponse:
    return show(
        request,
        "admin/live/operator.html",
        "Оператор",
        {"page_scripts": scripts("bell", "operator"), "past": past(request.user)},
    )


def scripts(*own: str) -> list[str]:
    return [f"live/{name}.js" for name in ("feed", "card", "buttons", "state", *own)]


def show(request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    user: Any = request.user
    if not access.may_watch(user):
        raise PermissionDenied
    nowhere = "00000000-0000-0000-0000-000000000000"
    config = {
        "call": reverse("admin:calls_call_change", args=[nowhere]) if access.may_read(user) else "",
        "house": reverse("admin:houses_house_change", args=[0]) if user.has_perm("houses.view_house") else "",
        "nowhere": nowhere,
        "zone": settings.TIME_ZONE,
        "handovers": HANDOVERS,
        "endings": dict(Call.Ending.choices),
    }
    return render(request, template, title, context | {"config": config, "may_steer": access.may_steer(user)})


def past(user: Any) -> list[Past]:
    """The latest first; two queries."""
    since = timezone.now() - RECENT
    wanted = CallEvent.objects.filter(
        kind=Kind.HANDOVER_WANTED, at__gte=since, call__hidden_at=None, call__in=Call.objects.visible_to(user)
    ).select_related("call", "call__house")
    rows = list(wanted.order_by("-at")[:MOST_RECENT])
    outcomes = {
        event.call_id: event
        for event in CallEvent.objects.filter(call__in=[row.call_id for row in rows], kind__in=OUTCOMES).order_by("at")
    }
    return [_past(row, outcomes.get(row.call_id), user) for row in rows]


def _past(wanted: CallEvent, outcome: CallEvent | None, user: Any) -> Past:
    call = wanted.call
    return Past(
        call,
        access.caller_for(call.caller, user) or "без номера",
        wanted.at,
        access.readable(wanted.text, user),
        outcome.get_kind_display().removeprefix("Перевод: ") if outcome else "нет данных",
        OUTCOMES[Kind(outcome.kind)] if outcome else "",
    )
