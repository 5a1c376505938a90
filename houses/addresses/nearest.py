"""The house that may have been meant by an address of ours that nobody has: what an ear made of a street's name."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING

from houses.addresses.keys import digits_key
from houses.addresses.reader import Word, read

if TYPE_CHECKING:
    from houses.models import House
    from houses.querysets import HouseQuerySet

ALIKE = 0.74
"""«Аннелинина» is 0.75 like «Ленина», «морш ложукова» 0.96 like «Маршала Жукова»; «Лунной» is 0.73 like «Ленина»."""
APART = 0.05
SHORTEST_WORD = 4
AS_HEARD = str.maketrans(
    {"о": "а", "я": "а", "е": "и", "э": "и", "ы": "и", "ю": "у", "ь": None, "ъ": None, "й": None, "-": None, " ": None}
)
"""Letters that sound alike without stress are one; soft and silent ones and borders between words are none."""


def nearest(houses: HouseQuerySet, text: str) -> House | None:
    """The house with the very number that was said on the street that sounds most like the words; to be asked about.

    None when no street sounds like them, or several do.
    """
    reading = read(text, query=True)
    if reading.number is None:
        return None
    said = _as_heard(reading.words)
    found = houses.active().filter(search_keys__contains=[digits_key(reading.number)], number_key=reading.number.key)
    likeness = {house: _likeness(said, house.street_key) for house in found}
    ranked = sorted(likeness, key=lambda house: -likeness[house])
    if not ranked or likeness[ranked[0]] < ALIKE:
        return None
    is_alone = len(ranked) == 1 or likeness[ranked[0]] - likeness[ranked[1]] >= APART
    return ranked[0] if is_alone else None


def _as_heard(words: Sequence[Word]) -> list[str]:
    """The words, and each with its neighbour: an ear joins and parts them as it likes."""
    single = [word.text for word in words if len(word.text) >= SHORTEST_WORD]
    return [text.translate(AS_HEARD) for text in (*single, *(one.text + other.text for one, other in pairwise(words)))]


def _likeness(said: Sequence[str], street: str) -> float:
    name = street.translate(AS_HEARD)
    return max((SequenceMatcher(None, word, name, autojunk=False).ratio() for word in said), default=0.0)
