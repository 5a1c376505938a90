"""Cutting sentences into clauses that may be spoken one by one."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice.spoken import ClauseSplitter
from voice.spoken.clauses import letters
from voice.spoken.tables import words


@pytest.mark.parametrize(
    ("sentence", "clauses"),
    [
        ("Да.", ["Да."]),
        ("Да, конечно, сейчас посмотрю, когда у вас уборка.", ["Да, конечно, сейчас посмотрю,", "когда у вас уборка."]),
        ("Уборка у дома на Кибальчича, 3 — завтра: влажная.", ["Уборка у дома на Кибальчича, 3 —", "завтра: влажная."]),
        ("В октябре было 4 уборки: 3, 9, 17 и 24 октября.", ["В октябре было 4 уборки: 3, 9, 17 и 24 октября."]),
        (
            "Нагрузка машины до 1 250,50 кН и скорость до 5 мм/с.",
            ["Нагрузка машины до 1 250,50 кН", "и скорость до 5 мм/с."],
        ),
        (
            "Дом на ул. Ленина, д. 5, корп. 2, кв. 7, убирает бригада 3.",
            ["Дом на ул. Ленина, д. 5, корп. 2, кв. 7,", "убирает бригада 3."],
        ),
        (
            "Машина (до 600 кН, с датчиком) стоит дорого, увы, очень.",
            ["Машина (до 600 кН, с датчиком) стоит дорого,", "увы, очень."],
        ),
        ("Задача записана, т. е. бригада о ней уже знает.", ["Задача записана, т. е. бригада о ней уже знает."]),
    ],
)
def test_the_first_clause_is_as_short_as_sense_allows(sentence: str, clauses: list[str]) -> None:
    assert ClauseSplitter().feed(sentence) == clauses


def test_only_the_first_clause_of_a_reply_is_cut_short() -> None:
    splitter = ClauseSplitter()
    assert len(splitter.feed("Сейчас посмотрю график вашего дома, одну минуту.")) == 2
    assert len(splitter.feed("Следующая уборка будет в пятницу утром, если ничего не изменится.")) == 1


def test_a_long_sentence_is_cut_at_its_last_border() -> None:
    splitter = ClauseSplitter()
    splitter.feed("Да.")
    sentence = ", ".join(["бригада приедет утром и вымоет все этажи подъезда"] * 6) + "."
    found = splitter.feed(sentence)
    assert " ".join(found) == sentence
    assert len(found) > 2
    assert all(letters(clause) <= 120 for clause in found)


WORDS = st.sampled_from(
    sorted(
        words(
            "уборка дом, бригада — завтра: и что ул. д. 5, 12 1 250,50 кН (до «в но если 5 ноября, подъезд) » т. е. "
            "очень длинноеслово"
        )
    )
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(WORDS, max_size=40).map(" ".join), max_size=4))
def test_nothing_is_lost_and_the_order_is_kept(sentences: list[str]) -> None:
    splitter = ClauseSplitter()
    for sentence in sentences:
        found = splitter.feed(sentence)
        assert " ".join(found) == sentence.strip()
        assert all(clause.strip() for clause in found)
        assert all(not (before[-1:].isdecimal() and after[:1].isdecimal()) for before, after in pairwise(found))
