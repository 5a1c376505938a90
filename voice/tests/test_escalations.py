"""When a person is called: arithmetic over what happens in a call."""

from __future__ import annotations

import pytest

from voice.phone.escalation import Escalations
from voice.phone.rules import Escalation, Reason

ASKED = Escalation(Reason.ASKED_FOR)
TWICE_UNKNOWN = Escalation(Reason.UNKNOWN, threshold=2)
THRICE_MISUNDERSTOOD = Escalation(Reason.MISUNDERSTOOD, threshold=3)
WORDS = Escalation(Reason.COMPLAINT_WORDS, words=("прокуратур", "верните деньги", "суд"))
ZERO = Escalation(Reason.DIGIT_ZERO)
BROKEN = Escalation(Reason.TOOL_FAILED)
ALL = (ASKED, TWICE_UNKNOWN, THRICE_MISUNDERSTOOD, WORDS, ZERO, BROKEN)


def test_what_has_a_rule_leads_to_a_person_at_once() -> None:
    rules = Escalations(ALL)

    assert rules.asked() is ASKED
    assert rules.digit("0") is ZERO
    assert rules.tool_failed() is BROKEN
    assert rules.digit("1") is None


def test_without_its_rule_nothing_leads_anywhere() -> None:
    rules = Escalations(())

    assert not any([rules.asked(), rules.digit("0"), rules.tool_failed(), rules.heard("прокуратура")])
    assert not any(rules.unknown() for _ in range(5))


def test_not_knowing_counts_in_a_row_and_an_answer_begins_anew() -> None:
    rules = Escalations(ALL)

    assert rules.unknown() is None
    rules.answered()
    assert rules.unknown() is None
    assert rules.unknown() is TWICE_UNKNOWN


def test_misunderstandings_are_counted_apart() -> None:
    rules = Escalations(ALL)

    assert rules.misunderstood() is None
    assert rules.unknown() is None
    assert rules.misunderstood() is None
    assert rules.misunderstood() is None
    assert rules.misunderstood() is THRICE_MISUNDERSTOOD


@pytest.mark.parametrize("said", ["Я пойду в ПРОКУРАТУРУ!", "верните,   деньги", "Подам в суд"])
def test_words_are_heard_in_any_case_and_with_any_ending(said: str) -> None:
    assert Escalations(ALL).heard(said) is WORDS


@pytest.mark.parametrize("said", ["Когда уборка?", "рассудите сами", "вернули деньги"])
def test_other_words_are_not(said: str) -> None:
    assert Escalations(ALL).heard(said) is None
