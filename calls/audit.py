"""Calls in the audit trail: who cleared the log and brought calls back, who changed how long it is kept, who listened
to a recording or stepped into a call.

Turns come by themselves all day and are their own record; they are not audited one by one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from calls.models import Call

WHOLE_LOG = "log"
"""The key under which the trail keeps what was done to the log as a whole."""
SAME_LISTENING = timedelta(minutes=10)
"""A player asks for the beginning again and again; within this time that is one listening."""


def register() -> None:
    """Called once when the application is ready."""
    from calls.models import Call, CallLogSettings

    auditlog.register(Call, include_fields=["hidden_at"])
    auditlog.register(CallLogSettings)


def note(title: str, changes: dict[str, list[str]], user: User | None) -> None:
    """One line for one change of many calls."""
    _entry(WHOLE_LOG, title, LogEntry.Action.UPDATE, changes, user).save()


def note_listening(call: Call, user: User | None, *, downloaded: bool) -> None:
    """The recording of a call was listened to or taken away as a file; by nobody = by a program with the key."""
    changes = {"Запись разговора": ["", "скачана" if downloaded else "прослушана"]}
    entry = _entry(str(call.pk), str(call), LogEntry.Action.ACCESS, changes, user)
    same = LogEntry.objects.filter(
        content_type=entry.content_type, object_pk=entry.object_pk, action=entry.action, actor=user, changes=changes
    )
    if not same.filter(timestamp__gte=timezone.now() - SAME_LISTENING).exists():
        entry.save()


def note_command(call: Call, user: User, what: str) -> None:
    """Somebody of the office stepped into a call that goes on."""
    _entry(str(call.pk), str(call), LogEntry.Action.UPDATE, {"Вмешательство": ["", what]}, user).save()


def _entry(key: str, title: str, action: int, changes: dict[str, list[str]], user: User | None) -> Any:
    from calls.models import Call

    return LogEntry(
        content_type=ContentType.objects.get_for_model(Call),
        object_pk=key,
        object_repr=title,
        action=action,
        changes=changes,
        actor=user,
        actor_email=user.email if user else None,
    )
