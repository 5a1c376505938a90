"""One run of the synchronisation: read everything, then write it in one transaction, and put the run on record."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from houses.bitrix.client import BitrixClient
from houses.bitrix.discovery import discover
from houses.bitrix.errors import scrub
from houses.bitrix.mapping import Mapping, load_mapping
from houses.bitrix.presets import ensure_fixed_fields
from houses.bitrix.reading import Catalogue, Deals, PortalReader
from houses.bitrix.session import AlreadyRunning, Progress, Reporter, exclusive_session
from houses.bitrix.writing import (
    ArchivingRefused,
    Counts,
    archive_houses,
    check_archiving,
    missing_houses,
    write_reading,
)
from houses.contacts import refresh_contact_index
from houses.models import SyncRun
from vasdom.errors import VasdomError

if TYPE_CHECKING:
    from django.contrib.auth.models import User

__all__ = ["AlreadyRunning", "Progress", "run_sync"]

logger = logging.getLogger(__name__)

OVERLAP = timedelta(minutes=10)  # of a delta with the run before it: the portal's clock is not ours
MOST_ERRORS = 50
BY_HAND_SECONDS = 150.0
SCHEDULED_SECONDS = 400.0


@dataclass(frozen=True, slots=True)
class Context:
    """What every kind of run works with."""

    run: SyncRun
    client: BitrixClient
    reader: PortalReader
    reporter: Reporter
    began: datetime


def run_sync(
    kind: str,
    *,
    client: BitrixClient | None = None,
    requested_by: User | None = None,
    by_hand: bool = False,
    accept_archiving: bool = False,
    progress: Callable[[Progress], None] | None = None,
) -> SyncRun:
    """Synchronise now, in this process; a delta becomes a full run when there has never been one.

    Args:
        kind: a `SyncRun.Kind`, full or delta.
        client: another portal than the configured one (the demo's twin).
        by_hand: a person waits for it: shorter deadline, and an open circuit is passed once.
        accept_archiving: a person has said that the many missing houses have really left.
        progress: called as the run goes on.

    Returns:
        The finished run: done, failed or refused, the reasons as sentences in `errors`.

    Raises:
        NotConfigured: there is no webhook. AlreadyRunning: another run is under way. Neither leaves a row.
    """
    seconds = BY_HAND_SECONDS if by_hand else SCHEDULED_SECONDS
    client = client or BitrixClient.from_settings(by_hand=by_hand, deadline_seconds=seconds)
    known_as_of = _last_data_as_of()
    if known_as_of is None:
        kind = SyncRun.Kind.FULL

    def work(context: Context) -> None:
        if kind == SyncRun.Kind.FULL or known_as_of is None:
            _full(context, accept_archiving=accept_archiving)
        else:
            _delta(context, known_as_of)

    return supervised(kind, client, work, requested_by=requested_by, progress=progress)


def supervised(
    kind: str,
    client: BitrixClient,
    work: Callable[[Context], None],
    *,
    requested_by: User | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> SyncRun:
    """Run `work` alone, and record how it ended."""
    try:
        with exclusive_session() as session:
            _bury_dead_runs()
            began = timezone.now()
            run = SyncRun.objects.create(kind=kind, requested_by=requested_by)
            reporter = Reporter(run, session, progress)
            reader = PortalReader(client, settings.BITRIX24_CATEGORY_ID, reporter.tell)
            _fenced(Context(run, client, reader, reporter, began), work)
            reporter.finished()
            return run
    finally:
        client.close()


def _fenced(context: Context, work: Callable[[Context], None]) -> None:
    run = context.run
    try:
        work(context)
    except ArchivingRefused as refusal:
        finish(context, SyncRun.State.REFUSED, [refusal.message])
    except VasdomError as error:
        logger.warning("synchronisation %d failed: %s", run.pk, error.code)
        finish(context, SyncRun.State.FAILED, [error.message])
    except Exception:
        logger.exception("synchronisation %d failed", run.pk)
        finish(context, SyncRun.State.FAILED, ["Внутренняя ошибка, подробности в журнале сервера."])


def _bury_dead_runs() -> None:
    """We hold the lock, so a run that says it is running was killed."""
    SyncRun.objects.filter(state=SyncRun.State.RUNNING).update(
        state=SyncRun.State.FAILED, finished_at=timezone.now(), errors=["Синхронизация прервана: процесс остановлен."]
    )


def _last_data_as_of() -> datetime | None:
    """The moment up to which our data are whole. A delta's counts too, because the first run is always a full one."""
    done = SyncRun.objects.filter(state=SyncRun.State.DONE, data_as_of__isnull=False, is_demo=False)
    moments = done.exclude(kind=SyncRun.Kind.EVENTS).order_by("-data_as_of").values_list("data_as_of", flat=True)
    return moments.first()


# -- the two kinds


def _full(context: Context, *, accept_archiving: bool) -> None:
    catalogue, mapping, waiting = _prepare(context)
    deals = context.reader.all_deals(mapping)
    missing = missing_houses([deal.id for deal in deals.own])
    notes = [*catalogue.notes, *_doubts(deals, waiting)]
    context.run.portal_total = deals.total
    if not accept_archiving:
        check_archiving(len(missing))
    _apply(context, deals, catalogue, mapping, notes=notes, missing=missing)


def _delta(context: Context, known_as_of: datetime) -> None:
    since = min(known_as_of, context.began) - OVERLAP
    catalogue, mapping, _ = _prepare(context)
    deals = context.reader.deals_since(since, mapping)
    _apply(context, deals, catalogue, mapping, notes=[*catalogue.notes, *_doubts(deals, 0)])


def _prepare(context: Context) -> tuple[Catalogue, Mapping, int]:
    """Stages and fields; the third value is how many month fields wait for a person."""
    ensure_fixed_fields()
    catalogue = context.reader.catalogue()
    if catalogue.fields is None:
        return catalogue, load_mapping(), 0
    waiting = discover(catalogue.fields, context.began)
    return catalogue, load_mapping({field.name for field in catalogue.fields}), waiting


def _doubts(deals: Deals, waiting: int) -> list[str]:
    doubts = []
    if deals.foreign:
        doubts.append(f"Bitrix24 прислал сделки других воронок ({deals.foreign}), они не приняты.")
    if waiting:
        doubts.append(f"Спорных полей графика: {waiting}. Они ждут решения на странице «Поля графика».")
    return doubts


def _apply(
    context: Context,
    deals: Deals,
    catalogue: Catalogue,
    mapping: Mapping,
    *,
    notes: list[str],
    missing: list[int] | None = None,
) -> None:
    people = context.reader.people_of(deals.own)
    context.reporter.tell("Запись", len(deals.own), len(deals.own))
    today = timezone.localdate()
    with transaction.atomic():
        counts = write_reading(deals.own, people, catalogue.stages, mapping, now=context.began, today=today)
        archived = archive_houses(missing or [], now=context.began, today=today)
        refresh_contact_index()
        context.run.data_as_of = context.began
        record_counts(context.run, counts, archived)
        finish(context, SyncRun.State.DONE, [*notes, *people.notes])


def record_counts(run: SyncRun, counts: Counts, archived: int) -> None:
    run.created, run.updated, run.unchanged = counts.created, counts.updated, counts.unchanged
    run.restored, run.archived = counts.restored, archived
    run.progress_done = run.progress_total = counts.created + counts.updated + counts.unchanged + counts.restored


def finish(context: Context, state: SyncRun.State, sentences: list[str]) -> None:
    run = context.run
    run.state, run.finished_at = state, timezone.now()
    if state != SyncRun.State.DONE:  # what the transaction had counted did not come to pass
        run.data_as_of = None
        record_counts(run, Counts(), 0)
    run.requests = context.client.requests
    run.errors = [scrub(sentence) for sentence in sentences[:MOST_ERRORS]]
    run.step = ""
    run.save()
