"""The portal twin as tests of the synchronisation use it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import timezone

from houses.bitrix import client as client_module
from houses.bitrix.client import BitrixClient
from houses.bitrix.sync import run_sync
from houses.bitrix.twin import PortalTwin
from houses.models import SyncRun

TODAY = timezone.localdate()


@pytest.fixture
def twin() -> Iterator[PortalTwin]:
    """A portal of the 23 real houses, without its rate limit."""
    with PortalTwin(houses=23, limits=False, today=TODAY) as portal:
        yield portal


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "FIRST_PAUSE_SECONDS", 0.02)


def sync(twin: PortalTwin, kind: str = SyncRun.Kind.FULL, **options: object) -> SyncRun:
    """One run against this portal."""
    return run_sync(kind, client=BitrixClient(twin.url, deadline_seconds=30), **options)


def done(twin: PortalTwin, kind: str = SyncRun.Kind.FULL, **options: object) -> SyncRun:
    """One run that must succeed."""
    run = sync(twin, kind, **options)
    assert run.state == SyncRun.State.DONE, run.errors
    return run
