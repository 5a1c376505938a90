"""Sentences into clauses that can be spoken one by one, so that the first sounds while the rest is still in the making.

A border lies at a blank behind a comma, a colon or a dash, or before a conjunction; never within a number, a date, an
address or brackets, because the parts would be read in other cases. `" ".join(clauses)` is the sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from voice.sentences import split
from voice.spoken.tables import words

FIRST_LETTERS = 20
"""The first clause of a reply has at least so many letters."""
LONGEST_LETTERS = 120
LONGEST_SENTENCE = 10_000
_TAIL_LETTERS = 8
"""What is left behind a border has at least so many."""
_CONJUNCTIONS = words(
    "и а но или либо что чтобы если когда где который которая которое которые потому поэтому однако зато"
)
_BOUND = re.compile(
    r"[\d№+−±≤≥$€~-]|(?:д|дом|кв|квартира|корп|корпус|стр|строение|под|подъезд|эт|этаж|лит|литера|оф|офис|доб|г|к|п|тел|"
    r"января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря)(?![а-яё])",
    re.IGNORECASE,
)
"""What begins so belongs to what stands before it."""
_OPEN, _CLOSED = "(«[", ")»]"
_LOOSE_END = re.compile(
    r"(?:[\d.]|(?:^|[^а-яё])(?:в|во|на|с|со|к|ко|о|об|по|за|из|от|до|у|для|без|при|под|над|через|около|не|ни|и|а|но|или))$",
    re.IGNORECASE,
)


class ClauseSplitter:
    """One reply: is given whole sentences in their order, one or several at once, gives their clauses."""

    def __init__(self, first: int = FIRST_LETTERS, longest: int = LONGEST_LETTERS) -> None:
        self._first, self._longest = first, longest
        self._begun = False

    def feed(self, text: str) -> list[str]:
        """The clauses of whole sentences; none for an empty text."""
        return [clause for sentence in split(text, LONGEST_SENTENCE) for clause in self._cut(sentence)]

    def _cut(self, sentence: str) -> list[str]:
        found, rest = [], sentence.strip()
        if not self._begun and (cut := self._first_border(rest)):
            found.append(rest[:cut])
            rest = rest[cut + 1 :]
        while cut := self._last_border(rest):
            found.append(rest[:cut])
            rest = rest[cut + 1 :]
        if rest:
            found.append(rest)
        self._begun = self._begun or bool(found)
        return found

    def _first_border(self, text: str) -> int | None:
        """The earliest border that leaves sense on both sides."""
        for place in _borders(text):
            if letters(text[:place]) >= self._first and letters(text[place:]) >= _TAIL_LETTERS:
                return place
        return None

    def _last_border(self, text: str) -> int | None:
        """The last border of a text that is too long, or a blank where nothing better is."""
        if letters(text) <= self._longest:
            return None
        for borders in (_borders(text), _blanks(text)):
            fitting = [
                place
                for place in borders
                if self._first <= letters(text[:place]) <= self._longest and letters(text[place:]) >= _TAIL_LETTERS
            ]
            if fitting:
                return fitting[-1]
        return None


def letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _blanks(text: str) -> Iterator[int]:
    """Single blanks outside brackets between which and the next word nothing is torn apart."""
    depth = 0
    for place, sign in enumerate(text):
        depth = max(0, depth + (sign in _OPEN) - (sign in _CLOSED))
        if sign != " " or depth or text[place - 1 : place] == " " or text[place + 1 : place + 2] in {" ", ""}:
            continue
        if not _BOUND.match(text, place + 1) and not _LOOSE_END.search(text, max(0, place - 10), place):
            yield place


def _borders(text: str) -> Iterator[int]:
    for place in _blanks(text):
        before = text[place - 1]
        following = re.match(r"[^\W\d_]+", text[place + 1 :])
        if before in ",:;—–!?" or (following and following[0].lower() in _CONJUNCTIONS):
            yield place
