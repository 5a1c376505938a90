"""Periodicity and the months it is read from."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houses.bitrix.twin.seed.real_houses import REAL_HOUSES
from houses.models import OfficeSettings
from houses.schedule import (
    INDIVIDUAL,
    NOT_GIVEN,
    Slot,
    Wording,
    cleaning_dates,
    month_text,
    month_title,
    parse_month,
    periodicity,
    periodicity_month,
    periodicity_of,
    plural,
    shift_month,
)
from houses.tests.factories import make_house, make_slot
from vasdom.errors import InvalidInput

FOUR, TWO, SWEEP, FIRST = "4 раза", "2 раза", "2 раза + 2 подметания", "2 раза + 2 этажа"
# What each of the 23 real houses is to be called in September, October and November 2025.
EXPECTED = {
    13112: (INDIVIDUAL, FIRST, FIRST),
    13100: (FOUR, FOUR, FOUR),
    13098: (FOUR, FOUR, FOUR),
    13096: (FOUR, FOUR, FOUR),
    13094: (FOUR, FOUR, FOUR),
    13088: (FIRST, FIRST, FIRST),
    13086: (FIRST, FIRST, FIRST),
    13084: (FIRST, FIRST, FIRST),
    13064: (TWO, TWO, TWO),
    13058: (TWO, TWO, TWO),
    13056: (TWO, TWO, TWO),
    13046: (TWO, TWO, TWO),
    13044: (TWO, TWO, TWO),
    13042: (FOUR, FOUR, FOUR),
    13016: (FIRST, FIRST, FIRST),
    13014: (FIRST, FIRST, TWO),
    4766: (INDIVIDUAL, INDIVIDUAL, INDIVIDUAL),
    4764: (SWEEP, SWEEP, SWEEP),
    4762: (FIRST, FIRST, FIRST),
    4760: (FIRST, FIRST, FIRST),
    4758: (SWEEP, SWEEP, SWEEP),
    4756: (SWEEP, SWEEP, SWEEP),
    4752: (SWEEP, SWEEP, SWEEP),
}


def slots_of(text: str) -> list[Slot]:
    """«T1 16.09,29.09; T3 23.09» as slots of 2025."""
    slots = []
    for number, part in enumerate(text.split("; "), start=1):
        kind, _, days = part.partition(" ")
        iso = " ".join(f"2025-{day[3:]}-{day[:2]}" for day in days.split(","))
        slots.append(make_slot(iso, kind, number))
    return slots


@pytest.mark.parametrize("house", REAL_HOUSES, ids=lambda house: str(house.id))
def test_each_real_house_is_named_rightly_in_each_month(house) -> None:
    found = tuple(periodicity(slots_of(month), Wording.COUNTED) for month in house.schedule)
    assert found == EXPECTED[house.id]


def test_the_table_covers_all_23_houses() -> None:
    assert {house.id for house in REAL_HOUSES} == set(EXPECTED)


def test_the_office_may_keep_the_older_wording() -> None:
    slots = [make_slot("2026-11-05 2026-11-18"), make_slot("2026-11-11 2026-11-25", "T3", 2)]
    assert periodicity(slots, Wording.SEED) == "2 раза + первые этажи"
    assert OfficeSettings.Wording is Wording


@pytest.mark.parametrize(
    ("number", "phrase"),
    [(1, "1 раз"), (2, "2 раза"), (4, "4 раза"), (5, "5 раз"), (11, "11 раз"), (12, "12 раз"), (21, "21 раз"),
     (22, "22 раза"), (25, "25 раз")],
)  # fmt: skip
def test_full_cleanings_alone_are_counted_with_the_right_plural(number: int, phrase: str) -> None:
    days = tuple(date(2026, 10, day) for day in range(1, number + 1))
    assert periodicity([Slot(2026, 10, 1, "T1", "", days)], Wording.COUNTED) == phrase


@given(st.integers(min_value=1, max_value=31), st.integers(min_value=0, max_value=30))
def test_any_split_of_full_cleanings_over_two_slots_counts_the_same(number: int, cut: int) -> None:
    days = tuple(date(2026, 10, day) for day in range(1, number + 1))
    cut = min(cut, number)
    slots = [Slot(2026, 10, 1, "T1", "", days[:cut]), Slot(2026, 10, 2, "T1", "", days[cut:] + days[cut:])]
    assert periodicity(slots, Wording.COUNTED) == f"{number} {plural(number, 'раз', 'раза', 'раз')}"


@given(st.integers(min_value=1, max_value=31))
def test_the_plural_agrees_with_the_number(number: int) -> None:
    expected = "раза" if number in {2, 3, 4, 22, 23, 24} else "раз"
    assert plural(number, "раз", "раза", "раз") == expected


def test_a_date_twice_in_a_slot_counts_once_but_in_both_slots_twice() -> None:
    twice = make_slot("2026-11-05 2026-11-05")
    assert periodicity([twice], Wording.COUNTED) == "1 раз"
    assert periodicity([twice, make_slot("2026-11-05", slot=2)], Wording.COUNTED) == "2 раза"


@pytest.mark.parametrize("kinds", [("T2",), ("T3",), ("T1", "T2", "T3"), ("T1", ""), ("",)])
def test_every_other_mix_is_individual(kinds: tuple[str, ...]) -> None:
    slots = [make_slot("2026-11-05 2026-11-12", kind, number) for number, kind in enumerate(kinds, 1)]
    assert periodicity(slots, Wording.COUNTED) == INDIVIDUAL


def test_a_type_without_dates_says_nothing() -> None:
    assert periodicity([Slot(2026, 11, 1, "T1", "…", ())], Wording.COUNTED) == NOT_GIVEN
    assert periodicity([], Wording.COUNTED) == NOT_GIVEN
    slots = [make_slot("2026-11-05 2026-11-12"), Slot(2026, 11, 2, "T3", "…", ())]
    assert periodicity(slots, Wording.COUNTED) == "2 раза"


def test_periodicity_of_reads_one_month_only() -> None:
    slots = [make_slot("2026-10-05"), make_slot("2026-11-05 2026-11-12")]
    assert periodicity_of(slots, (2026, 11), Wording.COUNTED) == "2 раза"
    assert periodicity_of(slots, (2026, 12), Wording.COUNTED) == NOT_GIVEN
    assert periodicity_of(slots, None, Wording.COUNTED) == NOT_GIVEN


@pytest.mark.django_db
def test_a_house_gives_its_slots_back_as_they_were_stored() -> None:
    slots = (make_slot("2026-10-05"), make_slot("2026-11-05 2026-11-12", "", 2, "Мытьё окон"))
    house = make_house(schedule=[slot.to_json() for slot in slots])
    house.refresh_from_db()
    assert house.slots == slots
    assert periodicity_of(house, (2026, 10), Wording.COUNTED) == "1 раз"


class TestTheMonthShown:
    TODAY = date(2026, 11, 21)

    def test_is_the_wanted_one_even_when_empty(self) -> None:
        slots = [make_slot("2026-11-05")]
        assert periodicity_month(slots, wanted=(2026, 12), today=self.TODAY) == (2026, 12)
        assert periodicity_of(slots, (2026, 12), Wording.COUNTED) == NOT_GIVEN

    def test_is_the_current_one_when_filled(self) -> None:
        slots = [make_slot("2026-10-05"), make_slot("2026-11-05"), make_slot("2026-12-05")]
        assert periodicity_month(slots, wanted=None, today=self.TODAY) == (2026, 11)

    def test_is_the_nearest_filled_otherwise(self) -> None:
        slots = [make_slot("2026-08-05"), make_slot("2027-01-12")]
        assert periodicity_month(slots, wanted=None, today=self.TODAY) == (2027, 1)

    def test_is_the_earlier_of_two_equally_near(self) -> None:
        slots = [make_slot("2026-12-05"), make_slot("2026-10-05")]
        assert periodicity_month(slots, wanted=None, today=self.TODAY) == (2026, 10)

    def test_is_none_without_any_date(self) -> None:
        empty = [Slot(2026, 11, 1, "T1", "…", ())]
        assert periodicity_month(empty, wanted=None, today=self.TODAY) is None
        assert periodicity_month([], wanted=None, today=self.TODAY) is None

    def test_a_month_with_a_type_but_no_dates_is_not_filled(self) -> None:
        slots = [Slot(2026, 11, 1, "T1", "…", ()), make_slot("2026-09-05")]
        assert periodicity_month(slots, wanted=None, today=self.TODAY) == (2026, 9)


def test_cleaning_dates_name_month_year_and_slot() -> None:
    slots = [make_slot("2026-12-03", "T3", 2, "Влажная уборка 1 этажа"), make_slot("2026-11-05 2026-11-19")]
    assert cleaning_dates(slots) == {
        "november_2026_1": {"dates": ["2026-11-05", "2026-11-19"], "type": "Влажная уборка всех этажей"},
        "december_2026_2": {"dates": ["2026-12-03"], "type": "Влажная уборка 1 этажа"},
    }
    assert list(cleaning_dates(slots)) == ["november_2026_1", "december_2026_2"]


def test_a_slot_without_dates_and_text_is_left_out() -> None:
    assert cleaning_dates([Slot(2026, 11, 1, "", "", ())]) == {}
    assert cleaning_dates([Slot(2026, 11, 1, "T1", "…", ())]) == {"november_2026_1": {"dates": [], "type": "…"}}


@pytest.mark.parametrize(
    "text", ["", "2026", "2026-13", "2026-00", "0000-05", "2026-1", "11-2026", "2026-11-01", "٢٠٢٦-١١"]
)
def test_a_month_that_is_not_one_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_month(text, "act_month")
    assert refused.value.field == "act_month"


def test_months_are_read_shifted_and_named() -> None:
    assert parse_month(" 2026-11 ") == (2026, 11)
    assert month_text((2026, 3)) == "2026-03"
    assert month_title((2026, 11)) == "Ноябрь 2026"
    assert shift_month((2026, 11), 2) == (2027, 1)
    assert shift_month((2026, 1), -1) == (2025, 12)
