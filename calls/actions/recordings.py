"""Recordings of calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction

from calls import recordings
from calls.actions.rows import locked
from calls.models import Recording


def attach_recording(
    call_id: UUID,
    *,
    consent: bool,
    caller_file: str = "",
    ours_file: str = "",
    seconds: float | None = None,
    waveform: Mapping[str, Any] | None = None,
) -> Recording | None:
    """The files of a call are written: keep where they lie. Of two attachments the first stays.

    Files not named are those of `recordings.places`; length and waveform are read from them unless given. Without
    files, or with empty ones, there is nothing to attach: None. `consent`: the caller was told of the recording.

    Raises:
        InvalidInput: a file is no place of ours.
        UnknownCall: there is no such call.
    """
    with transaction.atomic():
        call = locked(call_id)
        known = Recording.objects.filter(call=call).first()
        if known is not None:
            return known
        caller, ours = recordings.places(call.pk, call.started_at)
        caller, ours = caller_file or caller, ours_file or ours
        length = recordings.seconds_of(caller, ours)
        if not length:
            return None
        kept = Recording.objects.create(
            call=call,
            caller_file=caller,
            ours_file=ours,
            seconds=round(seconds if seconds is not None else length, 3),
            waveform=dict(waveform) if waveform is not None else recordings.waveform(caller, ours),
            consent=consent,
        )
        call.save(update_fields=["changed_at"])
        return kept
