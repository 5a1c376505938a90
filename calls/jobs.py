"""Background jobs of the call log. Their periods are django-celery-beat rows, which the office may edit."""

from __future__ import annotations

import logging

from celery import shared_task

from calls import arrivals, retention

logger = logging.getLogger(__name__)


@shared_task(ignore_result=True)
def close_abandoned() -> None:
    """End the calls that nobody ended."""
    if closed := retention.close_abandoned():
        logger.info("%d abandoned calls closed", closed)


@shared_task(ignore_result=True)
def purge_calls() -> None:
    """Delete what was hidden a week ago or is older than the office keeps; erase old numbers; delete old recordings."""
    deleted, redacted = retention.purge()
    silenced, orphans = retention.purge_recordings(), retention.sweep_recordings()
    if deleted or redacted or silenced or orphans:
        logger.info(
            "%d calls deleted, %d stripped of numbers, %d recordings deleted, %d files without a row",
            deleted, redacted, silenced, orphans,
        )  # fmt: skip


@shared_task(ignore_result=True)
def import_arrivals() -> None:
    """Read on in Asterisk's list of calls, where there is one."""
    if (read := arrivals.import_arrivals()).new:
        logger.info("%d calls taken over from Asterisk's list", read.new)
