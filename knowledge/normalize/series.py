"""Machines are called by a series and an index: «рэм пятьдесят» is РЭМ-50, «эргэм 1000 дефис а» is РГМ-1000-А."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from knowledge.normalize import numbers
from knowledge.normalize.atoms import Atom
from knowledge.normalize.glossary import ENDINGS, Found

SERIES = re.compile(r"(?:.*\s)?[A-ZА-ЯЁ]{2,}(?:-[A-ZА-ЯЁ]+)*")
INDEX = re.compile(r"[1-9][0-9]{0,4}")
SPOKEN_HYPHEN = frozenset({"дефис", "тире"})
SUFFIXES = {"а": "А", "a": "А", "м": "М", "m": "М", "г": "Г", "у": "У", "y": "У"}
SMALL_INDEXES = frozenset(["один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"])
"""Below ten an index is called by the plain number; «две», «трёх» count machines."""
COUNTED_STEMS = (
    "штук шт раз лет год месяц недел дн день час минут секунд рубл руб машин станк станок прибор установк установок "
    "комплект вид модел вариант экземпляр единиц человек январ феврал март апрел ма июн июл август сентябр октябр "
    "ноябр декабр бригад дом подъезд этаж квартир корпус этап позици тип процент"
)
COUNTED = frozenset(stem + ending for stem in COUNTED_STEMS.split() for ending in ENDINGS)
"""What is counted or dated, rather than called, by the number before it."""


class Walk(Protocol):
    """What an index needs to know of the text round it."""

    atoms: Sequence[Atom]

    def unit_at(self, at: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Index:
    """`end` is the first atom behind it; `text` is «100» or «600-А»."""

    end: int
    text: str


def is_series(found: Found) -> bool:
    return found.term.kind == "product" and SERIES.fullmatch(found.canonical) is not None


def index_after(walk: Walk, at: int) -> Index | None:
    """The index that stands right behind a series' name, unless the number there is a quantity."""
    atoms = walk.atoms
    spoken = at < len(atoms) and atoms[at].gap == " " and atoms[at].fold in SPOKEN_HYPHEN
    at += 1 if spoken else 0
    if at >= len(atoms) or not atoms[at].gap:
        return None
    number = numbers.read(atoms, at)
    if number is None or not INDEX.fullmatch(number.text) or continues(atoms, number.end):
        return None
    if not spoken and "-" not in atoms[at].gap and is_quantity(walk, number):
        return None
    suffix, end = suffix_at(atoms, number.end)
    if not suffix and end < len(atoms) and not atoms[end].gap and atoms[end].kind == "word":
        return None
    return Index(end, number.text + suffix)


def continues(atoms: Sequence[Atom], at: int) -> bool:
    """Whether the digits go on behind a sign: «10:30», «28.5», «1/2»."""
    if at + 1 >= len(atoms) or atoms[at].gap or atoms[at + 1].gap:
        return False
    return atoms[at].kind == "sign" and atoms[at + 1].kind == "number"


def is_quantity(walk: Walk, number: numbers.Number) -> bool:
    """Whether the number belongs to what follows it: a unit, a noun that is counted, more numbers."""
    atoms = walk.atoms
    first = atoms[number.start].fold
    if number.in_words and len(number.text) == 1 and first not in SMALL_INDEXES:
        return True
    numbers_here = numbers.run(atoms, number.start)
    if walk.unit_at(number.end) or walk.unit_at(numbers_here[-1].end):
        return True
    if number.end == len(atoms):
        return False
    behind = atoms[number.end]
    if behind.gap == " " and numbers.is_numeric(behind):
        return True
    return behind.kind == "word" and behind.fold in COUNTED


def suffix_at(atoms: Sequence[Atom], at: int) -> tuple[str, int]:
    """«-А» of «600-а», «600 дефис а», «600а», and where it ends; a lone «а» is a conjunction."""
    spoken = at + 1 < len(atoms) and atoms[at].gap == " " and atoms[at].fold in SPOKEN_HYPHEN
    place = at + 1 if spoken else at
    if place >= len(atoms) or (atoms[place].gap == " " and not spoken) or atoms[place].gap not in {"", "-", " "}:
        return "", at
    letter = SUFFIXES.get(atoms[place].fold)
    glued_on = place + 1 < len(atoms) and not atoms[place + 1].gap and atoms[place + 1].kind != "sign"
    return (f"-{letter}", place + 1) if letter and not glued_on else ("", at)
