"""Numbers in words and counts in free text."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houses.numerals import CARDINALS, parse_number, read_number, whole_number

NOMINATIVE = {value: word for word, value in reversed(CARDINALS.items())}


def in_words(number: int) -> str:
    hundreds, rest = number // 100 * 100, number % 100
    parts = [hundreds] if hundreds else []
    parts += [rest] if 0 < rest < 20 else [part for part in (rest // 10 * 10, rest % 10) if part]
    return " ".join(NOMINATIVE[part] for part in parts)


@given(st.integers(min_value=1, max_value=999))
def test_every_number_from_1_to_999_is_read_from_its_words(number: int) -> None:
    assert parse_number(in_words(number)) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("одиннадцать", 11), ("сорок один", 41), ("сто двадцать три", 123), ("сорока одного", 41), ("двумя", 2),
        ("трёх", 3), ("двухсот пяти", 205), ("третий", 3), ("двадцать первый", 21), ("пятого", 5), ("сороковой", 40),
    ],
)  # fmt: skip
def test_cases_and_ordinals_are_read(text: str, number: int) -> None:
    assert parse_number(text) == number


@pytest.mark.parametrize("text", ["", "дом", "три дома", "двадцать двенадцать", "три два", "ноль", "5"])
def test_what_is_not_one_number_in_words_is_none(text: str) -> None:
    assert parse_number(text) is None


def test_a_number_ends_where_it_cannot_go_on() -> None:
    assert read_number(["три", "два"]) == (3, 1, False)
    assert read_number(["сто", "пятый", "дом"]) == (105, 2, True)
    assert read_number(["дом", "пять"], 1) == (5, 1, False)
    assert read_number(["дом"]) is None


@pytest.mark.parametrize(
    ("raw", "number"),
    [(5, 5), ("5", 5), (" 12 ", 12), ("05", 5), (12.0, 12), (Decimal("7.00"), 7), (0, 0), ("32767000", 32_767_000)],
)
def test_a_whole_number_is_taken(raw: Any, number: int) -> None:
    assert whole_number(raw) == (number, None)


@pytest.mark.parametrize("raw", [None, "", "  ", False, []])
def test_nothing_written_is_nothing_and_no_fault(raw: Any) -> None:
    assert whole_number(raw) == (None, None)


@pytest.mark.parametrize(
    "raw",
    ["5-9", "12.5", "12.0", "-3", "+5", "пять", "1e3", "٥", "32767001", "9" * 30, 12.5, -1, float("nan"),
     float("inf"), True, Decimal("1.5"), Decimal("NaN"), ["5"], {"a": 1}, "5 эт."],
)  # fmt: skip
def test_anything_else_is_kept_as_written_and_flagged(raw: Any) -> None:
    number, written = whole_number(raw)
    assert number is None
    assert written == str(raw).strip()


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.lists(st.text())))
def test_no_value_makes_it_fail(raw: Any) -> None:
    number, _ = whole_number(raw)
    assert number is None or 0 <= number <= 32_767_000
