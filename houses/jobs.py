"""Background jobs of the houses. Their periods are django-celery-beat rows, which the office may edit."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from houses.bitrix import inbox
from houses.bitrix.errors import NotConfigured
from houses.bitrix.sync import AlreadyRunning, run_sync
from houses.models import SyncRun

logger = logging.getLogger(__name__)

RUNS_KEPT_FOR = timedelta(days=60)


@shared_task(ignore_result=True)
def sync_delta() -> None:
    """What has changed in the CRM since the last run."""
    _sync(SyncRun.Kind.DELTA)


@shared_task(ignore_result=True)
def sync_full() -> None:
    """The whole funnel, with contacts; houses that are gone are archived."""
    _sync(SyncRun.Kind.FULL)


@shared_task(ignore_result=True)
def drain_events() -> None:
    """Work off the inbox; rung by the webhook, and every minute in case a ring was lost."""
    if not settings.BITRIX24_WEBHOOK_URL:
        return
    try:
        inbox.drain()
    except AlreadyRunning:
        logger.info("events wait: a synchronisation is running")
    except NotConfigured as error:
        logger.warning("events cannot be worked off: %s", error)


@shared_task(ignore_result=True)
def purge_records() -> None:
    """Forget old events and old records of runs."""
    inbox.purge()
    old = SyncRun.objects.filter(started_at__lt=timezone.now() - RUNS_KEPT_FOR)
    # The last good run tells the age of the data and where the next delta begins, however long ago it was.
    last_good = SyncRun.objects.filter(data_as_of__isnull=False).order_by("-data_as_of").values("pk")[:1]
    old.exclude(pk__in=last_good).exclude(state=SyncRun.State.RUNNING).delete()


def _sync(kind: SyncRun.Kind) -> None:
    if not settings.BITRIX24_WEBHOOK_URL:
        return
    try:
        run_sync(kind)
    except AlreadyRunning:
        logger.info("%s synchronisation skipped: one is running", kind)
    except NotConfigured as error:
        logger.warning("synchronisation is off: %s", error)
