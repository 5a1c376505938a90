"""How long a pause must be before the caller is taken to have finished. One policy, fed with words and seconds.

speech ──────┐                    ┌── answer
             └── pause ≥ needed ──┘
«да.»                short     a complete short answer
«когда уборка»       usual
«запишите на»        long      words, a street or a number that ask for more
"""

from __future__ import annotations

from voice.engine.settings import VoiceSettings
from voice.engine.words import (
    ASKS_ALONE,
    HANGING,
    SAYS_PLACE,
    STREET_ENDINGS,
    STREET_SIGNS,
    is_number,
    is_short_answer,
    words,
)

PHONE_DIGITS = (10, 11)
DICTATED_FROM = 3
"""So many digits in a row at the end are a number being dictated."""
SMOOTHING = 0.4
LONGEST_LEARNT = 1.4
MARGIN = 1.2


class Endpointing:
    """Of one call: it learns how long this caller pauses inside a turn."""

    def __init__(self, settings: VoiceSettings) -> None:
        self._settings = settings
        self._pause: float | None = None

    def needed(self, text: str) -> float:
        """Seconds of silence after this text."""
        settings = self._settings
        if asks_for_more(text):
            return settings.endpoint_long
        usual = settings.endpoint_short if is_short_answer(text) else settings.endpoint
        if self._pause is None:
            return usual
        return max(usual, min(self._pause * MARGIN, LONGEST_LEARNT))

    def paused(self, seconds: float) -> None:
        """The caller went on with the same turn after such a pause."""
        known = seconds if self._pause is None else self._pause
        self._pause = known + SMOOTHING * (seconds - known)


def asks_for_more(text: str) -> bool:
    """Do these words leave the hearer waiting?"""
    found = words(text)
    if not found:
        return False
    return _hangs(found, text) or _is_dictating(found) or _street_without_number(found)


def _hangs(found: list[str], text: str) -> bool:
    if text.rstrip().endswith(("?", "!")):
        return False
    last = found[-1]
    if last not in HANGING:
        return False
    return not (len(found) == 1 and last in ASKS_ALONE)


def _is_dictating(found: list[str]) -> bool:
    """Three and more digits at the end, and not yet a whole telephone number."""
    tail: list[str] = []
    for word in reversed(found):
        if not is_number(word):
            break
        tail.append(word)
    if not tail:
        return False
    digits = sum(len(word) if word.isdecimal() else _digits_of(word) for word in tail)
    return digits >= DICTATED_FROM and digits not in PHONE_DIGITS


def _digits_of(word: str) -> int:
    """How many digits a number word stands for in a dictated number; compound numbers are counted a little short."""
    if word == "плюс":
        return 0
    return 2 if word.endswith(("надцать", "дцать", "десят", "девяносто", "сорок", "десять")) else 1


def _street_without_number(found: list[str]) -> bool:
    last, before = found[-1], found[-2] if len(found) > 1 else ""
    if is_number(last):
        return False
    if before in STREET_SIGNS:
        return True
    return before in SAYS_PLACE and STREET_ENDINGS.search(last) is not None
