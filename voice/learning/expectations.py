"""What a good answer has, and whether one has it. Evaluation cases and control questions are judged alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knowledge.passages import PATH_BORDER
from knowledge.text import folded
from voice.events import Citation, Outcome
from voice.sentences import split

if TYPE_CHECKING:
    from voice.learning.asking import Answer

OUTCOME_NAMES = {
    Outcome.ANSWERED: "ответ",
    Outcome.CLARIFY: "уточняет",
    Outcome.UNKNOWN: "не знает",
    Outcome.REFUSED: "отказ",
    Outcome.TALK: "разговор",
    Outcome.TRANSFER: "переводит на человека",
    Outcome.FAILED: "сбой",
}
MARK = re.compile(r"^ответ из базы знаний: ")


@dataclass(frozen=True, slots=True)
class Source:
    """A place in a document. An empty part fits any; `heading` is the last one of the passage, or begins it."""

    document: str = ""
    heading: str = ""

    def fits(self, document: str, heading: str) -> bool:
        if self.document and folded(self.document) != folded(document):
            return False
        return not self.heading or folded(heading.rpartition(PATH_BORDER)[2]).startswith(folded(self.heading))

    def __str__(self) -> str:
        return " — ".join(part for part in (self.document, self.heading) if part)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of an answer; an empty part expects nothing.

    Attributes:
        sources: each is a choice of places, of which one must be cited.
        words: each is a choice of words, of which one must be said.
        never: words that must not be said.
        outcomes, tools: one of them.
        sentences, characters: no more than this many.
    """

    sources: tuple[tuple[Source, ...], ...] = ()
    words: tuple[tuple[str, ...], ...] = ()
    never: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    tools: tuple[str, ...] = ()
    sentences: int = 0
    characters: int = 0

    def faults(self, answer: Answer) -> list[str]:
        """What is wrong with an answer, in Russian sentences; nothing for a right one."""
        said = bare(answer.text)
        faults = [f"не сказано «{' / '.join(words)}»" for words in self.words if not any(has(said, w) for w in words)]
        faults += [f"сказано «{words}»" for words in self.never if has(said, words)]
        faults += [
            f"не процитировано «{' / '.join(map(str, places))}»"
            for places in self.sources
            if not any(cites(answer.citations, place) for place in places)
        ]
        if self.outcomes and answer.outcome not in self.outcomes:
            wanted = " / ".join(OUTCOME_NAMES[one] for one in self.outcomes)
            faults.append(f"итог «{OUTCOME_NAMES[answer.outcome]}» вместо «{wanted}»")
        if self.tools and not set(self.tools) & set(answer.tools):
            faults.append(f"инструмент «{', '.join(answer.tools) or 'нет'}» вместо «{' / '.join(self.tools)}»")
        if self.sentences and (number := len(split(answer.text))) > self.sentences:
            faults.append(f"предложений {number}, просили не больше {self.sentences}")
        if self.characters and len(said) > self.characters:
            faults.append(f"знаков {len(said)}, просили не больше {self.characters}")
        return faults


def bare(text: str) -> str:
    """The answer folded, without the mark of a quotation."""
    return MARK.sub("", folded(text.replace("\u00a0", " ")))


def has(said: str, words: str) -> bool:
    return folded(words) in said


def cites(citations: Sequence[Citation], place: Source) -> bool:
    return any(place.fits(one.document, one.heading) for one in citations)
