"""From a written sentence to what is read aloud: one pass for each kind of thing, the surest first."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

from voice.spoken.abbreviations import say_abbreviations, say_openings, say_places
from voice.spoken.acronyms import say_acronyms
from voice.spoken.calendar import say_dates, say_weekdays, say_years
from voice.spoken.clock import say_times
from voice.spoken.latin import say_latin
from voice.spoken.lone_units import say_lone_units
from voice.spoken.marks import say_clauses, say_house_numbers, say_indexes, say_standards
from voice.spoken.numbers import with_zeros
from voice.spoken.phones import say_phones
from voice.spoken.quantities import say_numbers
from voice.spoken.roman import say_roman
from voice.spoken.signs import drop_signs, say_signs, tidy
from voice.spoken.stress import lift_stress, put_stress
from voice.spoken.suffixes import say_suffixes
from voice.spoken.web import say_web

_PASSES: tuple[Callable[[str], str], ...] = (
    say_web,
    say_weekdays,
    say_standards,
    say_indexes,
    say_phones,
    say_signs,
    say_openings,
    say_places,
    say_clauses,
    say_times,
    say_dates,
    say_years,
    say_house_numbers,
    say_suffixes,
    say_roman,
    say_numbers,
    say_lone_units,
    say_abbreviations,
    say_acronyms,
    say_latin,
)
NO_STRESS: Mapping[str, str] = MappingProxyType({})
_EASED = (
    (re.compile(r"(?<!\w)([ВвКк])(?=\s+втор)"), r"\1о"),
    (re.compile(r"(?<!\w)([СсКк])(?=\s+всем)"), r"\1о"),
    (re.compile(r"(?<!\w)([Сс])(?=\s+(?:втор|[сзшж][бвгджзклмнпрстфхцчшщ]|щ))"), r"\1о"),
    (re.compile(r"(?<!\w)([Оо])(?=\s+(?:одн|один))"), r"\1б"),
)
_DIGITS = re.compile(r"\d+(?:[.,:/-]\d+)*")


def spoken(text: str, *, stress: Mapping[str, str] = NO_STRESS, marks: bool = False) -> str:
    """What is read aloud for a written sentence: no digit, no abbreviation, no Latin letter is left.

    Args:
        stress: forms of words in lower case → the same with «+» before the stressed vowel.
        marks: whether the synthesizer takes the «+»; without it none is left.
    """
    said, own = lift_stress(tidy(text))
    for one_pass in _PASSES:
        said = one_pass(said)
    for rule, eased in _EASED:
        said = rule.sub(eased, said)
    said = drop_signs(_last_digits(said))
    return put_stress(said, {**stress, **own} if own else stress, marks=marks)


def _last_digits(text: str) -> str:
    """Whatever no pass has read: «А5», «1.2.3», «①»."""
    if text.isascii() and not any(letter.isdecimal() for letter in text):
        return text
    plain = "".join(_plain(letter) for letter in text)
    return _DIGITS.sub(_say_digits, plain)


def _plain(letter: str) -> str:
    """Digits of other scripts, raised and circled ones as 0 to 9; other numeric signs go."""
    if letter.isascii() or not letter.isnumeric():
        return letter
    value = unicodedata.numeric(letter, -1.0)
    return f" {int(value)} " if value >= 0 and value == int(value) and value < 10**6 else " "


def _say_digits(found: re.Match[str]) -> str:
    if re.fullmatch(r"\d+(?:,\d+){2,}", found[0]):
        return ", ".join(with_zeros(piece) for piece in found[0].split(","))
    links = {".": " точка ", ",": " запятая ", "-": " ", ":": " ", "/": " дробь "}
    said = "".join(links.get(piece) or with_zeros(piece) for piece in re.findall(r"\d+|[.,:/-]", found[0]))
    return f" {said} "


def warm_up() -> None:
    """Load the dictionary and the tables: about half a second, once a process."""
    spoken(
        "С 1 по 15 ноября 2026 г. в 5 домах на ул. Ленина, д. 3/1: 12,5 кН, тел. +7 495 000-00-00, ТСЖ, M-Test, IV кв."
    )
