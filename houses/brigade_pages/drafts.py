"""What a brigade typed into a report while its session had run out; kept until the report is taken."""

from __future__ import annotations

from django.http import HttpRequest

KEY = "brigade_draft"
LONGEST = 2000


def keep_draft(request: HttpRequest, visit_id: int) -> None:
    """Put the posted reason and comment into the new session; signing in carries them over."""
    fields = {name: request.POST[name][:LONGEST] for name in ("reason", "comment") if request.POST.get(name)}
    if fields:
        request.session[KEY] = {"visit": visit_id, **fields}


def draft_of(request: HttpRequest, visit_id: int) -> dict[str, str]:
    """The kept fields of this visit's report, `reason` and `comment`; empty when there are none."""
    draft = request.session.get(KEY) or {}
    if draft.get("visit") != visit_id:
        return {}
    return {name: draft[name] for name in ("reason", "comment") if name in draft}


def drop_draft(request: HttpRequest, visit_id: int) -> None:
    if draft_of(request, visit_id):
        del request.session[KEY]
