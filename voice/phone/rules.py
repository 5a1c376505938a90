"""What leads a caller to a person, and to whom: frozen, as a running call keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from voice.phone.hours import Hours, is_open


class Reason(StrEnum):
    """Why a person is wanted; `HandOver.reason` is one of these words."""

    ASKED_FOR = "asked_for"
    MISUNDERSTOOD = "misunderstood"
    UNKNOWN = "unknown"
    COMPLAINT_WORDS = "complaint_words"
    TOOL_FAILED = "tool_failed"
    DIGIT_ZERO = "digit_zero"


REASONS = {
    Reason.ASKED_FOR: "Собеседник просит человека",
    Reason.MISUNDERSTOOD: "Не понял несколько раз подряд",
    Reason.UNKNOWN: "Не знает ответа несколько раз подряд",
    Reason.COMPLAINT_WORDS: "Прозвучали слова",
    Reason.TOOL_FAILED: "Инструмент не сработал",
    Reason.DIGIT_ZERO: "Нажат ноль",
}
COUNTED = frozenset({Reason.MISUNDERSTOOD, Reason.UNKNOWN})
"""Reasons that take a number of times in a row."""


@dataclass(frozen=True, slots=True)
class Target:
    """One line of the allow-list «Кому переводить».

    Attributes:
        endpoint: what Asterisk dials: "PJSIP/200".
        is_queue: it is a queue of the dialplan, and never answers "no".
        hours: of Monday … Sunday, Moscow time.
        attended: a person is told who calls and takes the call with a digit; else it is put through blindly.
        next_id: who is asked when this one does not answer; None = the end of the chain.
    """

    id: int
    name: str
    endpoint: str
    is_queue: bool
    hours: tuple[Hours, ...]
    ring_seconds: int
    attended: bool
    next_id: int | None = None

    def is_open(self, now: datetime) -> bool:
        """Works at this moment; `now` in the company's time."""
        return is_open(self.hours, now)


@dataclass(frozen=True, slots=True)
class Escalation:
    """One row of a revision.

    Attributes:
        threshold: how many times in a row, where that counts; else 1.
        words: phrases in lower case with ё as е, for `COMPLAINT_WORDS`.
        phrase: said before the transfer; empty = the revision's usual one.
        target: None = the first of the allow-list that works.
    """

    reason: Reason
    threshold: int = 1
    words: tuple[str, ...] = ()
    phrase: str = ""
    target: Target | None = None
