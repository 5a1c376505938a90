"""What the card of a call shows, turn by turn."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from calls import access, stages
from calls.models import Call, Turn
from calls.retention import scrubbed
from houses.access import sees_phones

RATINGS = (1, 2, 3, 4, 5)


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
    normalised: str
    comment: str
    citations: list[dict[str, Any]]
    tools: list[Tool]
    pieces: list[stages.Piece]
    milliseconds: float
    is_answer: bool


def bubbles(call: Call, user: Any) -> list[Bubble]:
    """The dialogue in its order; one query."""
    turns = list(call.turns.defer("search").order_by("number"))
    asked = [None, *turns]
    return [_bubble(turn, before, user) for before, turn in zip(asked, turns, strict=False)]


def _bubble(turn: Turn, before: Turn | None, user: Any) -> Bubble:
    text, normalised = (access.readable(words, user) for words in (turn.text, turn.normalised))
    return Bubble(
        turn=turn,
        text=text.replace("|", ""),
        normalised=normalised if normalised.casefold() != text.casefold() else "",
        comment=access.readable(turn.comment, user),
        citations=access.citations_for(turn.citations, user),
        tools=[_tool(used, user) for used in turn.tool_calls if isinstance(used, dict)],
        pieces=stages.pieces(turn.timings),
        milliseconds=stages.whole(turn.timings),
        # A greeting answers nothing; who rates it rates nothing.
        is_answer=turn.speaker == Turn.Speaker.ASSISTANT and before is not None,
    )


def _tool(used: dict[str, Any], user: Any) -> Tool:
    shown = used if sees_phones(user) else scrubbed(used)
    details = {key: value for key, value in shown.items() if key != "name" and value not in (None, "", {}, [])}
    return Tool(str(used.get("name", "")), json.dumps(details, ensure_ascii=False, indent=1) if details else "")
