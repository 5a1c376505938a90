"""The course of a call: it comes in, is greeted, things happen, it ends."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from calls.actions.rows import locked, storable, whole_ms, word
from calls.actions.turns import LONGEST_TEXT
from calls.errors import AlreadyClosed
from calls.models import LONGEST_CALLER, LONGEST_CONTACT, LONGEST_KEY, LONGEST_LINE, Call, CallEvent
from calls.querysets import FINAL
from houses.models import House
from vasdom.errors import InvalidInput


def open_call(
    channel: str,
    caller: str,
    revision_number: int | None,
    *,
    house: House | None = None,
    call_id: UUID | None = None,
    started_at: datetime | None = None,
    dialled: str = "",
    line_id: str = "",
    arrived_at: datetime | None = None,
    contact: str = "",
) -> Call:
    """A call has come in. With a `call_id` of the caller's own, a second opening gives the same row.

    Of the phone: `dialled` is the number called, `line_id` the channel's `uniqueid` in Asterisk (its CDR file names the
    same), `arrived_at` when Asterisk had it, `contact` the caller's name by the number.

    Raises:
        InvalidInput: no such channel.
    """
    if channel not in Call.Channel.values:
        raise InvalidInput("Такого канала нет.", field="channel")
    values: dict[str, Any] = {
        "channel": channel,
        "caller": word(caller, LONGEST_CALLER),
        "revision_number": revision_number,
        "house": house,
        "started_at": started_at or timezone.now(),
        "dialled": word(dialled, LONGEST_CALLER),
        "line_id": word(line_id, LONGEST_LINE),
        "arrived_at": arrived_at,
        "contact": word(contact, LONGEST_CONTACT),
        "is_demo": bool(house and house.is_demo),
    }
    call, _ = Call.objects.get_or_create(pk=call_id or uuid4(), defaults=values)
    return call


def identify_caller(call_id: UUID, *, house: House | None = None, contact: str = "") -> Call:
    """Who is calling has become known in mid-call. What is known already stays.

    Raises:
        UnknownCall: there is no such call.
    """
    with transaction.atomic():
        call = locked(call_id)
        changed = []
        if house is not None and call.house_id is None:
            call.house, call.is_demo = house, call.is_demo or house.is_demo
            changed += ["house", "is_demo"]
        if contact and not call.contact:
            call.contact = word(contact, LONGEST_CONTACT)
            changed.append("contact")
        if changed:
            call.save(update_fields=[*changed, "changed_at"])
        return call


def note_greeting(call_id: UUID, milliseconds: float) -> Call:
    """The first sound of the greeting was heard, so long after the call's arrival. The first note stays.

    Raises:
        UnknownCall: there is no such call.
    """
    with transaction.atomic():
        call = locked(call_id)
        if call.greeted_ms is None:
            call.greeted_ms = whole_ms(milliseconds)
            call.save(update_fields=["greeted_ms", "changed_at"])
        return call


def note_event(
    call_id: UUID, *, key: str, at: datetime, kind: str, text: str = "", milliseconds: float | None = None
) -> CallEvent:
    """Something happened besides what was said. Of two with one `key` in a call the first stays.

    `kind` is one of `CallEvent.Kind`; `text` is for people to read; `milliseconds` is how long it lasted.

    Raises:
        InvalidInput: no key, or no such kind.
        UnknownCall: there is no such call.
    """
    if not (key := word(key, LONGEST_KEY)):
        raise InvalidInput("У события нет ключа.", field="key")
    if kind not in CallEvent.Kind.values:
        raise InvalidInput("Такого события не бывает.", field="kind")
    values = {"at": at, "kind": kind, "text": storable(text)[:LONGEST_TEXT], "milliseconds": whole_ms(milliseconds)}
    with transaction.atomic():
        call = locked(call_id)
        event, is_new = CallEvent.objects.get_or_create(call=call, key=key, defaults=values)
        if is_new:
            call.save(update_fields=["changed_at"])
        return event


def close_call(call_id: UUID, status: str, *, ended_at: datetime | None = None, ending: str = "") -> Call:
    """The call is over: Completed, Failed or Interrupted; `ending` says why (`Call.Ending`), where it is known.

    Raises:
        InvalidInput: the status ends no call, or there is no such ending.
        UnknownCall: there is no such call.
        AlreadyClosed: it has ended otherwise.
    """
    if status not in FINAL:
        raise InvalidInput("Этим статусом звонок не заканчивается.", field="status")
    if ending and ending not in Call.Ending.values:
        raise InvalidInput("Так звонок не заканчивается.", field="ending")
    with transaction.atomic():
        call = locked(call_id)
        if call.status == status:
            return _told_why(call, ending)
        if call.is_final:
            raise AlreadyClosed("Звонок уже закончен иначе.")
        call.ending = ending
        call.status, call.ended_at = status, max(ended_at or timezone.now(), call.started_at)
        call.save(update_fields=["status", "ended_at", "ending", "changed_at"])
        return call


def _told_why(call: Call, ending: str) -> Call:
    """A call that had ended without a word why gets it; the first word stays."""
    if ending and not call.ending:
        call.ending = ending
        call.save(update_fields=["ending", "changed_at"])
    return call
