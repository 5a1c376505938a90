"""Reading the street and house number out of a text in Russian, typed or spoken."""

from __future__ import annotations

from dataclasses import dataclass, field

from houses.addresses.numbers import HouseNumber
from houses.addresses.tail import Tail
from houses.addresses.tokens import Token, tokens_of
from houses.addresses.words import (
    AREA_TYPES,
    BLOCK_MARKS,
    CITIES,
    DATE_MARKS,
    ENTRANCE_MARKS,
    HOUSE_MARKS,
    MEANS_NO_STREET,
    MONTHS,
    ORDINAL_ENDINGS,
    PLACE_WORDS,
    REGION_HEADS,
    ROOM_MARKS,
    STOP_WORDS,
    STREET_TYPES,
    YEARS,
    stem,
)

_SKIPPED = frozenset(",.-–—")


@dataclass(frozen=True, slots=True)
class Word:
    """A word that may name a street. `run`: words with the same run stand side by side."""

    text: str
    stem: str
    run: int
    segment: int
    ordinal: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says of a house.

    `words` are all words that may name the street, `street` the raw ones that do; for a query both are the same.
    `numbers` has the reading to try first ahead: «11 а когда» may be 11а or 11.
    """

    words: tuple[Word, ...] = ()
    street: tuple[str, ...] = ()
    numbers: tuple[HouseNumber, ...] = ()
    types: frozenset[str] = frozenset()
    entrance: int | None = None
    cities: frozenset[str] = frozenset()

    @property
    def number(self) -> HouseNumber | None:
        return self.numbers[0] if self.numbers else None

    @property
    def stems(self) -> frozenset[str]:
        return frozenset(word.stem for word in self.words)

    @property
    def joined(self) -> str:
        """The street's words run together: «Николо-Козинская» is also written «Николокозинская»."""
        return stem("".join(self.street))


def read(text: str, *, query: bool) -> Reading:
    """Read an address.

    Args:
        query: False for an address of the CRM, whose words stand in comma-separated parts of which one is the street;
            True for what a person typed or said, where every word that means nothing else may belong to the street.
    """
    walk = _Walk(tokens_of(text))
    walk.run()
    number = walk.best_number()
    words = walk.words if query else _street_of(walk, number)
    types = walk.types if query else {item for item in walk.types if not words or item[1] == words[0].segment}
    return Reading(
        words=tuple(words),
        street=tuple(word.text for word in words),
        numbers=number.readings if number else (),
        types=frozenset(name for name, _ in types),
        entrance=walk.entrance,
        cities=frozenset(walk.cities),
    )


# --- tokens to words and numbers


@dataclass(slots=True)
class _Found:
    """A house number met on the way. `words_before`: street words that stood before it; `marked`: «дом» did."""

    readings: tuple[HouseNumber, ...]
    segment: int
    words_before: int
    marked: bool


@dataclass(slots=True)
class _Walk:
    """One pass over the tokens, sorting each into what it is."""

    tokens: list[Token]
    words: list[Word] = field(default_factory=list)
    numbers: list[_Found] = field(default_factory=list)
    types: set[tuple[str, int]] = field(default_factory=set)
    cities: set[str] = field(default_factory=set)
    entrance: int | None = None
    segment: int = 0
    run_id: int = 0
    marked: bool = False
    area_segments: set[int] = field(default_factory=set)

    def run(self) -> None:
        index = 0
        while index < len(self.tokens):
            token = self.tokens[index]
            if token.number is not None:
                index = self._number(index)
            elif token.is_word:
                index = self._word(index)
            else:
                if token.text == ",":
                    self.segment += 1
                    self.run_id += 1
                index += 1

    def at(self, index: int) -> Token | None:
        return self.tokens[index] if 0 <= index < len(self.tokens) else None

    def best_number(self) -> _Found | None:
        """A marked number first («дом 3»), else the first after a word, else the first at all."""
        ranked = sorted(self.numbers, key=lambda found: (not found.marked, found.words_before == 0))
        return ranked[0] if ranked else None

    # words

    def _word(self, index: int) -> int:
        token = self.tokens[index]
        word = token.text
        following = self._skip(index + 1)
        after = self.at(following)
        if word in ENTRANCE_MARKS | ROOM_MARKS and after and after.number is not None and self._is_unit(word, index):
            if word in ENTRANCE_MARKS:
                self.entrance = after.number
            self.run_id += 1
            return following + 1
        region = after is not None and after.text in REGION_HEADS and following == index + 1
        is_type = word in STREET_TYPES and not self._is_a_name(index)
        if not (is_type or region or len(word) < 2 or word in MEANS_NO_STREET):
            self._add(word, stem(word))
            return index + 1
        self.run_id += 1
        if word in HOUSE_MARKS:
            self.marked = after is not None and after.number is not None
        elif is_type:
            self.types.add((STREET_TYPES[word], self.segment))
        elif word in AREA_TYPES:
            self.area_segments.add(self.segment)
        elif word in CITIES and not region:
            self.cities.add(CITIES[word])
        return index + 1

    def _is_unit(self, word: str, index: int) -> bool:
        """«под» is short for an entrance only with a dot or after a house number, else a preposition."""
        return word != "под" or bool(self.numbers) or bool((dot := self.at(index + 1)) and dot.text == ".")

    def _is_a_name(self, index: int) -> bool:
        """«Набережная улица», «Набережная, 7»: a word for a type is the name when no other name stands there."""
        word = self.tokens[index].text
        if STREET_TYPES[word] not in {"набережная", "линия", "аллея", "спуск"}:
            return False
        beside = [token for i in (index - 1, index + 1) if (token := self.at(i)) is not None]
        return any(token.text in STREET_TYPES for token in beside) or (
            not self.words
            and (after := self.at(self._skip(index + 1))) is not None
            and (after.number is not None or after.text in HOUSE_MARKS)
        )

    def _add(self, text: str, key: str, *, ordinal: bool = False) -> None:
        self.words.append(Word(text, key, self.run_id, self.segment, ordinal))

    def _skip(self, index: int) -> int:
        """The index of the next token that is not a comma, dot or dash."""
        while (token := self.at(index)) is not None and token.text in _SKIPPED:
            index += 1
        return index

    # numbers

    def _number(self, index: int) -> int:
        token = self.tokens[index]
        marked, self.marked = self.marked, False
        value = token.number or 0
        if len(token.text) > 4 or not 0 < value <= 9999:
            self.run_id += 1
            return index + 1
        ending = self._ordinal_ending(index)
        ordinal, following = token.ordinal or ending > 0, index + 1 + ending
        after = self.at(following)
        word = after.text if after and after.is_word else ""
        if word in DATE_MARKS:
            return following + 1
        if word in YEARS and not (after and after.glued):
            self._add(str(value), f"#{value}", ordinal=True)
            self._add("лет", stem("лет"))
            return following + 1
        if word in MONTHS and not marked:
            if self.words and not ordinal and not self.numbers:
                self._found(index, marked)  # «Кибальчича 3 октября» is house 3
                return following + 1
            if self.words:
                return following + 1
            self._add(str(value), f"#{value}", ordinal=True)
            return following
        if (taken := self._room_after(following, ordinal)) is not None:
            if word in ENTRANCE_MARKS:
                self.entrance = value
            return taken
        if ordinal and not marked and self._names_a_street(word):
            self._add(str(value), f"#{value}", ordinal=True)
            return following
        return self._found(index, marked, skip=ending)

    def _ordinal_ending(self, index: int) -> int:
        """How many tokens after the number make it an ordinal: «1-я», «2й»."""
        dash, last = self.at(index + 1), self.at(index + 2)
        if dash and dash.text == "-" and last and last.glued and last.text in ORDINAL_ENDINGS:
            return 2
        if dash and dash.glued and dash.text in ORDINAL_ENDINGS and dash.text not in {"м", "х", "е", "ю"}:
            return 1
        return 0

    def _room_after(self, index: int, ordinal: bool) -> int | None:
        """«2 подъезд», «третий этаж»: the index past them, None when the number is not theirs."""
        mark = self.at(index)
        if mark is None or mark.text not in ENTRANCE_MARKS | ROOM_MARKS or len(mark.text) < 3 or mark.text == "под":
            return None
        after = self.at(self._skip(index + 1))
        if not ordinal and (not self.numbers or (after and after.number is not None)):
            return None  # «Кибальчича 3 подъезд 2»: 3 is the house
        return index + 1

    def _names_a_street(self, word: str) -> bool:
        """«вторая Загородная», «2-й проезд» name a street; «дом третий» and «Кибальчича третий» a house."""
        if word in HOUSE_MARKS:
            return False
        if word in STREET_TYPES:
            return not self.words
        return (
            bool(word) and len(word) > 1 and word not in STOP_WORDS | PLACE_WORDS | BLOCK_MARKS and word not in CITIES
        )

    def _found(self, index: int, marked: bool, skip: int = 0) -> int:
        after = self.at(index + 1 + skip)
        marked = marked or bool(after and after.text in {"дом", "дома", "доме"})
        number = HouseNumber(self.tokens[index].number or 0)
        tail = Tail(self.tokens, index + 1 + skip, number)
        tail.run()
        readings = (tail.number, *tail.alternatives)
        self.numbers.append(_Found(readings, self.segment, len(self.words), marked))
        self.run_id += 1
        return tail.index


# --- which words of a CRM address are the street


def _street_of(walk: _Walk, number: _Found | None) -> list[Word]:
    """The words of the part that names the street: the part with a street type, else the one the number stands in."""
    parts: dict[int, list[Word]] = {}
    for word in walk.words:
        parts.setdefault(word.segment, []).append(word)
    typed = [segment for _, segment in sorted(walk.types, key=lambda item: item[1]) if segment in parts]
    if typed:
        segment = typed[0]
    elif number is not None:
        before = [segment for segment in parts if segment <= number.segment]
        plain = [segment for segment in before if segment not in walk.area_segments]
        segment = (plain or before or list(parts) or [0])[-1 if before else 0]
    else:
        segment = next(iter(parts), 0)
    words = parts.get(segment, [])
    if number is not None and number.segment == segment and number.words_before:
        first = walk.words.index(words[0]) if words else 0
        kept = words[: max(number.words_before - first, 0)]
        return kept or words
    return words
