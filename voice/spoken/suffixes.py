"""Digits with an ending: «15-го», «3-я», «2-х», «5-этажный»."""

from __future__ import annotations

import re

from voice.spoken.agreement import NOUN_BEHIND
from voice.spoken.grammar import Case, Gender, governing, noun_forms
from voice.spoken.numbers import cardinal, ordinal_forms

_ENDING = re.compile(
    r"(?<![\w.,])(\d{1,6})[-‑]?(ый|ой|ий|й|ая|я|ое|ее|е|ые|ие|ого|его|го|ому|ему|му|ую|ю|ым|им|ом|ем|м|ых|их|х|ыми|ими|ми|мя|ти)(?![\w-])"
)
_GLUED = re.compile(
    r"(?<![\w.,])(\d{1,6})(?:[-‑]|(?=летн|этажн|комнатн))(?:(?:ти|х|и|а|но|ми)[-‑]?(?=летн|этажн|комнатн|дневн|местн))?([а-яё]{4,})(?!\w)"
)
_COLLECTIVE = {"х": Case.GEN, "мя": Case.INS, "ти": Case.GEN, "ми": Case.GEN}
_HYPHENED = re.compile(r"(?<![\w.,])(\d+)%-?(?:н)?(ый|ая|ое|ого|ой|ому|ую|ым|ом|ые|ых|ыми)(?!\w)")


def say_suffixes(text: str) -> str:
    text = _HYPHENED.sub(lambda found: f"{_prefix(int(found[1]))}процентн{found[2]}", text)
    text = _GLUED.sub(_say_glued, text)
    return _ENDING.sub(_say_ending, text)


def _say_glued(found: re.Match[str]) -> str:
    """«5-этажный» → «пятиэтажный»; a separate word is left alone."""
    return _prefix(int(found[1])) + found[2]


def _prefix(number: int) -> str:
    """The genitive in one word; 1, 90, 100 and 1000 have their own."""
    own = {1: "одно", 90: "девяносто", 100: "сто", 1000: "тысяче", 40: "сорока"}.get(number)
    return own or cardinal(number, Case.GEN).replace(" ", "")


def _say_ending(found: re.Match[str]) -> str:
    """The form of the ordinal that ends so and agrees with the noun and the preposition."""
    number, ending = int(found[1]), found[2]
    left, right = found.string[: found.start()], found.string[found.end() :]
    if ending in {"мя", "ти"} or (ending == "х" and number in {2, 3, 4}) or (ending == "ми" and number > 4):
        return cardinal(number, _COLLECTIVE[ending])
    noun = NOUN_BEHIND.match(right)
    nouns = (
        {(form.case, form.plural, None if form.plural else form.gender) for form in noun_forms(noun[1])}
        if noun
        else set()
    )
    allowed = governing(left)
    best, weight = "", -1
    for word, case, gender, plural in ordinal_forms(number):
        if not word.endswith(ending):
            continue
        score = 4 * ((case, plural, None if plural else gender) in nouns) + 2 * (case in allowed)
        score += (
            3 * any(case is one for one, _, _ in nouns)
            + (case is Case.NOM)
            + (gender is not Gender.NEUTER and not plural)
        )
        if score > weight:
            best, weight = word, score
    return best or cardinal(number)
