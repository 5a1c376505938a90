"""What test callers say can be heard for certain by the twin, after the telephone's codec."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from providers.tests.speech_marks import MarkReader
from tests.phone.speech import (
    ALL_TEXTS,
    DICTATED,
    INTERRUPTIONS,
    PAUSE_SECONDS,
    PAUSED,
    QUESTIONS,
    QUESTIONS_INTO_A_REPLY,
    Clips,
    clips,
    cough,
)
from tests.phone.story import Story, plain
from voice.engine import g711

pytest.importorskip("espeakng_loader", reason="speech of the callers is made by espeak")


def after_the_codec(pcm: bytes) -> bytes:
    return g711.decode(g711.encode(np.frombuffer(pcm, np.int16))).astype("<i2").tobytes()


@pytest.mark.parametrize("text", [*dict.fromkeys(ALL_TEXTS)][:60])
def test_every_word_of_a_clip_is_heard_after_the_codec(text: str) -> None:
    reader = MarkReader(clips().vocabulary)
    heard = [*reader.feed(after_the_codec(clips().say(text).pcm)), *reader.end()]
    assert " ".join(word.word for word in heard if word.whole) == text


def test_there_are_as_many_clips_as_the_figures_ask_for() -> None:
    assert (len(set(PAUSED)), len(set(DICTATED))) == (20, 10)
    assert len(QUESTIONS) >= 10
    assert {"стоп", "подождите", "а сколько стоит мытьё окон"} <= set(INTERRUPTIONS)
    assert len(QUESTIONS_INTO_A_REPLY) >= 3


def test_a_pause_is_as_long_as_it_should_be() -> None:
    pair = PAUSED[0]
    with_pause, without = clips().say(*pair), clips().say(" ".join(pair))
    assert with_pause.seconds - without.seconds == pytest.approx(PAUSE_SECONDS - 0.03, abs=0.01)


def test_a_cough_has_no_words() -> None:
    reader = MarkReader(clips().vocabulary)
    assert [*reader.feed(after_the_codec(cough())), *reader.end()] == []


def test_clips_are_made_once_and_kept(tmp_path: Path) -> None:
    first, second = Clips(tmp_path), Clips(tmp_path)
    assert first.say("да").pcm == second.say("да").pcm
    assert len(list(tmp_path.iterdir())) == 1


def test_the_story_is_never_told_twice_in_the_same_words_and_has_no_figure() -> None:
    tell = Story(sentences=2)
    body = {"messages": [{"role": "system", "content": "Сведения"}, {"role": "user", "content": "Что?"}]}
    told = [tell(body).text for _ in range(40)]
    assert len(set(told)) == 40
    assert not any(letter.isdecimal() for letter in "".join(told))


def test_a_question_to_rewrite_comes_back_as_it_was() -> None:
    asked = [{"role": "system", "content": "Перепиши последний вопрос так"}, {"role": "user", "content": "А ковры?"}]
    assert Story()({"messages": asked}).text == "А ковры?"
    assert plain(" А ковры? ") == "а ковры"
