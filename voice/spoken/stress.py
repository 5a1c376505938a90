"""Marks of stress: «+» stands before the stressed vowel."""

from __future__ import annotations

import re
from collections.abc import Mapping

_VOWELS = "аеёиоуыэюя"
_WORD = re.compile(r"[А-Яа-яЁё]+(?:-[А-Яа-яЁё]+)*")
_MARK = re.compile(rf"\+(?=[{_VOWELS}])", re.IGNORECASE)
_ACUTE = re.compile(rf"([{_VOWELS}])\u0301", re.IGNORECASE)
_MARKED = re.compile(rf"(?<![\w+])[а-яё-]*\+[{_VOWELS}][а-яё-]*", re.IGNORECASE)


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
