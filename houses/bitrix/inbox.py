"""The inbox of the portal's outgoing webhook.

Bitrix24 sends an event once and never again, and slows down handlers that are slow: so an event is checked, stored and
answered, and worked off afterwards. Nothing in it is believed but the deal's number; lost events are made good by the
delta and the nightly run. https://apidocs.bitrix24.com/api-reference/events/safe-event-handlers.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qsl

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from houses.bitrix.client import BitrixClient
from houses.bitrix.errors import scrub
from houses.bitrix.mapping import load_mapping
from houses.bitrix.sync import SCHEDULED_SECONDS, Context, finish, record_counts, supervised
from houses.bitrix.writing import archive_houses, check_archiving, write_reading
from houses.contacts import refresh_contact_index
from houses.models import House, PortalEvent, SyncRun
from vasdom.errors import Forbidden, InvalidInput, VasdomError

DEAL_EVENTS = frozenset({"ONCRMDEALADD", "ONCRMDEALUPDATE", "ONCRMDEALDELETE", "ONCRMDEALMOVETOCATEGORY"})
MOST_FIELDS = 200
LARGEST_DEAL_ID = 2**63 - 1
EVENTS_PER_DRAIN = 1500
KEPT_FOR = timedelta(days=14)
LONGEST_RETRY = timedelta(minutes=30)
_TOKEN = "auth[application_token]"


@dataclass(frozen=True, slots=True)
class Notice:
    """A checked event; `digest` names it, so that the same event delivered twice is one row."""

    event: str
    deal_id: int
    digest: str


def read_notice(body: bytes) -> Notice | None:
    """Check one delivery; None for an honest event that is not about a deal.

    Raises:
        Forbidden: the application token is missing or wrong, or none is configured.
        InvalidInput: this is no event of Bitrix24.
    """
    fields = _fields(body)
    _check_token(fields.get(_TOKEN, ""))
    event = fields.get("event", "").strip().upper()
    if not event.startswith("ON") or not event.isascii() or not event.isalnum():
        raise InvalidInput("Ожидается событие Bitrix24.", field="event")
    if event not in DEAL_EVENTS:
        return None
    raw_id = fields.get("data[FIELDS][ID]", "").strip()
    if not (raw_id.isascii() and raw_id.isdecimal() and len(raw_id) <= 19 and 0 < int(raw_id) <= LARGEST_DEAL_ID):
        raise InvalidInput("Номер сделки ожидается положительным целым числом.", field="data[FIELDS][ID]")
    return Notice(event, int(raw_id), _digest(fields))


def store(notice: Notice) -> bool:
    """Put the event into the inbox; false when it is there already."""
    _, created = PortalEvent.objects.get_or_create(
        digest=notice.digest, defaults={"event": notice.event, "deal_id": notice.deal_id}
    )
    return created


def drain() -> SyncRun | None:
    """Read the deals of the waiting events and store what they are now; None when nothing waits.

    Raises:
        NotConfigured: there is no webhook. AlreadyRunning: another run is under way; the events go on waiting.
    """
    if not _waiting(timezone.now()):
        return None
    client = BitrixClient.from_settings(deadline_seconds=SCHEDULED_SECONDS)
    return supervised(SyncRun.Kind.EVENTS, client, _work_off)


def purge(now: datetime | None = None) -> int:
    """Forget events that are two weeks old."""
    return PortalEvent.objects.filter(received_at__lt=(now or timezone.now()) - KEPT_FOR).delete()[0]


# -- checking


def _fields(body: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(
            body.decode("utf-8"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=MOST_FIELDS,
        )
    except (UnicodeDecodeError, ValueError) as exc:
        raise InvalidInput("Тело запроса ожидается в виде application/x-www-form-urlencoded.") from exc
    return dict(pairs)


def _check_token(given: str) -> None:
    """Compare with every configured value and in constant time: the answer's delay must not tell how much was right."""
    known = [hmac.compare_digest(given.encode(), token.encode()) for token in settings.BITRIX24_APPLICATION_TOKENS]
    if not any(known):
        raise Forbidden("Токен приложения Bitrix24 не подходит.")


def _digest(fields: dict[str, str]) -> str:
    """Without the token, which may be rotated between two deliveries and has no place in our tables."""
    rest = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()) if name != _TOKEN)
    return hashlib.sha256(rest.encode()).hexdigest()


# -- working off


def _waiting(now: datetime) -> list[PortalEvent]:
    events = PortalEvent.objects.filter(processed_at__isnull=True).exclude(retry_at__gt=now)
    return list(events.order_by("received_at", "pk")[:EVENTS_PER_DRAIN])


def _work_off(context: Context) -> None:
    events = _waiting(context.began)
    try:
        _apply(context, sorted({event.deal_id for event in events}), events)
    except VasdomError as error:
        _put_off(events, error.message, context.began)
        raise


def _apply(context: Context, deal_ids: Sequence[int], events: Sequence[PortalEvent]) -> None:
    mapping = load_mapping()
    deals = context.reader.deals_by_id(deal_ids, mapping)
    people = context.reader.people_of(deals.own)
    stayed = {deal.id for deal in deals.own}
    gone = House.objects.active().filter(bitrix_id__in=set(deal_ids) - stayed, is_demo=False)
    today = timezone.localdate()
    with transaction.atomic():
        left = sorted(gone.values_list("bitrix_id", flat=True))
        check_archiving(len(left), allowed=1)
        counts = write_reading(deals.own, people, None, mapping, now=context.began, today=today)
        archived = archive_houses(left, now=context.began, today=today)
        refresh_contact_index()
        PortalEvent.objects.filter(pk__in=[event.pk for event in events]).update(processed_at=timezone.now(), error="")
        record_counts(context.run, counts, archived)
        finish(context, SyncRun.State.DONE, people.notes)


def _put_off(events: Sequence[PortalEvent], reason: str, now: datetime) -> None:
    """Try again after 1, 2, 4 … 30 minutes, so that a portal that is down is not asked every minute."""
    for event in events:
        pause = min(LONGEST_RETRY, timedelta(minutes=2 ** min(event.attempts, 10)))
        PortalEvent.objects.filter(pk=event.pk).update(
            attempts=F("attempts") + 1, retry_at=now + pause, error=scrub(reason)[:500]
        )
