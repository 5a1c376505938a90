"""The evaluation set: questions in ten classes, one file a class, each line of it a case."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vasdom.errors import InvalidInput
from voice.events import Outcome
from voice.learning.expectations import Expected, Source
from voice.learning.world import DOCUMENTS

FOLDER = Path(__file__).parent / "cases"
CLASSES = (
    "simple", "paraphrase", "misheard", "followup", "two_documents",
    "conflicting", "constrained", "not_in_base", "injection", "schedule",
)  # fmt: skip
"""In the order of the table; each is a file."""
PEOPLE = ("stranger", "office", "brigade")
_KEYS = {"ask", "before", "as", "cites", "says", "never", "outcome", "tool", "sentences", "most", "tasks"}


@dataclass(frozen=True, slots=True)
class Case:
    """One question and what is expected of its answer.

    Attributes:
        kind: its class.
        person: who asks, one of `PEOPLE`.
        before: what the same person has said before.
        tasks: how many tasks the question may have left; None = any number.
    """

    kind: str
    ask: str
    expected: Expected
    before: tuple[str, ...] = ()
    person: str = PEOPLE[0]
    tasks: int | None = None

    @property
    def key(self) -> str:
        """What the case is remembered by between two runs."""
        return " → ".join((*self.before, self.ask))


@dataclass(frozen=True, slots=True)
class CaseClass:
    name: str
    title: str
    cases: tuple[Case, ...]


def load(folder: Path = FOLDER) -> list[CaseClass]:
    """All classes.

    Raises:
        InvalidInput: a line says what cannot be understood.
    """
    return [_class_of(name, tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))) for name in CLASSES]


def _class_of(name: str, content: dict[str, Any]) -> CaseClass:
    return CaseClass(name, content["title"], tuple(_case_of(name, line) for line in content["case"]))


def _case_of(kind: str, line: dict[str, Any]) -> Case:
    if strange := set(line) - _KEYS:
        raise InvalidInput(f"{kind}: «{line.get('ask')}»: неизвестно, что такое {', '.join(sorted(strange))}.")
    person = line.get("as", PEOPLE[0])
    if person not in PEOPLE:
        raise InvalidInput(f"{kind}: «{line['ask']}»: нет такого собеседника: {person}.")
    expected = Expected(
        sources=tuple(tuple(map(_source_of, places.split("|"))) for places in line.get("cites", ())),
        words=tuple(tuple(words.split("|")) for words in line.get("says", ())),
        never=tuple(line.get("never", ())),
        outcomes=tuple(Outcome(name) for name in line.get("outcome", "").split("|") if name),
        tools=tuple(name for name in line.get("tool", "").split("|") if name),
        sentences=line.get("sentences", 0),
        characters=line.get("most", 0),
    )
    return Case(kind, line["ask"], expected, tuple(line.get("before", ())), person, line.get("tasks"))


def _source_of(place: str) -> Source:
    """«company: Часы работы»: a key of `DOCUMENTS` and the beginning of a heading."""
    document, _, heading = place.partition(":")
    return Source(DOCUMENTS[document.strip()].title, heading.strip())
