"""No figure is said that stands in no source: numbers, dates, prices and phones of a sentence are looked for in what
was found and in what the tools said.

A figure is compared by its value, not by how it is written: «двести» is 200, «1 200» is 1200, «15.10» is 15 октября,
«+7 (000) 000-00-01» is its last ten digits. A price counts only as a price: 300 roubles are not the 300 houses of a
source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from houses.numerals import read_number
from voice.dates import GENITIVE, MONTHS

Fact = tuple[str, str]
"""A kind ("number", "price", "phone", "day", "time") and the value as text."""

_PHONE = re.compile(r"(?<![\d.,])\+?\d(?:[ \u00a0().-]{0,3}\d){6,14}(?!\d)")
_ISO = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_DOTTED = re.compile(r"(?<![\d.])(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2}))?(?!\.?\d)")
_DAY = re.compile(rf"\b(\d{{1,2}})(?:-?го)?(?:\s+|\u00a0)({'|'.join(GENITIVE)})(?:\s+(\d{{4}}))?")
_TIME = re.compile(r"(?<![\d:])([01]?\d|2[0-3]):([0-5]\d)(?![\d:])")
_DIGITS = re.compile(r"(?<![\d])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?")
_SCALE = re.compile(r"\s*(тысяч\w*|тыс\b\.?|миллион\w*|млн\b\.?)")
_SCALED = re.compile(rf"(?<=\d){_SCALE.pattern}")
_PRICE = re.compile(r"\s*(?:руб\w*\.?|₽|р\.|целковых)")
_WORD = re.compile(r"[^\W\d_]+")
_MARK = re.compile(r"(?m)^\s*\d{1,2}[.)]\s+|\[\d{1,2}\]")
_SCALES = {"тыс": 1000, "мил": 1_000_000, "млн": 1_000_000}
_THOUSAND = re.compile(r"тысяч[аиу]?|тысячей")
_LONGEST = 200_000


@lru_cache(maxsize=1024)
def facts_of(text: str) -> frozenset[Fact]:
    """All figures of a text. The same passages are read for answer after answer, so what was read is kept."""
    return frozenset(_Reader(text[:_LONGEST]).read())


@dataclass(slots=True)
class Sources:
    """What may be said: figures of passages and of tools' answers, read once."""

    known: set[Fact] = field(default_factory=set)

    def add(self, *texts: str) -> None:
        for text in texts:
            self.known |= facts_of(text)

    def missing(self, sentence: str) -> frozenset[Fact]:
        """Figures of the sentence that stand in no source."""
        return frozenset(fact for fact in facts_of(sentence) if not self._holds(fact))

    def _holds(self, fact: Fact) -> bool:
        if fact in self.known:
            return True
        kind, value = fact
        if kind == "number":  # «9 часов» of 9:00, «15» of 15 октября, «1200» of 1200 рублей
            return any(
                (other == "price" and known == value)
                or (other == "time" and known == f"{value}:00")
                or (other == "day" and value in known.split("."))
                for other, known in self.known
            )
        if kind == "time" and value.endswith(":00"):
            return ("number", value.removesuffix(":00")) in self.known
        if kind == "day" and value.count(".") == 1:
            return any(other == "day" and known.startswith(f"{value}.") for other, known in self.known)
        return False


class _Reader:
    """Takes figures out of a text, the most telling kinds first; what was taken is blanked."""

    def __init__(self, text: str) -> None:
        self._text = _MARK.sub(" ", text.lower().replace("ё", "е"))

    def read(self) -> Iterable[Fact]:
        yield from self._take(_ISO, lambda m: [("day", _day(m[3], m[2], m[1]))])
        yield from self._take(_DAY, lambda m: [("day", _day(m[1], str(MONTHS[m[2]]), m[3]))])
        yield from self._take(_TIME, lambda m: [("time", f"{int(m[1])}:{m[2]}")])
        yield from self._take(_DOTTED, _dotted)
        yield from self._take(_PHONE, _phone)
        yield from self._digits()
        yield from self._words()

    def _take(self, pattern, facts) -> Iterable[Fact]:  # type: ignore[no-untyped-def]
        found: list[Fact] = []

        def taken(match: re.Match[str]) -> str:
            read = facts(match)
            found.extend(read)
            return " " * len(match[0]) if read else match[0]

        self._text = pattern.sub(taken, self._text)
        return found

    def _digits(self) -> Iterable[Fact]:
        for match in _DIGITS.finditer(self._text):
            value = _plain(match[0])
            yield from self._valued(value, match.end())

    def _words(self) -> Iterable[Fact]:
        """«двести рублей»; «один» and «первый» are seldom figures and are let be."""
        text = _SCALED.sub(lambda match: " " * len(match[0]), self._text)  # «45 тысяч» was read with its digits
        words = [(match[0], match.end()) for match in _WORD.finditer(text)]
        index = 0
        while index < len(words):
            value, taken = _spelled([word for word, _ in words[index : index + 8]])
            index += max(taken, 1)
            if value > 1:
                yield from self._valued(str(value), words[index - 1][1])

    def _valued(self, value: str, end: int) -> Iterable[Fact]:
        scale = _SCALE.match(self._text, end)
        if scale is not None:
            value, end = _scaled(value, scale[1]), scale.end()
        yield ("price" if _PRICE.match(self._text, end) else "number"), value


def _spelled(words: Sequence[str]) -> tuple[int, int]:
    """«две тысячи двести» → (2200, 3): the value and how many words it takes; (0, 0) for no number."""
    head = read_number(words[:4])
    value, taken = (head[0], head[1]) if head else (0, 0)
    if taken >= len(words) or not _THOUSAND.fullmatch(words[taken]):
        return value, taken
    rest = read_number(words[taken + 1 : taken + 5])
    thousands = (value or 1) * 1000
    return (thousands + rest[0], taken + 1 + rest[1]) if rest else (thousands, taken + 1)


def _plain(written: str) -> str:
    """«1 200,50» → «1200.5»."""
    digits = re.sub(r"[ \u00a0\u202f]", "", written).replace(",", ".")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return digits.lstrip("0") or "0" if not digits.startswith("0.") else digits


def _scaled(value: str, word: str) -> str:
    return f"{float(value) * _SCALES[word[:3]]:.6f}".rstrip("0").rstrip(".")


def _phone(match: re.Match[str]) -> list[Fact]:
    digits = re.sub(r"\D", "", match[0])
    grouped = re.fullmatch(r"\d{1,3}(?:[ \u00a0]\d{3})+", match[0].strip())  # «1 200 000» is a number
    return [] if grouped or len(digits) < 7 else [("phone", digits[-10:])]


def _dotted(match: re.Match[str]) -> list[Fact]:
    """«15.10» is a day where it can be one; otherwise a number."""
    day, month = int(match[1]), int(match[2])
    if not (1 <= day <= 31 and 1 <= month <= 12 and len(match[2]) == 2):
        return []
    year = match[3] or ""
    return [("day", _day(match[1], match[2], f"20{year}" if len(year) == 2 else year))]


def _day(day: str, month: str, year: str | None) -> str:
    return ".".join([str(int(day)), str(int(month)), *([year] if year else [])])
