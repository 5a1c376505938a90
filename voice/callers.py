"""Who is calling, by the number: for the assistant, for the call's card, and for the greeting to wait for nothing.

Work in threads of the database.
"""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from calls.models import Call
from houses import contacts
from houses.contacts import CallerCard
from houses.jobs import look_up_caller
from houses.models import House

logger = logging.getLogger(__name__)

LAST_CALLS = 5
LOOK_UP_EXPIRES_SECONDS = 600
# The broker may be slow or away; a caller waits for neither.
_BEHIND = ThreadPoolExecutor(max_workers=1, thread_name_prefix="callers")


@dataclass(frozen=True, slots=True)
class LastCall:
    """An earlier call of the same number. `house` is its title, empty when it was about none."""

    id: UUID
    started_at: datetime
    status: str
    house: str


@dataclass(frozen=True, slots=True)
class CallerContext:
    """What is known of a caller when the call begins.

    Attributes:
        number: E.164, or as it came when it is none.
        card: None for a stranger.
        last_calls: from new to old, without this one.
    """

    number: str
    card: CallerCard | None = None
    last_calls: tuple[LastCall, ...] = ()

    @property
    def house(self) -> House | None:
        """The only house of this number."""
        return self.card.house if self.card else None

    @property
    def name(self) -> str:
        """A name and who that is: «Иванова Анна, старший дома»; empty for a stranger."""
        if self.card is None:
            return ""
        return ", ".join(filter(None, (self.card.name, self.card.role_label.lower())))


def context(number: str, *, call_id: UUID | None = None) -> CallerContext:
    """Who calls and what about before; two indexed queries. The CRM is asked behind the caller's back, if need be."""
    found = contacts.known(number)
    e164 = contacts.normal(number)
    if not found.is_fresh:
        ask_crm_later(e164)
    return CallerContext(e164 or number, found.card, _last_calls({number, e164} - {""}, call_id))


def ask_crm_later(number: str) -> None:
    """Ring for the job that asks the CRM; returns at once, whatever the broker does."""
    if settings.BITRIX24_WEBHOOK_URL:
        _BEHIND.submit(_ring, number)


def _ring(number: str) -> None:
    try:
        look_up_caller.apply_async(args=(number,), expires=LOOK_UP_EXPIRES_SECONDS, retry=False)
    except Exception:  # a call is fenced off from a broker that is away
        logger.warning("a caller's number will not be looked up: the job could not be sent", exc_info=True)


def _last_calls(numbers: set[str], but: UUID | None) -> tuple[LastCall, ...]:
    if not numbers:
        return ()
    rows = Call.objects.kept().filter(caller__in=numbers, channel=Call.Channel.PHONE)
    if but is not None:
        rows = rows.exclude(pk=but)
    return tuple(
        LastCall(call.pk, call.started_at, call.status, str(call.house or ""))
        for call in rows.select_related("house").order_by("-started_at")[:LAST_CALLS]
    )
