"""When a person is called: the rules of the revision, fed with what happens in the call.

Nothing here knows a clock, a socket or the database.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from voice.phone.rules import COUNTED, Escalation, Reason


class Escalations:
    """The rules of one call. Each method tells what happened and returns the rule that now leads to a person, if any.

    Args:
        rules: in the order of the revision; of two that would fire the first is taken.
    """

    def __init__(self, rules: Sequence[Escalation]) -> None:
        self._rules = tuple(rules)
        self._in_a_row = dict.fromkeys(COUNTED, 0)

    def heard(self, text: str) -> Escalation | None:
        """The caller said this; words that call for a person are looked for at any word's beginning."""
        said = " ".join(re.findall(r"\w+", text.lower().replace("ё", "е")))
        for rule in self._rules:
            if rule.reason == Reason.COMPLAINT_WORDS and any(_is_said(words, said) for words in rule.words):
                return rule
        return None

    def asked(self) -> Escalation | None:
        """The caller wants a person."""
        return self._first(Reason.ASKED_FOR)

    def digit(self, digit: str) -> Escalation | None:
        """A key was pressed."""
        return self._first(Reason.DIGIT_ZERO) if digit == "0" else None

    def misunderstood(self) -> Escalation | None:
        """What was said could not be made out, or not be understood."""
        return self._again(Reason.MISUNDERSTOOD)

    def unknown(self) -> Escalation | None:
        """It was understood, and there is no answer."""
        self._in_a_row[Reason.MISUNDERSTOOD] = 0
        return self._again(Reason.UNKNOWN)

    def tool_failed(self) -> Escalation | None:
        """A tool broke."""
        return self._first(Reason.TOOL_FAILED)

    def answered(self) -> None:
        """It was understood and answered: counting begins anew."""
        self._in_a_row = dict.fromkeys(COUNTED, 0)

    def _again(self, reason: Reason) -> Escalation | None:
        self._in_a_row[reason] += 1
        rule = self._first(reason)
        return rule if rule is not None and self._in_a_row[reason] >= rule.threshold else None

    def _first(self, reason: Reason) -> Escalation | None:
        return next((rule for rule in self._rules if rule.reason == reason), None)


def _is_said(words: str, said: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(words)}", said) is not None
