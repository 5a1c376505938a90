"""How a number agrees with the noun behind it, and which case the words before it ask for."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from voice.spoken.grammar import (
    DIRECT,
    Case,
    Form,
    Gender,
    adjective_gender,
    is_adjective,
    is_label,
    noun_forms,
    pick,
    plural_adjective_case,
)
from voice.spoken.numbers import is_few, is_one

NOUN_BEHIND = re.compile(r"[ \u00a0]+([а-яё]+(?:-[а-яё]+)*)")
_OBLIQUE = frozenset({Case.DAT, Case.INS, Case.LOC})
_NAMED_BY_NUMBER = re.compile(r"(?:этаж|подъезд|бригад|квартир|квартал|класс|слот|отдел|участ|микрорайон|числ)")
"""«на 1 этаже» is the first floor, not one floor."""
_HOUR = re.compile(r"\s+(?:утра|вечера|ночи)(?![а-яё])")
_ONLY_PLURAL = re.compile(r"сут(?:ки|ок)$|ножниц|ворот|сан[ие]")


@dataclass(frozen=True, slots=True)
class Agreement:
    """How a number is said. `counts`: something is counted, so «1,5» may be «полтора»."""

    case: Case = Case.NOM
    gender: Gender = Gender.MALE
    ordinal: bool = False
    counts: bool = False
    many: bool = False
    """The noun stands in the genitive plural."""


def agree_series(right: str, allowed: tuple[Case, ...]) -> Agreement | None:
    """«1 и 3 подъезды», «на 2 и 3 этажах»: several of what has a number, the noun in the plural."""
    noun, forms = _noun(right)
    if not _NAMED_BY_NUMBER.match(noun):
        return None
    plural: dict[Case, Gender] = {form.case: form.gender for form in forms if form.plural and form.case is not Case.GEN}
    case = pick(plural, allowed)
    return Agreement(case, plural[case], ordinal=True) if case else None


def agree(left: str, right: str, allowed: tuple[Case, ...], whole: int, *, fraction: bool) -> Agreement:
    """Args:
    left, right: the text before the number and behind it.
    allowed: the cases its preposition governs; empty without one.
    """
    label = is_label(left)
    if label:
        allowed = ()
    noun, forms = _noun(right)
    if _HOUR.match(right):
        forms = ()
    if forms:
        found = _fraction(forms, allowed) if fraction else _count(whole, noun, forms, allowed, left)
        if found is None and not fraction and not label:
            found = _ordinal(forms, allowed)
        if found is not None:
            return _of_pairs(found, noun, whole)
    behind = NOUN_BEHIND.match(right)
    gender = adjective_gender(behind[1]) if behind and is_one(whole) and not label else None
    return Agreement(allowed[0] if allowed else Case.NOM, gender or Gender.MALE)


def _of_pairs(found: Agreement, noun: str, whole: int) -> Agreement:
    """«двое суток», «одни сутки»."""
    if not _ONLY_PLURAL.match(noun) or not (is_one(whole) or (whole < 5 and found.case in DIRECT)):
        return found
    return replace(found, gender=Gender.MANY)


def _noun(right: str) -> tuple[str, tuple[Form, ...]]:
    """The noun behind, over up to two adjectives: «5 новых домов»."""
    place = 0
    for _ in range(3):
        match = NOUN_BEHIND.match(right, place)
        if match is None:
            break
        if forms := noun_forms(match[1]):
            return match[1], forms
        if not is_adjective(match[1]):
            break
        place = match.end()
    return "", ()


def _count(whole: int, noun: str, forms: Collection[Form], allowed: tuple[Case, ...], left: str) -> Agreement | None:
    """None when the noun stands in no form that a count would ask for."""
    if is_one(whole):
        return _count_of_one(noun, forms, allowed)
    plural, singular = _by_number(forms)
    if oblique := pick(plural.keys() & _OBLIQUE, allowed):
        return Agreement(oblique, plural[oblique], counts=True)
    if is_few(whole) and Case.GEN in singular and Case.GEN not in plural:
        if allowed and allowed[0] is Case.GEN:
            return None  # «у 3 подъезда»
        return Agreement(_direct(allowed), singular[Case.GEN], counts=True)
    if Case.GEN not in plural:
        return None
    governed = Case.GEN in allowed or (not allowed and plural_adjective_case(left))
    case = Case.GEN if governed else _direct(allowed)
    return Agreement(case, plural[Case.GEN], counts=True, many=True)


def _count_of_one(noun: str, forms: Collection[Form], allowed: tuple[Case, ...]) -> Agreement | None:
    _, singular = _by_number(forms)
    case = pick(singular, allowed) or pick(singular, ())
    if case is None:
        return None
    if allowed and case is not Case.INS and case in allowed and _NAMED_BY_NUMBER.match(noun):
        return None
    return Agreement(case, singular[case], counts=True)


def _fraction(forms: Collection[Form], allowed: tuple[Case, ...]) -> Agreement | None:
    plural, singular = _by_number(forms)
    if oblique := pick(plural.keys() & _OBLIQUE, allowed):
        return Agreement(oblique, plural[oblique], counts=True, many=True)
    for found, many in ((plural, True), (singular, False)):
        if Case.GEN in found:
            case = Case.GEN if allowed[:1] == (Case.GEN,) else _direct(allowed)
            return Agreement(case, found[Case.GEN], counts=True, many=many)
    return None


def _ordinal(forms: Collection[Form], allowed: tuple[Case, ...]) -> Agreement | None:
    _, singular = _by_number(forms)
    case = pick(singular, allowed) or pick(singular, ())
    return Agreement(case, singular[case], ordinal=True) if case else None


def _by_number(forms: Collection[Form]) -> tuple[dict[Case, Gender], dict[Case, Gender]]:
    """The genders by case: of the plural forms, of the singular ones."""
    plural: dict[Case, Gender] = {}
    singular: dict[Case, Gender] = {}
    for form in forms:
        (plural if form.plural else singular).setdefault(form.case, form.gender)
    return plural, singular


def _direct(allowed: tuple[Case, ...]) -> Case:
    return Case.ACC if Case.ACC in allowed else Case.NOM
