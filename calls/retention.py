"""What time does to the log: forgotten ends, hidden calls, old numbers, old recordings."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from auditlog.context import disable_auditlog
from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from calls import access, recordings
from calls.models import KEPT_HIDDEN_FOR, ArrivedCall, Call, CallEvent, CallLogSettings, Recording, Turn
from calls.querysets import CallQuerySet
from houses.api.plain_text import without_phones

SILENT_FOR = timedelta(hours=2)
"""After this long without a turn a conversation is over, whether anybody said so or not."""
BATCH = 500
ORPHAN_AFTER = timedelta(days=1)
# A chat of these channels has no end of its own: its silence is its end.
ENDS_IN_SILENCE = (Call.Channel.WEB, Call.Channel.API)


def close_abandoned(now: datetime | None = None) -> int:
    """End the calls whose process died or whose chat fell silent, at the moment of their last turn."""
    now = now or timezone.now()
    last_turn = Turn.objects.filter(call=OuterRef("pk")).order_by().values("call").annotate(at=Max("ended_at"))
    last = Coalesce(Subquery(last_turn.values("at")), "started_at")
    silent: list[Any] = list(
        Call.objects.going_on().annotate(last_at=last).filter(last_at__lt=now - SILENT_FOR)[:BATCH]
    )
    closed = 0
    for call in silent:
        quiet_end = call.channel in ENDS_IN_SILENCE and call.status == Call.Status.IN_PROGRESS
        status = Call.Status.COMPLETED if quiet_end else Call.Status.INTERRUPTED
        # Conditional: a turn may have come, or the call been closed, since it was looked at.
        rows = Call.objects.going_on().filter(pk=call.pk, changed_at=call.changed_at)
        ending = Call.Ending.LOST if call.channel == Call.Channel.PHONE else ""
        closed += rows.update(status=status, ended_at=call.last_at, ending=ending, changed_at=now)
    return closed


def purge(now: datetime | None = None) -> tuple[int, int]:
    """Delete for good the calls hidden a week ago and those older than the office keeps; erase the numbers of old ones.

    Returns how many calls were deleted and how many were stripped of numbers.
    """
    now = now or timezone.now()
    kept = CallLogSettings.load()
    gone = Q(hidden_at__lt=now - KEPT_HIDDEN_FOR)
    if kept.delete_after_days:
        gone |= Q(started_at__lt=now - timedelta(days=kept.delete_after_days))
        ArrivedCall.objects.filter(at__lt=now - timedelta(days=kept.delete_after_days)).delete()
    deleted = delete_calls(Call.objects.filter(gone))
    redacted = 0
    if kept.redact_after_days:
        old = Call.objects.filter(redacted_at=None, started_at__lt=now - timedelta(days=kept.redact_after_days))
        while calls := list(old.order_by("started_at")[:BATCH]):
            for call in calls:
                redact(call, now)
            redacted += len(calls)
    return deleted, redacted


def delete_calls(calls: CallQuerySet) -> int:
    """For good, with their turns and recordings. Returns how many."""
    deleted = 0
    while keys := list(calls.order_by().values_list("pk", flat=True)[:BATCH]):
        files = [file for kept in Recording.objects.filter(call__in=keys) for file in kept.files]
        lines = Call.objects.filter(pk__in=keys).exclude(line_id="").values("line_id")
        with transaction.atomic(), disable_auditlog():
            ArrivedCall.objects.filter(uniqueid__in=lines).delete()  # alone it would be a call that never reached us
            Call.objects.filter(pk__in=keys).delete()
        recordings.remove(*files)  # a crash before this leaves files without rows, which `sweep` finds
        deleted += len(keys)
    return deleted


def purge_recordings(now: datetime | None = None) -> int:
    """Delete the recordings that are older than the office keeps them; the calls stay. Returns how many."""
    days = CallLogSettings.load().recordings_days
    if not days:
        return 0
    old = Recording.objects.filter(call__started_at__lt=(now or timezone.now()) - timedelta(days=days))
    deleted = 0
    while rows := list(old.order_by("pk")[:BATCH]):
        for row in rows:
            recordings.remove(*row.files)
            row.delete()
        deleted += len(rows)
    return deleted


def sweep_recordings(now: datetime | None = None) -> int:
    """Delete files that no row names and that nobody has written to for `ORPHAN_AFTER`, and empty folders.

    Returns how many files.
    """
    orphans = 0
    before = (now or timezone.now()) - ORPHAN_AFTER
    for place in recordings.untouched_since(before):
        if not Recording.objects.filter(Q(caller_file=place) | Q(ours_file=place)).exists():
            recordings.remove(place)
            orphans += 1
    recordings.remove_empty_folders()
    return orphans


def redact(call: Call, now: datetime) -> None:
    """Take the phone numbers, and the caller's name, out of a call and everything said in it."""
    with transaction.atomic():
        for turn in call.turns.all():
            clean = {
                name: scrubbed(getattr(turn, name)) for name in ("text", "normalised", "cut", "tool_calls", "comment")
            }
            if any(getattr(turn, name) != value for name, value in clean.items()):
                Turn.objects.filter(pk=turn.pk).update(**clean)
        for event in call.events.exclude(text=""):
            CallEvent.objects.filter(pk=event.pk).update(text=scrubbed(event.text))
        caller = access.NUMBER.sub(access.MASK, call.caller)
        Call.objects.filter(pk=call.pk).update(caller=caller, contact="", redacted_at=now)


def scrubbed(value: Any) -> Any:
    """The value without phone numbers, however deep they lie."""
    if isinstance(value, str):
        return without_phones(value)
    if isinstance(value, dict):
        return {key: scrubbed(inner) for key, inner in value.items()}
    return [scrubbed(inner) for inner in value] if isinstance(value, list) else value
