"""The audit trail: who changed which row, from what to what.

Rows written in bulk by the sync pass it by; their history is the CRM's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from auditlog.models import LogEntry
from auditlog.registry import auditlog
from django.db.models.signals import pre_save

from houses.models import (
    Act,
    Brigade,
    CleaningVisit,
    Employee,
    EnumOption,
    FieldMapping,
    House,
    OfficeSettings,
    ScheduleField,
    VisitPhoto,
)

if TYPE_CHECKING:
    from django.contrib.auth.models import User

_acting: ContextVar[User | None] = ContextVar("acting_user", default=None)


@contextmanager
def acting(user: User | None) -> Iterator[None]:
    """Changes inside are this person's, unless a web request already says whose they are.

    auditlog's own `set_actor` cannot stand inside a request: it forgets the request's person when it ends.
    """
    token = _acting.set(user)
    try:
        yield
    finally:
        _acting.reset(token)


def _name_actor(sender: object, instance: LogEntry, **_signal: Any) -> None:
    user = _acting.get()
    if user is not None and instance.actor_id is None:
        instance.actor = user
        instance.actor_email = user.email


def register() -> None:
    """Put the models of houses under audit; called once when the application is ready."""
    for model in (Act, Brigade, CleaningVisit, EnumOption, OfficeSettings):
        auditlog.register(model)
    # Every sync notes what it met; that is no change anybody made.
    auditlog.register(FieldMapping, exclude_fields=["label", "seen_at"])
    auditlog.register(Employee, mask_fields=["phone"])
    auditlog.register(House, exclude_fields=["street_key", "number_key", "search_keys", "synced_at", "issues"])
    auditlog.register(ScheduleField, exclude_fields=["seen_at"])
    auditlog.register(VisitPhoto, exclude_fields=["width", "height", "sha256"])
    pre_save.connect(_name_actor, sender=LogEntry, dispatch_uid="houses.audit")
