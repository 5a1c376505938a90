"""Statuses and numbers of calls in words."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

from calls.models import Call
from houses.schedule import plural

Status = Call.Status
STATUS_CLASSES = {
    Status.INITIATED: "is-busy",
    Status.IN_PROGRESS: "is-busy",
    Status.COMPLETED: "is-good",
    Status.FAILED: "is-bad",
    Status.INTERRUPTED: "is-warn",
}


def status_chip(call: Call) -> SafeString:
    return format_html(
        '<span class="of-chip {}">{}</span>', STATUS_CLASSES[Status(call.status)], call.get_status_display()
    )


def calls_in_words(number: int) -> str:
    return f"{number} {plural(number, 'звонок', 'звонка', 'звонков')}"
