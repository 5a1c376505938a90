"""Finding houses by an address as people type or say it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from houses.addresses.keys import digits_key, read_house, street_stems
from houses.addresses.reader import Reading, Word, read
from houses.addresses.words import NOT_A_NAME, QUALIFIER_STEMS, WEAK_STEMS, stem
from vasdom.planned import planned_cursor

if TYPE_CHECKING:
    from houses.models import House
    from houses.querysets import HouseQuerySet


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for.

    Args:
        strong: stems that can find a street by themselves; when the text has none, all of them, and `only_weak`.
        typos: letters changed to get from the text to `words`.
    """

    reading: Reading
    words: tuple[Word, ...]
    strong: frozenset[str]
    only_weak: bool
    typos: int = 0

    @classmethod
    def of(cls, reading: Reading, words: tuple[Word, ...], typos: int = 0) -> Query:
        stems = {word.stem for word in words} | {joined for joined, _ in _pairs(words)}
        strong = frozenset(key for key in stems if key not in WEAK_STEMS and not key.startswith("#"))
        return cls(reading, words, strong or frozenset(stems), not strong, typos)

    def own_words(self, street: Street) -> frozenset[int]:
        """Which of the words belong to the street, by index."""
        own = {
            index for index, word in enumerate(self.words) if word.stem in street.stems or word.stem == street.joined
        }
        for joined, index in _pairs(self.words):
            if joined in street.stems:
                own |= {index, index + 1}
        return frozenset(own)


@dataclass(frozen=True, slots=True)
class Street:
    """A street to compare with: stems of its words, and all of them run together when there are several."""

    stems: frozenset[str]
    joined: str
    types: frozenset[str]

    @classmethod
    def of(cls, reading: Reading) -> Street:
        return cls(reading.stems, reading.joined if len(reading.street) > 1 else "", reading.types)

    @classmethod
    def of_key(cls, key: str) -> Street:
        """From `House.street_key`."""
        words = key.split()
        return cls(street_stems(key), stem("".join(words)) if len(words) > 1 else "", frozenset())


def _pairs(words: tuple[Word, ...]) -> list[tuple[str, int]]:
    """Neighbours run together: «николо козинская» also asks for «Николокозинская»."""
    return [
        (stem(first.text + second.text), index)
        for index, (first, second) in enumerate(pairwise(words))
        if first.run == second.run
    ]


def find(houses: HouseQuerySet, text: str) -> list[House]:
    """Houses of the queryset that the text may mean, best first."""
    reading = read(text, query=True)
    if not reading.words:
        return []
    numbered = houses
    if reading.number:
        numbered = houses.filter(search_keys__contains=[digits_key(reading.number)])
    query = Query.of(reading, reading.words)
    found = _ranked([query], numbered.filter(search_keys__overlap=sorted(query.strong)))
    if found or (reading.number and _street_is_known(query, houses)):
        return found
    return _ranked_by_typo(query, numbered)


KNOWN = """
SELECT EXISTS (SELECT FROM houses_house WHERE archived_at IS NULL AND search_keys && %s::varchar[]),
    ARRAY (SELECT DISTINCT street_key FROM houses_house WHERE archived_at IS NULL)
"""


def may_be_known(reading: Reading) -> bool:
    """Is there a street like this at all? Most of what is said names none, and to look for houses is not that cheap."""
    query = Query.of(reading, reading.words)
    with planned_cursor() as cursor:
        cursor.execute(KNOWN, [sorted(query.strong)])
        is_known, streets = cursor.fetchone()
    return is_known or any(_corrected(query, key) is not None for key in streets)


def _ranked(queries: Sequence[Query], houses: HouseQuerySet) -> list[House]:
    """Those of the houses that answer to one of the queries."""
    ranked = []
    for house in houses:
        ranks = [rank for query in queries if (rank := rank_house(query, house)) is not None]
        if ranks:
            ranked.append((min(ranks), house.street_key, house.number_key, house.bitrix_id, house))
    ranked.sort(key=lambda item: item[:4])
    return [item[-1] for item in ranked]


def rank_house(query: Query, house: House) -> tuple[int, ...] | None:
    """How well a house answers; smaller is better, None when it does not."""
    address, title = read_house(house.address), read_house(house.title)
    if query.reading.cities and address.cities and not query.reading.cities & address.cities:
        return None
    ranks = [rank for reading in (address, title) if (rank := _rank(query, reading)) is not None]
    if not ranks:
        return None
    asked = query.reading.entrance
    entrance = 0 if asked is None or asked == title.entrance else 1 if title.entrance is None else 2
    best = min(ranks)
    return best[0], *best[1:], entrance


def _rank(query: Query, house: Reading) -> tuple[int, ...] | None:
    street = _rank_street(query, Street.of(house))
    number = _rank_number(query.reading, house)
    return None if street is None or number is None else (number, *street)


def _rank_number(asked: Reading, house: Reading) -> int | None:
    if not asked.numbers:
        return 0
    if house.number is None:
        return None
    for fallback, number in enumerate(asked.numbers):
        level = number.match(house.number)
        if level is not None:
            return level + 3 * fallback
    return None


def _rank_street(query: Query, street: Street) -> tuple[int, ...] | None:
    """(typos, qualifiers not asked for, words not asked for, unknown words before, another type of street)."""
    own = query.own_words(street)
    said = {query.words[index].stem for index in own}
    missing = street.stems - said - {joined for joined, index in _pairs(query.words) if index in own}
    if street.joined in said:
        missing = frozenset()
    if not own or not query.strong & (street.stems | {street.joined}) or (query.only_weak and missing):
        return None
    before = _strangers_before(query.words, own)
    if before is None:
        return None
    extra = sum(1 for key in missing if key in QUALIFIER_STEMS or key.startswith("#"))
    other_type = bool(query.reading.types and street.types and not query.reading.types & street.types)
    return query.typos, extra, len(missing), before, int(other_type)


def _strangers_before(words: tuple[Word, ...], own: frozenset[int]) -> int | None:
    """How many unknown words stand right before the street's own; None when one beside makes it another street."""

    def beside(index: int, neighbour: int) -> bool:
        return neighbour in own and words[neighbour].run == words[index].run

    before = 0
    for index, word in enumerate(words):
        if index in own or not (beside(index, index - 1) or beside(index, index + 1)):
            continue
        if word.stem in QUALIFIER_STEMS or word.ordinal:
            return None
        if word.stem in WEAK_STEMS:
            continue
        if beside(index, index - 1) and not NOT_A_NAME.search(word.text):
            return None
        before += beside(index, index + 1)
    return before


def _street_is_known(query: Query, houses: HouseQuerySet) -> bool:
    """Is there such a street, so that only the number is wrong? Then a similar name must not be offered instead."""
    keys = houses.filter(search_keys__overlap=sorted(query.strong)).order_by().values_list("street_key", flat=True)
    return any(_rank_street(query, Street.of_key(key)) is not None for key in keys.distinct())


# --- slips of the pen and of the ear


def _ranked_by_typo(query: Query, houses: HouseQuerySet) -> list[House]:
    """Houses of the streets whose names are nearest to the asked words, a letter or two off."""
    streets = houses.order_by().values_list("street_key", flat=True).distinct()
    corrected = {item for key in streets if (item := _corrected(query, key)) is not None}
    fewest = min((item.typos for item in corrected), default=0)
    nearest = [item for item in corrected if item.typos == fewest]
    if not nearest:
        return []
    keys = sorted(frozenset().union(*(item.strong for item in nearest)))
    return _ranked(nearest, houses.filter(search_keys__overlap=keys))


def _corrected(query: Query, street_key: str) -> Query | None:
    """The query with its words put right after a street's, None when they are too far from it."""
    names = [(word, stem(word)) for word in street_key.split() if not word.isdecimal()]
    words, typos = [], 0
    for word in query.words:
        near = min(((distance, key) for name, key in names if (distance := _slips(word, name, key))), default=None)
        words.append(word if near is None else Word(word.text, near[1], word.run, word.segment, word.ordinal))
        typos += near[0] if near else 0
    return Query.of(query.reading, tuple(words), typos) if typos else None


def _slips(word: Word, name: str, key: str) -> int:
    """How many letters were slipped, 0 when the words are not alike (or are the same)."""
    if word.ordinal or len(word.text) < 5 or key in WEAK_STEMS:
        return 0
    limit = 1 if min(len(word.text), len(name)) < 8 else 2
    pairs = [(word.text, name)]
    if min(len(word.stem), len(key)) >= 5:
        pairs.append((word.stem, key))
    distances = [distance for one, other in pairs if (distance := edit_distance(one, other, limit)) is not None]
    return min(distances, default=0)


def edit_distance(one: str, other: str, limit: int) -> int | None:
    """Letters to insert, drop, change or swap with a neighbour; None when more than `limit`."""
    if abs(len(one) - len(other)) > limit or len(set(one) ^ set(other)) > 2 * limit:
        return None
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, opposite in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return None
        before_last, last = last, row
    return last[-1] if last[-1] <= limit else None
