"""What the card of a call shows: turn by turn what was said, what happened between, the recording, earlier calls."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from calls import access, recordings, stages
from calls.models import Call, CallEvent, Recording, Turn
from calls.retention import scrubbed
from houses.access import sees_phones

RATINGS = (1, 2, 3, 4, 5)
EARLIER_SHOWN = 5
RECORDING_COMES = timedelta(minutes=2)
"""How long after its end a call's recording may still arrive."""
BAD_EVENTS = {
    CallEvent.Kind.TROUBLE,
    CallEvent.Kind.TRANSFER_BUSY,
    CallEvent.Kind.TRANSFER_NO_ANSWER,
    CallEvent.Kind.TRANSFER_FAILED,
}


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool the assistant used: its name and what went in and came out, as text."""

    name: str
    details: str


@dataclass(frozen=True, slots=True)
class Bubble:
    """One turn as this reader may see it."""

    turn: Turn
    text: str
    cut: str
    normalised: str
    comment: str
    citations: list[dict[str, Any]]
    tools: list[Tool]
    pieces: list[stages.Piece]
    milliseconds: float
    is_answer: bool


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened between the turns."""

    event: CallEvent
    text: str
    is_bad: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A turn or an event."""

    bubble: Bubble | None = None
    happening: Happening | None = None


@dataclass(frozen=True, slots=True)
class Player:
    """The recording, for a reader who may hear it. `drawing` is for the page's script: lengths in seconds."""

    kept: Recording
    is_there: bool
    drawing: dict[str, Any]


def entries(call: Call, user: Any) -> list[Entry]:
    """Turns in their order, and each event before the first turn that began after it; two queries."""
    events = [
        Entry(happening=Happening(event, access.readable(event.text, user), event.kind in BAD_EVENTS))
        for event in call.events.order_by("at", "pk")
    ]
    told: list[Entry] = []
    for bubble in bubbles(call, user):
        while events and _at(events[0]) <= bubble.turn.started_at:
            told.append(events.pop(0))
        told.append(Entry(bubble=bubble))
    return told + events


def _at(entry: Entry) -> datetime:
    assert entry.happening is not None
    return entry.happening.event.at


def player(call: Call, shown: list[Entry], user: Any) -> Player | None:
    """None without a recording, and for who may not hear it."""
    kept = Recording.objects.filter(call=call).first()
    if kept is None or not access.may_hear(user):
        return None
    turns = [entry.bubble.turn for entry in shown if entry.bubble]
    drawing = {
        "seconds": kept.seconds,
        "caller": kept.waveform.get("caller", []),
        "ours": kept.waveform.get("ours", []),
        "turns": [
            {"number": turn.number, "speaker": turn.speaker, "from": turn.from_ms / 1000, "to": turn.to_ms / 1000}
            for turn in turns
            if turn.from_ms is not None and turn.to_ms is not None
        ],
    }
    return Player(kept, any(recordings.size_of(place) for place in kept.files), drawing)


def awaits_recording(call: Call, now: datetime | None = None) -> bool:
    """The call has just ended, and what was recorded of it may be on its way."""
    if call.channel != Call.Channel.PHONE or call.ended_at is None or hasattr(call, "recording"):
        return False
    return (now or timezone.now()) - call.ended_at < RECORDING_COMES


def earlier(call: Call, user: Any) -> tuple[list[Call], int]:
    """The latest other calls from this number, and how many there are; nothing for a number that was erased."""
    if call.channel != Call.Channel.PHONE or not call.caller or access.MASK in call.caller:
        return [], 0
    others = Call.objects.visible_to(user).kept().filter(channel=call.channel, caller=call.caller).exclude(pk=call.pk)
    return list(others.select_related("house")[:EARLIER_SHOWN]), others.count()


def bubbles(call: Call, user: Any) -> list[Bubble]:
    """The dialogue in its order; one query. On the phone both speak at once, and who began first stands first."""
    order = ("started_at", "number") if call.channel == Call.Channel.PHONE else ("number",)
    turns = list(call.turns.defer("search").order_by(*order))
    asked = [None, *turns]
    return [_bubble(turn, before, user) for before, turn in zip(asked, turns, strict=False)]


def _bubble(turn: Turn, before: Turn | None, user: Any) -> Bubble:
    text, normalised = (access.readable(words, user) for words in (turn.text, turn.normalised))
    return Bubble(
        turn=turn,
        text=text.replace("|", ""),
        cut=access.readable(turn.cut, user).replace("|", ""),
        normalised=normalised if normalised.casefold() != text.casefold() else "",
        comment=access.readable(turn.comment, user),
        citations=access.citations_for(turn.citations, user),
        tools=[_tool(used, user) for used in turn.tool_calls if isinstance(used, dict)],
        pieces=stages.pieces(turn.timings),
        milliseconds=stages.whole(turn.timings) if turn.first_audio_ms is None else turn.first_audio_ms,
        # A greeting answers nothing; who rates it rates nothing.
        is_answer=turn.speaker == Turn.Speaker.ASSISTANT and before is not None,
    )


def _tool(used: dict[str, Any], user: Any) -> Tool:
    shown = used if sees_phones(user) else scrubbed(used)
    details = {key: value for key, value in shown.items() if key != "name" and value not in (None, "", {}, [])}
    return Tool(str(used.get("name", "")), json.dumps(details, ensure_ascii=False, indent=1) if details else "")
