"""Cutting documents into passages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.passages import Cut, cut, headings_of


def texts(text: str, **how: int) -> list[str]:
    return [piece.text for piece in cut(text, Cut(**how))]


def test_the_separator_is_a_border_and_never_part_of_a_passage() -> None:
    assert texts("Один.<<->>Два.\n<<->>\n\n<<->>Три.") == ["Один.", "Два.", "Три."]


def test_headings_travel_with_their_passage() -> None:
    pieces = cut("# Уборка\n\n## Окна\nМоем весной.\n\n## Лифт\nМоем всегда.\n\n# Акты\nПодписывают.", Cut())
    assert [piece.path for piece in pieces] == ["Уборка › Окна", "Уборка › Лифт", "Акты"]


def test_a_segment_without_a_heading_stands_under_the_one_before() -> None:
    assert [piece.path for piece in cut("# Акты\nОдин.\n<<->>\nДва.", Cut())] == ["Акты", "Акты"]


@pytest.mark.parametrize("doubled", ["# Окна\nОкна\n", "# Окна\n\nОкна\nОкна\n", "# Окна\n# Окна\nОкна\n"])
def test_a_heading_said_twice_is_read_once(doubled: str) -> None:
    (piece,) = cut(f"{doubled}\nМоем весной.", Cut())
    assert (piece.path, piece.text) == ("Окна", "Моем весной.")
    assert headings_of(doubled, "<<->>") == [(1, "Окна")]


def test_a_short_segment_of_a_marked_up_file_stays_one_passage() -> None:
    first, second = cut("# Пресс\n## Описание\nСжимает.\n## Модель\nПИ-300.\n<<->>\n# Копёр\nБьёт.", Cut())
    assert first.path == "Пресс"
    assert first.text == "Описание\nСжимает.\n\nМодель\nПИ-300."
    assert second.path == "Копёр"


def test_a_row_of_a_table_names_its_columns() -> None:
    table = "| Поверхность | Средство |\n|---|---|\n| Плитка | нейтральное |\n| Стекло | |\n"
    assert texts(table) == ["Поверхность: Плитка; Средство: нейтральное\nПоверхность: Стекло"]


def test_a_long_section_is_cut_at_sentences_and_overlaps() -> None:
    sentences = [f"Предложение номер {number} рассказывает о доме на ул. Ленина." for number in range(1, 31)]
    pieces = cut("# Дома\n" + " ".join(sentences), Cut(size=300, overlap=80))
    assert len(pieces) > 4
    assert all(len(piece.text) <= 300 and piece.path == "Дома" for piece in pieces)
    assert all(piece.text.endswith("Ленина.") for piece in pieces)
    assert pieces[1].text.startswith(pieces[0].text.rpartition(". П")[2].join(("П", "")))
    assert pieces[-1].text.endswith(sentences[-1])


@pytest.mark.parametrize(
    "text", ["Живёт на ул. Ленина, д. 5.", "Звоните А. С. Иванову.", "Цена 5 руб. За этаж."[:15], "Слой 0.5 мм. "]
)
def test_abbreviations_and_decimals_end_no_sentence(text: str) -> None:
    assert texts(text, size=200) == [text.strip()]


def test_bold_and_escaped_signs_are_taken_out() -> None:
    assert texts("\\#модель: **ПИ-300** и _не_курсив_") == ["#модель: ПИ-300 и _не_курсив_"]


def test_nothing_but_headings_gives_no_passages() -> None:
    assert cut("# Окна\n<<->>\n## Лифт\nЛифт\n", Cut()) == []


@given(st.text(alphabet="аб .#|\n-<>1", max_size=600), st.integers(20, 120))
def test_whatever_the_text_no_word_is_lost_and_no_passage_too_long(text: str, size: int) -> None:
    pieces = cut(text, Cut(size=size, overlap=size // 3))
    for piece in pieces:
        assert piece.text.strip()
        assert "<<->>" not in piece.text
        assert 0 <= piece.start <= piece.end <= len(text)
    said = " ".join(f"{piece.path} {piece.text}" for piece in pieces)
    for word in ("аб1",):
        if word in text.replace("<<->>", " ").split() and "|" not in text and "#" not in text:
            assert word in said
