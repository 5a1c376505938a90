"""Roman numerals: ordinals before or behind a noun («IV квартал», «Пётр I»)."""

from __future__ import annotations

import re

from voice.spoken.agreement import NOUN_BEHIND
from voice.spoken.grammar import Case, Gender, governing, noun_forms, pick
from voice.spoken.numbers import ordinal

_VALUES = {"I": 1, "V": 5, "X": 10}
_SHAPE = re.compile(r"X{0,3}(?:IX|IV|V?I{0,3})")
_LINK = r"\s*[–—-]\s*|,\s+|\s+(?:и|или|по|до)\s+"
_ROMAN = re.compile(rf"(?<![\w-])([IVX]+(?:(?:{_LINK})[IVX]+)*)(?![\w-])")


def roman_value(written: str) -> int | None:
    """1 to 39; None for anything else."""
    if not written or not _SHAPE.fullmatch(written):
        return None
    total = 0
    for letter, following in zip(written, [*written[1:], ""], strict=True):
        value = _VALUES[letter]
        total += -value if _VALUES.get(following, 0) > value else value
    return total


def say_roman(text: str) -> str:
    return _ROMAN.sub(_say, text)


def _say(found: re.Match[str]) -> str:
    left, right = found.string[: found.start()], found.string[found.end() :]
    pieces = re.split(rf"({_LINK})", found[1])
    values = [roman_value(piece) for piece in pieces[::2]]
    noun = NOUN_BEHIND.match(right)
    forms = noun_forms(noun[1]) if noun else ()
    alone = len(pieces) == 1 and len(pieces[0]) == 1
    if None in values or (alone and not forms and not re.search(r"[А-ЯЁ][а-яё]+ $", left)):
        return found[0]
    case = pick({form.case for form in forms}, governing(left)) or Case.NOM
    gender = next((form.gender for form in forms if form.case is case), Gender.MALE)
    said = ""
    for place, piece in enumerate(pieces):
        if place % 2:
            link = piece.strip()
            said += ", " if link == "," else " — " if link in "–—-" else f" {link} "
        else:
            said += ordinal(roman_value(piece) or 0, case, gender)
    return said
