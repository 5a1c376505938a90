"""The stress dictionary of a revision: «слово=сл+ово», a line each; «+» stands before the stressed vowel."""

from __future__ import annotations

import re
from collections.abc import Mapping

from vasdom.errors import VasdomError

_VOWELS = "аеёиоуыэюя"
_WORD = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")
_MARK = re.compile(rf"\+(?=[{_VOWELS}])", re.IGNORECASE)
_ACUTE = re.compile(rf"([{_VOWELS}])\u0301", re.IGNORECASE)
_MARKED = re.compile(rf"(?<![\w+])[а-яё-]*\+[{_VOWELS}][а-яё-]*", re.IGNORECASE)


class StressError(VasdomError):
    """A line of the dictionary cannot be read; the message is for the office."""


def read_stress(lines: str) -> dict[str, str]:
    """The dictionary as it is edited: one form a line, blank lines and «#» remarks are skipped.

    Raises:
        StressError: names the first line that is no «слово=сл+ово».
    """
    found: dict[str, str] = {}
    for number, line in enumerate(lines.splitlines(), 1):
        text = line.split("#", 1)[0].strip()
        if not text:
            continue
        word, equals, said = (part.strip() for part in text.partition("="))
        if not equals or not _WORD.fullmatch(word) or not _is_marked(said):
            raise StressError(
                f"Строка {number} словаря ударений: «{text[:60]}». Нужно «слово=сл+ово», плюс — перед ударной гласной."
            )
        found[word.lower()] = said
    return found


def _is_marked(said: str) -> bool:
    words = said.split()
    return bool(words) and "+" in said and all(_WORD.fullmatch(_MARK.sub("", word)) for word in words)


def lift_stress(text: str) -> tuple[str, dict[str, str]]:
    """The text without marks, and the words that had them: the marks must not disturb what is read after."""
    text = _ACUTE.sub(r"+\1", text)
    own = {_MARK.sub("", word).lower(): word.lower() for word in _MARKED.findall(text)}
    return _MARKED.sub(lambda found: _MARK.sub("", found[0]), text), own


def put_stress(text: str, stress: Mapping[str, str], *, marks: bool) -> str:
    """Whole words in the forms that are listed; a capital letter stays one. Without `marks` no «+» is left."""
    if stress:
        text = _WORD.sub(lambda found: _stressed(found[0], stress), text)
    return text if marks else text.replace("+", "")


def _stressed(word: str, stress: Mapping[str, str]) -> str:
    said = stress.get(word.lower())
    if said is None:
        if "-" not in word:
            return word
        return "-".join(_stressed(part, stress) for part in word.split("-"))
    return said[:1].upper() + said[1:] if word[:1].isupper() and said[:1] != "+" else said
