"""CRM values and labels as people typed them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from houses.bitrix import values
from houses.bitrix.labels import parse_label
from houses.bitrix.people import read_brigade


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Дата уборки 1 | Февраль 2025", ("dates", 2025, 2, 1)),
        ("Дата уборки 1| Сентябрь 2025", ("dates", 2025, 9, 1)),
        ("Дата уборки1| Май 2025", ("dates", 2025, 5, 1)),
        ("Дата уборки 2|Май 2025", ("dates", 2025, 5, 2)),
        ("Тип уборки 1 январь 2025", ("type", 2025, 1, 1)),
        ("Тип уборки 1| Ноябрь 2025 ", ("type", 2025, 11, 1)),
        ("  ДАТА  УБОРКИ 2 | марта 2031", ("dates", 2031, 3, 2)),
        ("Дата уборки | Март 2026", ("dates", 2026, 3, None)),
        ("Тип уборки 2 июль", ("type", None, 7, 2)),
    ],
)
def test_month_labels_are_read_however_they_are_typed(label: str, expected: tuple[object, ...]) -> None:
    found = parse_label(label)
    assert found is not None
    assert (found.kind, found.year, found.month, found.slot) == expected


@pytest.mark.parametrize(
    "label",
    ["Генеральная уборка", "Дата генеральной", "Дата собрания", "Дата уборки", "Дата уборки 1 | Май/Июнь 2025", ""],
)
def test_other_labels_are_no_month_fields(label: str) -> None:
    assert parse_label(label) is None


@pytest.mark.parametrize(
    ("raw", "number", "unreadable"),
    [
        ("119", 119, ""),
        (119, 119, ""),
        (119.0, 119, ""),
        ("1 190", 1190, ""),
        ("", None, ""),
        (None, None, ""),
        (False, None, ""),
        ("5-9", None, "5-9"),
        ("12.5", None, "12.5"),
        ("5 9", None, "5 9"),
        ("-3", None, "-3"),
        ("9" * 12, None, "9" * 12),
        (["4"], 4, ""),
    ],
)
def test_a_number_is_whole_or_kept_as_it_was_written(raw: object, number: int | None, unreadable: str) -> None:
    assert values.whole_number(raw) == (number, unreadable)


def test_dates_are_taken_as_written_whatever_their_offset() -> None:
    raw = ["2025-09-16T00:00:00+03:00", "2025-09-16T03:00:00+03:00", "2025-09-01T02:00:00+02:00", "oops", None]
    assert values.days(raw) == (date(2025, 9, 1), date(2025, 9, 16))
    assert values.days("16.09.2025, 29.09.2025") == (date(2025, 9, 16), date(2025, 9, 29))
    assert values.days(False) == values.days([]) == values.days(None) == ()


def test_money_is_exact_and_never_overflows_its_column() -> None:
    assert values.amount("20349.00", digits=12) == Decimal("20349.00")
    assert values.amount("12 300,50|RUB", digits=12) == Decimal("12300.50")
    assert values.amount("9" * 11, digits=12) is None
    assert values.amount("nan", digits=12) is None


def test_phones_become_e164_and_what_cannot_be_dialled_is_left_out() -> None:
    assert values.phones(["8 (000) 000-00-01, +7 000 000 00 02", "56-12", "нет", "+70000000001"]) == (
        "+70000000001",
        "+70000000002",
    )


def test_text_for_the_database_has_no_zero_characters_and_fits() -> None:
    assert values.text("а\x00б\n в", 3) == "аб"
    assert values.web_address("javascript:alert(1)", 500) == ""


@pytest.mark.parametrize(
    ("name", "surname", "expected"),
    [
        ("1 ", "бригада", ("1 бригада", 1)),
        ("4 бригада", "", ("4 бригада", 4)),
        ("Бригада мойки", None, ("Бригада мойки", None)),
    ],
)
def test_a_user_whose_name_says_so_is_a_brigade(
    name: str, surname: str | None, expected: tuple[str, int | None]
) -> None:
    found = read_brigade({"ID": "7", "NAME": name, "LAST_NAME": surname})
    assert found is not None
    assert (found.name, found.number) == expected


def test_a_person_is_no_brigade() -> None:
    assert read_brigade({"ID": "7", "NAME": "Имя", "LAST_NAME": "Фамилия"}) is None
