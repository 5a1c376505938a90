"""Calls in the audit trail: who cleared the log and brought calls back, who changed how long it is kept.

Turns come by themselves all day and are their own record; they are not audited one by one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.contrib.contenttypes.models import ContentType

if TYPE_CHECKING:
    from django.contrib.auth.models import User

WHOLE_LOG = "log"
"""The key under which the trail keeps what was done to the log as a whole."""


def register() -> None:
    """Called once when the application is ready."""
    from calls.models import Call, CallLogSettings

    auditlog.register(Call, include_fields=["hidden_at"])
    auditlog.register(CallLogSettings)


def note(title: str, changes: dict[str, list[str]], user: User | None) -> None:
    """One line for one change of many calls."""
    from calls.models import Call

    entry: Any = LogEntry(
        content_type=ContentType.objects.get_for_model(Call),
        object_pk=WHOLE_LOG,
        object_repr=title,
        action=LogEntry.Action.UPDATE,
        changes=changes,
        actor=user,
        actor_email=user.email if user else None,
    )
    entry.save()
