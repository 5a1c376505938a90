"""A call as JSON: the shape of the original's log, and what has come since."""

from __future__ import annotations

import json
from typing import Any

from calls import access
from calls.models import Call, CallEvent, Turn
from houses.access import sees_phones
from houses.api.house_json import moment

SPEAKERS = {Turn.Speaker.CALLER: "user", Turn.Speaker.ASSISTANT: "bot", Turn.Speaker.OPERATOR: "operator"}


def log_json(call: Call, user: Any) -> dict[str, Any]:
    """One call; its turns and events must have been fetched with it."""
    by_phone = call.channel == Call.Channel.PHONE
    turns = [turn_json(turn, user, by_phone=by_phone) for turn in call.turns.all()]
    return {
        "id": str(call.pk),
        "callerId": access.caller_for(call.caller, user),
        "startTime": moment(call.started_at),
        "endTime": moment(call.ended_at) if call.ended_at else None,
        "status": call.status,
        "transcript_json": json.dumps(turns, ensure_ascii=False),
        "channel": call.channel,
        "kb": call.base or None,
        "revision": call.revision_number,
        "duration_seconds": call.duration.total_seconds() if call.duration else None,
        "house": {"id": call.house_id, "title": str(call.house)} if call.house else None,
        "contact": call.contact if sees_phones(user) else "",
        "dialled": call.dialled,
        "arrivedTime": moment(call.arrived_at) if call.arrived_at else None,
        "greeted_ms": call.greeted_ms,
        "ending": call.ending or None,
        "recording": recording_json(call),
        "events": [event_json(event, user) for event in call.events.all()],
    }


def recording_json(call: Call) -> dict[str, Any] | None:
    """How long it is, and where it is heard by those who may."""
    kept = getattr(call, "recording", None)
    if kept is None:
        return None
    return {"seconds": kept.seconds, "consent": kept.consent, "url": f"/api/logs/{call.pk}/recording"}


def event_json(event: CallEvent, user: Any) -> dict[str, Any]:
    text = access.readable(event.text, user)
    return {"at": moment(event.at), "kind": event.kind, "text": text, "milliseconds": event.milliseconds}


def turn_json(turn: Turn, user: Any, *, by_phone: bool = False) -> dict[str, Any]:
    """A turn as the original kept it: of the caller, what was understood and what was heard; more of a phone's turn."""
    said = access.readable(turn.text, user)
    told: dict[str, Any] = {"speaker": SPEAKERS[Turn.Speaker(turn.speaker)], "text": said}
    told["timestamp"] = moment(turn.ended_at)
    if turn.speaker == Turn.Speaker.CALLER:
        told |= {"text": access.readable(turn.normalised or turn.text, user), "raw": said}
    else:
        citations = access.citations_for(turn.citations, user)
        told |= {"kb": turn.base or None, "citations": citations, "rating": turn.rating}
    return told | phone_json(turn, user) if by_phone else told


def phone_json(turn: Turn, user: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"from_ms": turn.from_ms, "to_ms": turn.to_ms}
    if turn.speaker == Turn.Speaker.CALLER:
        return told | {"spoken_to": turn.spoken_to, "digits": turn.digits, "recognizer": turn.recognizer or None}
    told |= {"cut": access.readable(turn.cut, user), "interrupted": turn.interrupted, "cut_ms": turn.cut_ms}
    told |= {"first_audio_ms": turn.first_audio_ms, "timings": turn.timings}
    return told | {"synthesizer": turn.synthesizer or None}
