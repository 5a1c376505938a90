"""Cutting an address text into words and numbers."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from houses.addresses.words import HYPHENATED
from houses.numerals import CARDINALS, ORDINALS, read_number

_LONGEST = 500
_LOOKALIKES = str.maketrans("abcehkmoptxy", "авсенкмортху")
_HYPHENATED = [(re.compile(rf"\b{short}\b"), full) for short, full in HYPHENATED.items()]
_DATE_OR_TIME = re.compile(r"\b\d{1,2}(?:\.\d{2}(?:\.\d{2,4})?|:\d{2})\b")
_COORDINATES = re.compile(r"\([\d\s.,;-]*\)")
_TOKEN = re.compile(r"[^\W\d_]+|[0-9]+|[/,.\-–—]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a number or a sign. `glued`: nothing stands between it and the token before."""

    text: str
    glued: bool = False
    number: int | None = None
    ordinal: bool = False

    @property
    def is_word(self) -> bool:
        return self.number is None and self.text[0].isalpha()


def tokens_of(text: str) -> list[Token]:
    """Cut a text into tokens; numbers in words become numbers."""
    lowered = unicodedata.normalize("NFKC", text[:_LONGEST].replace("№", " номер ")).lower().replace("ё", "е")
    lowered = _DATE_OR_TIME.sub(" время ", _COORDINATES.sub(" ", lowered.translate(_LOOKALIKES)))
    if "-" in lowered:
        for short, full in _HYPHENATED:
            lowered = short.sub(full, lowered)
    found: list[Token] = []
    end = -1
    for match in _TOKEN.finditer(lowered):
        part = match[0]
        number = int(part[:9]) if part.isascii() and part.isdecimal() else None
        found.append(Token(part, match.start() == end, number))
        end = match.end()
    return _spell_numbers(found)


def _spell_numbers(tokens: list[Token]) -> list[Token]:
    """The tokens with numbers in words turned into number tokens."""
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text not in CARDINALS and token.text not in ORDINALS:
            result.append(token)
            index += 1
            continue
        words = [following.text for following in tokens[index : index + 4]]
        value, taken, ordinal = read_number(words) or (0, 1, False)
        result.append(Token(str(value), False, value, ordinal))
        index += taken
    return result
