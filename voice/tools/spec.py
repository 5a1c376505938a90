"""What a tool is given and what it answers with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from voice.access import Caller
from voice.dates import When
from voice.events import CRM_BASE, Citation, Outcome
from voice.gate import OPEN, Gate


@dataclass(frozen=True, slots=True)
class Slots:
    """What a question says, filled by the rules or by a model.

    Attributes:
        address: the place as it was said; `house` is its key once it is known.
        past: the question is about what has been done.
        doubt: it says that the cleaning was not done.
        brigade, company: as `HouseQuerySet.for_brigade_text` and `for_company_text` take them.
        state: a visit's state, or "missed"; `stage` is the key of a stage of the funnel.
        measure: what is counted: "houses", "apartments", "entrances", "floors", "visits", "brigades", "tasks".
        names: a list is wanted rather than a number.
        detail: which fact of a house is wanted ("brigade", "company", "periodicity", "size", "service", "general"), or
            which count ("by_brigade", "archived").
        words: the caller's own words, of a complaint or a request.
    """

    address: str = ""
    house: int | None = None
    when: When | None = None
    past: bool = False
    doubt: bool = False
    brigade: str = ""
    company: str = ""
    state: str = ""
    stage: str = ""
    measure: str = ""
    names: bool = False
    detail: str = ""
    words: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A tool with what it is asked."""

    tool: str
    slots: Slots = Slots()


@dataclass(frozen=True, slots=True)
class Pending:
    """What the next message is waited for: "house", "words", "phone", "confirm", "note", "task_phone"."""

    asked: Asked
    waits_for: str
    houses: tuple[int, ...] = ()
    task_id: int | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """Who asks, when, how the assistant speaks of itself, and whether anything may have an effect yet."""

    caller: Caller
    today: date
    female: bool = True
    gate: Gate = OPEN

    def said(self, female: str, male: str) -> str:
        return female if self.female else male


@dataclass(frozen=True, slots=True)
class Result:
    """What a tool said. `text` is complete and is spoken as it is."""

    text: str
    outcome: Outcome = Outcome.ANSWERED
    citations: tuple[Citation, ...] = ()
    pending: Pending | None = None
    house: int | None = None
    task_id: int | None = None
    offers_person: bool = False


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing the assistant may do.

    Attributes:
        allowed: whether this caller may have it.
        parameters: JSON Schema properties by name, for a model.
        required: of them.
        effect: it changes something, so a model may use it only when the caller asked for it.
        refusal: said to a caller who may not; empty = for such a caller the tool does not exist.
    """

    name: str
    description: str
    run: Callable[[Context, Slots], Result]
    allowed: Callable[[Caller], bool]
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    effect: bool = False
    refusal: str = ""


def rows(document: str, heading: str, text: str, age: str) -> Citation:
    """Rows of the database as what an answer rests on."""
    return Citation(document, heading, text, CRM_BASE, age=age)
