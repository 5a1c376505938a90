"""The portal twin as tests of the synchronisation use it."""

from __future__ import annotations

from django.utils import timezone

from houses.bitrix.client import BitrixClient
from houses.bitrix.sync import run_sync
from houses.bitrix.twin import PortalTwin
from houses.models import SyncRun

TODAY = timezone.localdate()


def sync(twin: PortalTwin, kind: str = SyncRun.Kind.FULL, **options: object) -> SyncRun:
    """One run against this portal."""
    return run_sync(kind, client=BitrixClient(twin.url, deadline_seconds=30), **options)


def done(twin: PortalTwin, kind: str = SyncRun.Kind.FULL, **options: object) -> SyncRun:
    """One run that must succeed."""
    run = sync(twin, kind, **options)
    assert run.state == SyncRun.State.DONE, run.errors
    return run
