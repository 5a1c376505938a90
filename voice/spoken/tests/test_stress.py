"""What the office's dictionary of stress does."""

from __future__ import annotations

from voice.spoken import spoken

STRESS = {"кибальчича": "Киб+альчича", "домов": "дом+ов", "литера": "л+итера"}


def test_whole_words_are_marked_in_the_forms_that_are_listed() -> None:
    assert spoken("5 домов на Кибальчича, домовой", stress=STRESS, marks=True) == (
        "пять дом+ов на Киб+альчича, домовой"
    )
    assert spoken("Домов 5", stress=STRESS, marks=True) == "Дом+ов пять"


def test_without_marks_none_is_left_and_a_word_may_still_be_respelt() -> None:
    assert spoken("21 домов, Кибальчича", stress=STRESS) == "двадцать один домов, Кибальчича"
    assert spoken("чудово сл+ово", stress={"чудово": "чуд+ова"}) == "чудова слово"


def test_marks_in_the_text_itself_are_kept_or_stripped() -> None:
    assert spoken("зам+ок и до́ма", marks=True) == "зам+ок и д+ома"
    assert spoken("зам+ок и за́мок") == "замок и замок"


def test_a_plus_that_marks_no_stress_is_said() -> None:
    assert spoken("+5 °C", stress=STRESS, marks=True) == "плюс пять градусов Цельсия"
