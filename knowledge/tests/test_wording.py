"""Words of a question before and in the index: how much they tell, misspelt ones, names of machines."""

from __future__ import annotations

import pytest

from knowledge.search import search
from knowledge.tests.factories import teach
from knowledge.wording import codes_of, part_of_speech, word_of, words_of

MACHINES = """# РЭМ-600

РЭМ-600 весит 2900 кг.

<<->>

# РЭМ-50

РЭМ-50 весит 480 кг.

<<->>

# Климатические камеры

Камера КСТ держит от минус 70 до плюс 180 °C.

<<->>

# Коммерческое предложение

Предложение готовят один день.

<<->>

# Мытьё окон в подъезде

Окна моют весной и осенью.
"""


def test_a_noun_tells_more_than_a_verb_and_an_adverb_next_to_nothing() -> None:
    noun, verb, adverb = word_of("кукуруза"), word_of("таскать"), word_of("внезапно")

    assert noun.unknown > verb.unknown > adverb.unknown
    assert word_of("окошки").is_family


def test_how_an_answer_is_wanted_is_no_word_of_the_question() -> None:
    assert [word.text for word in words_of("Одним предложением: когда моют окна?")] == ["моют", "окна"]


def test_names_of_machines_are_one_word() -> None:
    assert codes_of("сколько весит РЭМ-300 и ПИ-50?") == [("рэм", "300"), ("пи", "50")]
    assert part_of_speech("РЭМ-50") == part_of_speech("Т2") == "CODE"
    assert (part_of_speech("окна"), part_of_speech("300"), part_of_speech("iso")) == ("NOUN", "", "LATN")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("почём акошки памыть в падъезде", "Мытьё окон в подъезде"),
        ("ко мерческое предложение", "Коммерческое предложение"),
        ("камера каэстэ", "Климатические камеры"),
        ("сколько весит РЭМ-50", "РЭМ-50"),
    ],
)
def test_what_recognition_made_of_a_question_is_still_found(question: str, heading: str) -> None:
    teach(MACHINES, slug="tech")

    assert search(question, role="public").passages[0].heading == heading


@pytest.mark.django_db
def test_another_machine_s_figures_are_not_offered_with_confidence() -> None:
    teach(MACHINES, slug="tech")

    assert search("сколько весит РЭМ-50", role="public").best > 0.9
    assert search("сколько весит РЭМ-300", role="public").best < 0.48


@pytest.mark.django_db
def test_a_question_of_two_things_finds_both_wherever_they_stand() -> None:
    teach("# Лифт\n\nЛифт моют при каждой уборке.\n\n<<->>\n\n# Часы работы\n\nОфис открыт с 9:00.")
    teach(MACHINES, slug="tech")

    found = search("Как часто моют лифт и сколько весит РЭМ-600?", role="public", limit=2)

    assert [one.heading for one in found.passages] == ["Лифт", "РЭМ-600"]


@pytest.mark.django_db
def test_what_is_not_wanted_is_not_looked_for() -> None:
    teach(MACHINES, slug="tech")

    assert search("вес РЭМ-50, про РЭМ-600 не надо", role="public").passages[0].heading == "РЭМ-50"
