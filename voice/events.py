"""What a conversation hands over while it answers; transports turn these into frames, JSON and speech.

One reply is: `Delta`… (at least one), `Citations` (at most one, after the text it belongs to), `End` (always the last,
exactly one). A `Greeting` comes from `Conversation.greeting`, before anything was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

CRM_BASE = "crm"
"""The label of answers out of houses and schedules; those out of documents carry the knowledge base's slug."""


class Outcome(StrEnum):
    """How a reply ended, for the call log and its figures."""

    ANSWERED = "answered"
    """With facts, or with the action that was asked for."""
    CLARIFY = "clarify"
    """With a question: which house, which phone."""
    UNKNOWN = "unknown"
    """It does not know, and offered a person: a gap of the knowledge."""
    REFUSED = "refused"
    """This role may not learn it."""
    TALK = "talk"
    """Thanks, a greeting, a goodbye: there was nothing to know."""
    TRANSFER = "transfer"
    """The caller wants a person."""
    FAILED = "failed"
    """Something broke; the apology was said."""


@dataclass(frozen=True, slots=True)
class Greeting:
    """Said first."""

    text: str
    revision: int


@dataclass(frozen=True, slots=True)
class Delta:
    """The next whole sentence or sentences of the reply. All deltas of a reply, joined, are its text.

    With `is_begun` it is the first words of a sentence; the rest is to come.
    """

    text: str
    is_begun: bool = False


@dataclass(frozen=True, slots=True)
class Citation:
    """What the reply rests on: a passage of a document, or rows that a tool read.

    Attributes:
        document: title of the document, or what the rows are: «График уборок».
        heading: the passage's headings, or the house.
        base: slug of the knowledge base, or `CRM_BASE`.
        passage_id, document_id, version: of the passage; 0 for rows of a tool.
        age: how old a tool's rows are, in words; empty for passages.
    """

    document: str
    heading: str
    text: str
    base: str
    score: float = 1.0
    passage_id: int = 0
    document_id: int = 0
    version: int = 0
    age: str = ""


@dataclass(frozen=True, slots=True)
class Citations:
    """Everything the reply rests on, best first."""

    items: tuple[Citation, ...]


@dataclass(frozen=True, slots=True)
class ToolUse:
    """One tool that was used. `by` is "rules" or "model"; `result` is what it said."""

    name: str
    arguments: Mapping[str, Any]
    result: str
    outcome: str
    by: str = "rules"
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The reply is complete.

    Attributes:
        base: label of the source: a base's slug, `CRM_BASE`, or nothing when there was nothing to know.
        revision: number of the revision that answered.
        text: all that was said.
        heard, question: what was asked, normalised; and the same with the conversation's subject put in.
        timings: milliseconds by stage: "settings", "understand", "tool", "search", "first_token" (of the model),
            "generate", "first_delta", "total"; a stage that did not happen is missing.
        offers_person: the reply offered to be put through to a person.
        ends: the caller has said goodbye.
        withheld: numbers, dates, prices or phones that stood in no source and were not said.
    """

    base: str
    revision: int
    outcome: Outcome
    text: str
    heard: str = ""
    question: str = ""
    timings: Mapping[str, float] = field(default_factory=dict)
    tool_calls: tuple[ToolUse, ...] = ()
    offers_person: bool = False
    withheld: int = 0
    embedding_requests: int = 0
    ends: bool = False

    @property
    def answered(self) -> bool:
        return self.outcome not in {Outcome.UNKNOWN, Outcome.FAILED}

    @property
    def label(self) -> str:
        """«[general]», as it stands under a reply; empty without a source."""
        return f"[{self.base}]" if self.base else ""


Event = Greeting | Delta | Citations | End
