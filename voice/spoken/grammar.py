"""Cases, and what the words around a number say about its case.

A preposition before the number allows one or two cases, the noun after it tells which of them was meant, whether it is
a count («в 5 домах») or an ordinal («в 5 подъезде»), and of which gender.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from knowledge.morphology import analyzer
from voice.spoken.tables import words


class Case(StrEnum):
    """The letters are those of num2words."""

    NOM = "n"
    GEN = "g"
    DAT = "d"
    ACC = "a"
    INS = "i"
    LOC = "p"


class Gender(StrEnum):
    MALE = "m"
    FEMALE = "f"
    NEUTER = "n"
    MANY = "p"
    """Of words without a singular: «двое суток»."""


DIRECT = frozenset({Case.NOM, Case.ACC})
"""The two cases in which «пять» governs the genitive: «пять домов»."""


@dataclass(frozen=True, slots=True)
class Form:
    """One reading of a written noun."""

    case: Case
    plural: bool
    gender: Gender


_GOVERNED: tuple[tuple[str, tuple[Case, ...]], ...] = (
    (
        "до от ото из изо без для у после около более менее больше меньше свыше порядка выше ниже кроме вместо против "
        "среди вокруг помимо ради возле напротив из-за из-под течение количестве размере достигает достигают хватает "
        "относительно позднее позже раньше ранее объёме объеме примере нет",
        (Case.GEN,),
    ),
    ("к ко благодаря согласно равно равен равна равны", (Case.DAT,)),
    ("по", (Case.ACC, Case.DAT, Case.LOC)),
    ("в во на", (Case.ACC, Case.LOC)),
    ("через про сквозь спустя", (Case.ACC,)),
    ("за под", (Case.ACC, Case.INS)),
    ("с со", (Case.GEN, Case.INS)),
    ("над перед между", (Case.INS,)),
    ("о об обо при", (Case.LOC,)),
)
PREPOSITIONS: dict[str, tuple[Case, ...]] = {word: cases for words, cases in _GOVERNED for word in words.split()}
"""Word → the cases it governs, the likeliest for a bare number first."""

_PASSED_OVER = words(
    "примерно приблизительно почти всего ровно ещё еще целых лишь только целые чем-то где-то хотя бы не "
    "плюс минус плюс-минус"
)
_PRONOUNS = words("них их ним ними им ими него его ней ей нему ему неё нее её ее нём нем")
_ADJECTIVE_END = re.compile(r"(?:[ыи]х|[ыи]е|[ыи]ми?|[ое]го|[ое]му|[ую]ю|[ое]й)$")
_WORDS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LEFT = re.compile(r"(?:[^\W\d_]+(?:-[^\W\d_]+)*[\s(«\"„]+){1,4}$")
_LABEL = re.compile(
    r"(?:дом(?:а|у|ом|е)?|квартир(?:а|ы|у|е|ой)|(?:под)?корпус(?:а|у|ом|е)?|строени[еяюи]|строением|"
    r"(?:подъезд|этаж|офис|кабинет|класс|тип|слот|пункт|вариант|раздел|блок|участ?ок|литер|лот|тариф|этап|шаг)"
    r"(?:а|у|ом|е)?|бригад(?:а|ы|у|е|ой)|номер(?:а|у|ом|е)?|номера|дробь|владени[еяю]|литер[аы]|точк[аи]|глав[аы]|"
    r"страниц[аыу]|секци[яи]|зон[аы]|лини[яи]|комнат[аыу]|помещени[еяи]|стать[яи]|верси[яи]|част[ьи]|категори[яи]|"
    r"добавочн(?:ый|ого|ому)|индекс|код[а]?|телефон[а]?|рисунок|рисунке|таблиц[аые]|приложени[еи])$",
    re.IGNORECASE,
)


_CASES = {
    "nomn": Case.NOM, "gent": Case.GEN, "gen2": Case.GEN, "datv": Case.DAT, "accs": Case.ACC, "ablt": Case.INS,
    "loct": Case.LOC, "loc2": Case.LOC,
}  # fmt: skip
_GENDERS = {"masc": Gender.MALE, "femn": Gender.FEMALE, "neut": Gender.NEUTER}
_UNLIKELY = 0.03
"""A reading with less than this share of the corpus is left out («лет» as a flight)."""


@lru_cache(maxsize=8192)
def _readings(word: str) -> tuple[Any, ...]:
    return tuple(analyzer().parse(word.lower()))


@lru_cache(maxsize=8192)
def noun_forms(word: str) -> tuple[Form, ...]:
    """What the word may be as a noun; empty when it is likelier to be something else."""
    readings = _readings(word)
    if not readings or not any(one.tag.POS == "NOUN" and one.score >= 0.25 for one in readings):
        return ()
    if any("PREP" in one.tag or "CONJ" in one.tag or "PRCL" in one.tag for one in readings[:1]):
        return ()
    found = {
        Form(_CASES[one.tag.case], one.tag.number == "plur", _GENDERS.get(one.tag.gender, Gender.MALE)): None
        for one in readings
        if one.tag.POS == "NOUN" and one.tag.case in _CASES and one.score >= _UNLIKELY
    }
    return tuple(found)


@lru_cache(maxsize=4096)
def is_adjective(word: str) -> bool:
    readings = _readings(word)
    return bool(readings) and readings[0].tag.POS in {"ADJF", "PRTF"}


@lru_cache(maxsize=4096)
def adjective_gender(word: str) -> Gender | None:
    """The gender of a singular adjective; None for a plural, and for what is no adjective."""
    for one in _readings(word)[:1]:
        if one.tag.POS in {"ADJF", "PRTF"} and one.tag.number == "sing":
            return _GENDERS.get(one.tag.gender)
    return None


@lru_cache(maxsize=4096)
def is_known(word: str) -> bool:
    """Is it in the dictionary as a word, and not only as an abbreviation?"""
    return bool(analyzer().word_is_known(word.lower())) and not all("Abbr" in one.tag for one in _readings(word))


def governing(left: str) -> tuple[Case, ...]:
    """The cases allowed by what stands before a number; empty when nothing governs it.

    Adjectives and «примерно» are passed over: «в ближайшие 5 дней», «до примерно 600 кН».
    """
    match = _LEFT.search(left)
    if match is None:
        return ()
    for place, word in enumerate(reversed(_WORDS.findall(match[0]))):
        low = word.lower()
        if low in PREPOSITIONS:
            return PREPOSITIONS[low]
        if (
            word[0].isupper()
            or low in _PRONOUNS
            or (low not in _PASSED_OVER and not _ADJECTIVE_END.search(low))
            or place == 3
        ):
            return ()
    return ()


def plural_adjective_case(left: str) -> Case | None:
    """«этих 5 домов» → genitive: what the adjective before the number says."""
    match = re.search(r"([^\W\d_]+)\s+$", left)
    word = match[1].lower() if match else ""
    return Case.GEN if len(word) > 3 and re.search(r"(?:[ыи]х|[тс]ех)$", word) and word not in PREPOSITIONS else None


def is_label(left: str) -> bool:
    """Does the number only name what stands before it: «дом 3», «бригады 5», «на Кибальчича 3»?"""
    match = re.search(r"([^\W\d_]+(?:-[^\W\d_]+)*)[\s,]+$", left)
    if match is None:
        return False
    word = match[1]
    if _LABEL.fullmatch(word) and not match[0].rstrip().endswith(","):
        return True
    first = not re.search(r"[^\s«\"(]\s*$", left[: match.start()]) or left[: match.start()].rstrip()[-1:] in ".!?…"
    return word[0].isupper() and len(word) > 2 and not first and word.lower() not in PREPOSITIONS


def pick(cases: Iterable[Case], allowed: tuple[Case, ...]) -> Case | None:
    """The first allowed case that is among `cases`; without a preposition the nominative is taken first."""
    among = set(cases)
    order = allowed or (Case.NOM, Case.ACC, Case.GEN, Case.DAT, Case.LOC, Case.INS)
    return next((case for case in order if case in among), None)
