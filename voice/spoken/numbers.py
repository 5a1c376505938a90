"""Numbers in words, in any case and gender, after num2words."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.spoken.grammar import DIRECT, Case, Gender

LARGEST_DIGITS = 15
"""A longer row of digits is read digit by digit."""
_LEADING_ONE = re.compile(r"^(?:один|одна|одну|одного|одной|одному|одним|одном) (?=(?:тысяч|миллион|миллиард))")
_GENDERS = (Gender.MALE, Gender.FEMALE, Gender.NEUTER)
_ZERO = {"ноля": "нуля", "нолю": "нулю", "нолём": "нулём", "ноле": "нуле"}
_PARTS = {1: "десят", 2: "сот", 3: "тысячн", 4: "десятитысячн", 5: "стотысячн", 6: "миллионн"}
_ONE_PART = {
    Case.NOM: "ая", Case.GEN: "ой", Case.DAT: "ой", Case.ACC: "ую", Case.INS: "ой", Case.LOC: "ой",
}  # fmt: skip
_MANY_PARTS = {
    Case.NOM: "ых", Case.GEN: "ых", Case.DAT: "ым", Case.ACC: "ых", Case.INS: "ыми", Case.LOC: "ых",
}  # fmt: skip


@lru_cache(maxsize=4096)
def cardinal(number: int, case: Case = Case.NOM, gender: Gender = Gender.MALE) -> str:
    """«шестисот», «двадцать одна», «тысяча»; the accusative is that of a thing."""
    from num2words import num2words

    said = num2words(number, lang="ru", case=str(case), gender=str(gender), animate=False)
    said = _LEADING_ONE.sub("", said)
    return _ZERO.get(said, said)


@lru_cache(maxsize=4096)
def ordinal(number: int, case: Case = Case.NOM, gender: Gender = Gender.MALE, *, plural: bool = False) -> str:
    """«пятого», «двадцать первая», «две тысячи двадцать шестом»."""
    from num2words import num2words

    said = num2words(number, lang="ru", to="ordinal", case=str(case), gender=str(gender), plural=plural, animate=False)
    return _LEADING_ONE.sub("", said) if number % 1000 else said


@lru_cache(maxsize=2048)
def ordinal_forms(number: int) -> tuple[tuple[str, Case, Gender, bool], ...]:
    """Every form of an ordinal: (word, case, gender, plural)."""
    singular = [(ordinal(number, case, gender), case, gender, False) for case in Case for gender in _GENDERS]
    plural = [(ordinal(number, case, plural=True), case, Gender.MALE, True) for case in Case]
    return (*singular, *plural)


def by_digits(digits: str) -> str:
    """«007» → «ноль ноль семь»."""
    return " ".join(cardinal(int(one)) for one in digits)


def with_zeros(digits: str) -> str:
    """A row of digits that names something: leading zeros are said, the rest is one number."""
    rest = digits.lstrip("0")
    zeros = ["ноль"] * (len(digits) - len(rest))
    if len(rest) > LARGEST_DIGITS:
        return by_digits(digits)
    return " ".join([*zeros, cardinal(int(rest))] if rest else zeros)


def is_one(number: int) -> bool:
    """Does a noun stand in the singular: 1, 21, 101, but not 11?"""
    return number % 10 == 1 and number % 100 != 11


def is_few(number: int) -> bool:
    """2, 3, 4, 22 …: «два дома»."""
    return number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}


def decimal(whole: str, part: str, case: Case = Case.NOM) -> str:
    """«ноль целых пять десятых», «двум целым пяти сотым»; a very long fraction is read digit by digit."""
    part = part.rstrip("0") or "0"
    number = int(whole)
    if len(part) not in _PARTS or len(whole) > LARGEST_DIGITS:
        return f"{with_zeros(whole)} запятая {by_digits(part)}"
    return f"{_share(number, 'цел', case)} {_share(int(part), _PARTS[len(part)], case)}"


def _share(number: int, stem: str, case: Case) -> str:
    ending = _ONE_PART[case] if is_one(number) else _MANY_PARTS[case]
    return f"{cardinal(number, case, Gender.FEMALE)} {stem}{ending}"


def half(whole: int, case: Case, gender: Gender) -> str:
    """«полтора», «полутора», «двух с половиной»: a number and a half, for counting things."""
    if whole == 1:
        if case in DIRECT:
            return "полторы" if gender is Gender.FEMALE else "полтора"
        return "полутора"
    return f"{cardinal(whole, case, gender)} с половиной"
