"""Is what we know of the houses fresh: the state of the exchange with Bitrix24."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.db.models import F
from django.utils import timezone

from houses.freshness import freshness
from houses.models import SyncRun
from vasdom.health.states import Reading, failing, off, ok


def reading(now: datetime) -> Reading:
    """Off without a webhook; failing when the last run failed or the data are old. With `last_sync`, `age_seconds`."""
    try:
        fresh = freshness(now)
    except (DatabaseError, InterfaceError):
        return unknown()
    last = fresh.data_as_of
    extra: dict[str, Any] = {
        "last_sync": timezone.localtime(last).isoformat(timespec="seconds") if last else None,
        "age_seconds": int((now - last).total_seconds()) if last else None,
    }
    if not settings.BITRIX24_WEBHOOK_URL:
        return off("Не задана переменная BITRIX24_WEBHOOK_URL", **extra)
    if last is None:
        return failing(last_trouble() or fresh.reason or "Синхронизация ещё не выполнялась", **extra)
    if fresh.stale:
        return failing(last_trouble() or fresh.reason or "Данные устарели", **extra)
    return ok(**extra)


def last_trouble() -> str:
    """What the last finished run says it failed of, in its own words: here a person looks for what to do about it."""
    runs = SyncRun.objects.exclude(kind=SyncRun.Kind.EVENTS).exclude(state=SyncRun.State.RUNNING)
    last = runs.order_by(F("finished_at").desc(nulls_last=True), "-id").first()
    if last is None or last.state == SyncRun.State.DONE or not last.errors:
        return ""
    return str(last.errors[0])


def unknown() -> Reading:
    """What can be said while the database is away."""
    extra: dict[str, Any] = {"last_sync": None, "age_seconds": None}
    if not settings.BITRIX24_WEBHOOK_URL:
        return off("Не задана переменная BITRIX24_WEBHOOK_URL", **extra)
    return failing("Неизвестно: база данных не отвечает", **extra)
