"""Journal entries: how what happens in a call is written down, and becomes rows. Applying twice changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from calls import actions
from calls.actions import TurnRecord
from calls.errors import AlreadyClosed
from houses.models import House
from voice.phone.journal import Entry

MOMENTS = ("started_at", "ended_at")
NEEDED = ("number", "speaker", "text")


def opened(*, caller: str, dialled: str, line_id: str, arrived_at: datetime, revision: int) -> Entry:
    return {
        "kind": "open",
        "caller": caller,
        "dialled": dialled,
        "line_id": line_id,
        "arrived_at": arrived_at.isoformat(),
        "revision": revision,
    }


def identified(contact: str, house_id: int | None) -> Entry:
    return {"kind": "identified", "contact": contact, "house_id": house_id}


def turn(record: TurnRecord) -> Entry:
    values = asdict(record)
    for name in MOMENTS:
        values[name] = values[name].isoformat() if values[name] else None
    said = {name: value for name, value in values.items() if name in NEEDED or value not in (None, "", [], {}, ())}
    return {"kind": "turn", **said}


def event(key: str, at: datetime, what: str, text: str = "", milliseconds: float | None = None) -> Entry:
    return {"kind": "event", "key": key, "at": at.isoformat(), "what": what, "text": text, "ms": milliseconds}


def greeted(milliseconds: float) -> Entry:
    return {"kind": "greeted", "ms": milliseconds}


def closed(status: str, ending: str, at: datetime) -> Entry:
    return {"kind": "close", "status": status, "ending": ending, "at": at.isoformat()}


def recorded(*, consent: bool) -> Entry:
    return {"kind": "recording", "consent": consent}


# --- into the database


def apply(call_id: UUID, entry: Entry) -> None:
    """Make the entry's rows. Raises what the database raises; an entry that cannot be understood is left out."""
    step = STEPS.get(str(entry.get("kind")))
    if step is not None:
        step(call_id, entry)


def _open(call_id: UUID, entry: Entry) -> None:
    arrived_at = _moment(entry["arrived_at"])
    actions.open_call(
        "phone",
        entry.get("caller", ""),
        entry.get("revision"),
        call_id=call_id,
        started_at=arrived_at,
        dialled=entry.get("dialled", ""),
        line_id=entry.get("line_id", ""),
        arrived_at=arrived_at,
    )


def _identified(call_id: UUID, entry: Entry) -> None:
    house = House.objects.filter(pk=entry["house_id"]).first() if entry.get("house_id") else None
    actions.identify_caller(call_id, house=house, contact=entry.get("contact", ""))


NAMES = {field.name for field in fields(TurnRecord)}


def _turn(call_id: UUID, entry: Entry) -> None:
    values = {name: value for name, value in entry.items() if name in NAMES}
    for name in MOMENTS:
        values[name] = _moment(values.get(name))
    actions.record_turn(call_id, TurnRecord(**values))


def _event(call_id: UUID, entry: Entry) -> None:
    at = _moment(entry["at"])
    actions.note_event(
        call_id, key=entry["key"], at=at, kind=entry["what"], text=entry.get("text", ""), milliseconds=entry.get("ms")
    )


def _greeted(call_id: UUID, entry: Entry) -> None:
    actions.note_greeting(call_id, entry["ms"])


def _close(call_id: UUID, entry: Entry) -> None:
    try:
        actions.close_call(call_id, entry["status"], ended_at=_moment(entry["at"]), ending=entry.get("ending", ""))
    except AlreadyClosed:  # by the job for abandoned calls
        return


def _recording(call_id: UUID, entry: Entry) -> None:
    actions.attach_recording(call_id, consent=bool(entry.get("consent")))


STEPS: dict[str, Callable[[UUID, Entry], None]] = {
    "open": _open,
    "identified": _identified,
    "turn": _turn,
    "event": _event,
    "greeted": _greeted,
    "close": _close,
    "recording": _recording,
}


def _moment(text: Any) -> Any:
    return datetime.fromisoformat(text) if text else None
