"""Background jobs of the houses. Their periods are django-celery-beat rows, which the office may edit."""

from __future__ import annotations

import logging
from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.contrib.auth.models import User
from django.utils import timezone

from houses import contacts
from houses.bitrix import inbox
from houses.bitrix.callers import look_up
from houses.bitrix.errors import BitrixError, NotConfigured
from houses.bitrix.sync import AlreadyRunning, run_sync
from houses.models import SyncRun
from houses.photos import sweep_orphan_photos

logger = logging.getLogger(__name__)

RUNS_KEPT_FOR = timedelta(days=60)


@shared_task(ignore_result=True)
def sync_delta(*, requested_by_id: int | None = None) -> None:
    """What has changed in the CRM since the last run; `requested_by_id` is the user who pressed the button."""
    _sync(SyncRun.Kind.DELTA, requested_by_id)


@shared_task(ignore_result=True)
def sync_full(*, requested_by_id: int | None = None, accept_archiving: bool = False) -> None:
    """The whole funnel, with contacts; houses that are gone are archived.

    `accept_archiving` is a person's word that the many missing houses have really left.
    """
    _sync(SyncRun.Kind.FULL, requested_by_id, accept_archiving=accept_archiving)


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
def refresh_contacts() -> None:
    """Who calls from which number, anew."""
    contacts.refresh_contact_index()


@shared_task(ignore_result=True, soft_time_limit=60)
def look_up_caller(number: str) -> None:
    """Ask the CRM whose number it is, unless that is known by now. The number is never written to the log."""
    if not settings.BITRIX24_WEBHOOK_URL or contacts.known(number).is_fresh:
        return
    try:
        contacts.remember(number, look_up(contacts.normal(number)))
    except BitrixError as error:
        logger.warning("a caller's number could not be looked up: %s", error.code)


@shared_task(ignore_result=True)
def purge_records() -> None:
    """Forget old events and old records of runs, and photo files whose row never came."""
    sweep_orphan_photos()
    inbox.purge()
    contacts.purge()
    old = SyncRun.objects.filter(started_at__lt=timezone.now() - RUNS_KEPT_FOR)
    # The last good run tells the age of the data and where the next delta begins, however long ago it was.
    last_good = SyncRun.objects.filter(data_as_of__isnull=False).order_by("-data_as_of").values("pk")[:1]
    old.exclude(pk__in=last_good).exclude(state=SyncRun.State.RUNNING).delete()


def _sync(kind: SyncRun.Kind, requested_by_id: int | None, *, accept_archiving: bool = False) -> None:
    if not settings.BITRIX24_WEBHOOK_URL:
        return
    person = User.objects.filter(pk=requested_by_id).first() if requested_by_id else None
    try:
        run_sync(kind, requested_by=person, by_hand=person is not None, accept_archiving=accept_archiving)
    except AlreadyRunning:
        logger.info("%s synchronisation skipped: one is running", kind)
    except NotConfigured as error:  # the address is set but is no webhook: somebody must see it
        SyncRun.objects.create(
            kind=kind,
            state=SyncRun.State.FAILED,
            finished_at=timezone.now(),
            requested_by=person,
            errors=[error.message],
        )
