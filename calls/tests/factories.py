"""Calls for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from calls.actions import TurnRecord, close_call, open_call, record_turn
from calls.models import Call

PHONE = "+70000000001"


def make_call(
    *texts: str,
    status: str = "Completed",
    channel: str = "phone",
    caller: str = PHONE,
    at: datetime | None = None,
    seconds: int = 60,
    answer: dict[str, Any] | None = None,
    **values: Any,
) -> Call:
    """A call through the actions; `texts` are said by the caller and the assistant in turn, the caller first.
    `answer` are fields of every turn of the assistant."""
    call = open_call(channel, caller, 7, started_at=at, **values)
    for number, text in enumerate(texts, start=1):
        speaker = "caller" if number % 2 else "assistant"
        extra = (answer or {}) if speaker == "assistant" else {"normalised": text.lower()}
        record_turn(
            call.pk,
            TurnRecord(number=number, speaker=speaker, text=text, started_at=at, ended_at=at, **extra),
        )
    if status not in ("Initiated", "InProgress"):
        close_call(call.pk, status, ended_at=call.started_at + timedelta(seconds=seconds))
    call.refresh_from_db()
    return call
