"""«Состояние системы»: every part, what is wrong with it and what to do."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from houses.models import SyncRun
from vasdom.health import Health, report
from vasdom.health.stores import valkey
from vasdom.overview import links
from vasdom.overview.site import office_page, page
from vasdom.version import version
from voice.phone.state import LineState, line_state

RUNS_SHOWN = 5
QUEUE = "celery"
BYTES_IN_GIGABYTE = 1024**3
LITTLE_SPACE_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Disk:
    """Space where the data lie, in gigabytes."""

    free: float
    total: float

    @property
    def is_short(self) -> bool:
        return self.free < self.total * LITTLE_SPACE_SHARE


@dataclass(frozen=True, slots=True)
class System:
    """What the page shows; None where it could not be read."""

    health: Health
    version: str
    at: datetime
    runs: tuple[SyncRun, ...] | None
    runs_link: str
    queue: int | None
    migrations_missing: int | None
    disk: Disk
    line: LineState


@office_page
@require_safe
@never_cache
def status(request: HttpRequest) -> HttpResponse:
    return page(request, "overview/status.html", "Состояние системы", system=look_round())


@office_page
@require_safe
@never_cache
def status_fragment(request: HttpRequest) -> HttpResponse:
    """The page's inside, which it fetches anew every ten seconds."""
    return render(request, "overview/parts/status.html", {"system": look_round()})


def look_round() -> System:
    return System(
        health=report(),
        version=version(),
        at=timezone.now(),
        runs=_runs(),
        runs_link=links.rows("syncrun"),
        queue=_queue(),
        migrations_missing=_migrations_missing(),
        disk=_disk(),
        line=line_state(),
    )


def _runs() -> tuple[SyncRun, ...] | None:
    try:
        return tuple(SyncRun.objects.order_by("-started_at")[:RUNS_SHOWN])
    except (DatabaseError, InterfaceError):
        return None


def _queue() -> int | None:
    """Jobs that wait for a worker."""
    try:
        with valkey() as client:
            return int(client.llen(QUEUE))
    except redis.RedisError:
        return None


def _migrations_missing() -> int | None:
    """How many migrations of the code the database has not seen."""
    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except (DatabaseError, InterfaceError):
        return None


def _disk() -> Disk:
    usage = shutil.disk_usage(settings.VAR_DIR)
    return Disk(round(usage.free / BYTES_IN_GIGABYTE, 1), round(usage.total / BYTES_IN_GIGABYTE, 1))
