"""The line without a subprotocol: a frame is a whole sentence, and none of its words is lost or told twice."""

from __future__ import annotations

from uuid import uuid4

from voice.chat.protocol import BROKEN, Plain
from voice.chat.talk import Answered
from voice.events import Delta, End, Outcome

BEGUN = Delta("Моем окна весной", is_begun=True)


def answered(text: str, outcome: Outcome | None) -> Answered:
    end = None if outcome is None else End("general", 1, outcome, text, "?", "?", {})
    return Answered(uuid4(), 1, text, (), end, interrupted=False)


def test_a_sentence_that_was_begun_is_told_whole() -> None:
    line = Plain()

    assert line.event(BEGUN, "") is None
    assert line.event(Delta(" и осенью."), "") == "Моем окна весной и осенью."
    assert line.answered(answered("Моем окна весной и осенью.", Outcome.ANSWERED), "") is None


def test_an_answer_that_ends_with_its_first_words_is_told() -> None:
    line = Plain()
    line.event(BEGUN, "")

    assert line.answered(answered("Моем окна весной", Outcome.ANSWERED), "") == "Моем окна весной"


def test_what_broke_off_does_not_begin_the_next_answer() -> None:
    line = Plain()
    line.event(BEGUN, "")

    assert line.answered(answered("Моем окна весной", None), "") == BROKEN.message
    assert line.event(Delta("Уборка в четверг."), "") == "Уборка в четверг."
