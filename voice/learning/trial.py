"""«Проверить»: how a revision would answer past questions, beside the one that answers now. Nothing of it stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from calls.models import Turn
from providers import bridge
from voice.events import Outcome
from voice.learning.asking import Answer
from voice.learning.controls import ask_each
from voice.learning.expectations import OUTCOME_NAMES
from voice.models import AssistantRevision, ControlQuestion
from voice.snapshot import frozen

MOST_QUESTIONS = 12
RECENT, LOOKED_AT = 40, 400
SHORTEST, LONGEST = 3, 300
SHORTEST_SAME = 2  # a single word in common is a coincidence, and only breaks the texts up

Pieces = tuple[tuple[str, str], ...]
"""Pairs of a sign (" ", "+", "-") and words."""


@dataclass(frozen=True, slots=True)
class Side:
    """One answer as a person reads it."""

    pieces: Pieces
    outcome: str
    is_bad: bool
    citations: tuple[str, ...]
    milliseconds: int
    tools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """One question with both answers; what differs is marked in `pieces`, or said by the flags."""

    question: str
    now: Side
    then: Side

    @property
    def same_text(self) -> bool:
        return all(sign == " " for sign, _ in (*self.now.pieces, *self.then.pieces))

    @property
    def is_same(self) -> bool:
        return self.same_text and self.now.outcome == self.then.outcome and self.now.citations == self.then.citations


def compare(active: AssistantRevision, other: AssistantRevision, questions: Sequence[str]) -> list[Compared]:
    """Both revisions asked the same, each question as a conversation of its own."""
    settings = [frozen(active), frozen(other)]

    async def ask() -> list[list[Answer]]:
        return [await ask_each(questions, each) for each in settings]

    now, then = bridge.call(ask())
    return [compared(question, one, two) for question, one, two in zip(questions, now, then, strict=True)]


def compared(question: str, now: Answer, then: Answer) -> Compared:
    mine, others = pieces_of(now.text, then.text)
    return Compared(question, side_of(now, mine), side_of(then, others))


def side_of(answer: Answer, pieces: Pieces) -> Side:
    timings = answer.end.timings if answer.end is not None else {}
    return Side(
        pieces=pieces,
        outcome=OUTCOME_NAMES[answer.outcome],
        is_bad=answer.outcome in {Outcome.UNKNOWN, Outcome.FAILED},
        citations=tuple(dict.fromkeys(f"{one.document} — {one.heading}".strip(" —") for one in answer.citations)),
        milliseconds=round(timings.get("total", 0)),
        tools=answer.tools,
    )


def pieces_of(now: str, then: str) -> tuple[Pieces, Pieces]:
    """Both texts by words, with what only the one has."""
    mine, others = now.split(), then.split()
    left: list[tuple[str, str]] = []
    right: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, mine, others, autojunk=False).get_opcodes():
        if kind == "equal" and (b - a >= SHORTEST_SAME or (a, b) == (0, len(mine))):
            left.append((" ", " ".join(mine[a:b])))
            right.append((" ", " ".join(others[c:d])))
            continue
        if a < b:
            left.append(("-", " ".join(mine[a:b])))
        if c < d:
            right.append(("+", " ".join(others[c:d])))
    return tuple(left), tuple(right)


def past_questions() -> list[Turn]:
    """The latest questions of callers, each once, those without an answer first."""
    turns = (
        Turn.objects.filter(speaker=Turn.Speaker.CALLER, call__hidden_at=None, call__redacted_at=None)
        .exclude(text="")
        .select_related("call")
        .order_by("-pk")[:LOOKED_AT]
    )
    seen: dict[str, Turn] = {}
    for turn in turns:
        if len(turn.text.split()) >= SHORTEST and len(turn.text) <= LONGEST:
            seen.setdefault(" ".join(turn.text.lower().split()).rstrip("?.! "), turn)
    return list(seen.values())[:RECENT]


def control_questions() -> list[ControlQuestion]:
    return list(ControlQuestion.objects.filter(enabled=True)[:RECENT])
