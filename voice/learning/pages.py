"""«Пробелы» in the office. It joins the log of calls with the knowledge bases, which know nothing of each other."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from calls import access as calls_access
from calls.models import Call
from houses.admin.pages import render
from knowledge import access as knowledge_access
from voice.learning.gaps import Gap, gaps
from voice.snapshot import active_settings

PERIODS = {7: "Неделя", 28: "4 недели", 84: "12 недель", 365: "Год"}
DEFAULT_DAYS = 28
LONGEST_HEADING = 200


@require_safe
def gaps_page(request: HttpRequest) -> HttpResponse:
    """What to teach next: open gaps first, then those that the bases answer by now."""
    if not (calls_access.may_read(request.user) and knowledge_access.may_read(request.user)):
        raise PermissionDenied
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(number) for number in PERIODS} else DEFAULT_DAYS
    channel = request.GET.get("channel", "")
    channel = channel if channel in Call.Channel.values else ""
    found = gaps(active_settings(), days=days, channel=channel)
    rows = [row(gap, request) for gap in found]
    context = {
        "open": [one for one in rows if not one["gap"].is_closed],
        "closed": [one for one in rows if one["gap"].is_closed],
        "most": max((gap.group.times for gap in found), default=1),
        "days": days,
        "channel": channel,
        "periods": PERIODS.items(),
        "channels": [("", "Все каналы"), *Call.Channel.choices],
        "may_teach": knowledge_access.may_teach(request.user),
    }
    return render(request, "admin/voice/gaps.html", "Пробелы", context)


def row(gap: Gap, request: HttpRequest) -> dict[str, Any]:
    """A gap as this reader may see it."""
    group, last = gap.group, gap.group.last

    def readable(text: str) -> str:
        return calls_access.readable(text, request.user)

    question = readable(group.question)
    heading = question[:LONGEST_HEADING]
    note = f"Пробел: спрашивали {group.times} раз"
    draft = urlencode({"heading": heading, "base": gap.base, "note": note})
    return {
        "gap": gap,
        "question": question,
        "variants": [readable(text) for text in group.variants],
        "comments": [readable(text) for text in group.comments],
        "last_at": timezone.localtime(last.at),
        "call": f"{reverse('admin:calls_call_change', args=[last.call_id])}#turn-{last.number}",
        "teach": f"{reverse('admin:knowledge_write')}?{draft}",
        "search": f"{reverse('admin:knowledge_search')}?{urlencode({'q': question[:500], 'who': group.role})}",
    }
