"""Questions about many houses and visits."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from houses.models import CleaningVisit, House
from houses.querysets import Totals, VisitCounts
from houses.tests.factories import make_brigade, make_company, make_house, make_visit

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 21)


def titles(houses: Any) -> list[str]:
    return sorted(house.title for house in houses)


class TestDates:
    @pytest.fixture(autouse=True)
    def _houses(self) -> None:
        for title, *days in (("А", 5, 19), ("Б", 12), ("В",)):
            house = make_house(title=title)
            for day in days:
                make_visit(house, date(2026, 11, day))

    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (5, 5, ["А"]),
            (5, 12, ["А", "Б"]),
            (6, 11, []),
            (13, None, ["А"]),
            (None, 12, ["А", "Б"]),
            (None, 4, []),
            (None, None, ["А", "Б"]),
        ],
    )
    def test_a_range_takes_houses_with_a_date_inside_each_once(
        self, start: int | None, end: int | None, expected: list[str]
    ) -> None:
        found = House.objects.on_dates(date(2026, 11, start) if start else None, date(2026, 11, end) if end else None)
        assert titles(found) == expected

    def test_the_crms_date_rules_even_when_the_visit_was_another_day(self) -> None:
        visit = CleaningVisit.objects.get(crm_date=date(2026, 11, 12))
        visit.date = date(2026, 11, 14)
        visit.save()
        assert titles(House.objects.on_dates(date(2026, 11, 12), date(2026, 11, 12))) == ["Б"]
        assert titles(House.objects.on_dates(date(2026, 11, 14), date(2026, 11, 14))) == []

    def test_a_visit_the_crm_dropped_no_longer_counts(self) -> None:
        CleaningVisit.objects.filter(house__title="Б").update(crm_date=None)
        assert titles(House.objects.on_dates(None, None)) == ["А"]


def test_a_brigade_is_asked_for_by_number_or_part_of_its_name() -> None:
    make_house(title="1", brigade=make_brigade(1))
    make_house(title="10", brigade=make_brigade(10))
    make_house(title="нет", brigade=None)
    for value, expected in [
        ("1", ["1"]), (" 10 ", ["10"]), ("7", []), ("1 бригада", ["1"]), ("БРИГАДА", ["1", "10"]),
        ("Бригада не назначена", ["нет"]), ("99999999999999999999", []), ("²", []), ("%", []),
        ("\x00", ["1", "10", "нет"]),
    ]:  # fmt: skip
        assert titles(House.objects.for_brigade_text(value)) == sorted(expected), value


def test_a_company_is_asked_for_by_part_in_any_case_and_quotes() -> None:
    make_house(title="рэу", company=make_company(title='ООО "ЖИЛИЩНОЕ РЭУ №16"'))
    make_house(title="мжд", company=make_company(title="ООО «УК МЖД Московского округа г.Калуги»"))
    make_house(title="нет", company=None)
    for value, expected in [
        ("ООО «Жилищное РЭУ №16»", ["рэу"]), ("жилищное", ["рэу"]), ("ооо", ["мжд", "рэу"]),
        ('ук "мжд"', ["мжд"]), ("%", []), ("_", []), ("Альфа", []), ("\x00", ["мжд", "нет", "рэу"]),
    ]:  # fmt: skip
        assert titles(House.objects.for_company_text(value)) == sorted(expected), value


def test_yo_and_ye_are_one_letter_in_companies() -> None:
    make_house(title="дом", company=make_company(title="УК Счётная"))
    assert titles(House.objects.for_company_text("счетная")) == ["дом"]


def test_a_renamed_company_is_found_by_its_new_name() -> None:
    company = make_company(title="УК Старая")
    make_house(title="дом", company=company)
    company.title = "УК «Новая»"
    company.save()
    assert titles(House.objects.for_company_text("ук новая")) == ["дом"]


def test_the_next_visit_is_the_nearest_that_is_not_over() -> None:
    house = make_house()
    make_visit(house, TODAY - timedelta(days=1))
    make_visit(house, TODAY, status="done")
    make_visit(house, TODAY + timedelta(days=9))
    make_visit(house, TODAY + timedelta(days=3))
    assert House.objects.with_next_visit(TODAY).get().next_visit == TODAY + timedelta(days=3)
    make_visit(house, TODAY, slot=2, status="in_progress")
    assert House.objects.with_next_visit(TODAY).get().next_visit == TODAY
    make_house(title="без дат")
    assert House.objects.with_next_visit(TODAY).get(title="без дат").next_visit is None


class TestTotals:
    def test_a_missing_number_is_left_out_and_counted(self) -> None:
        make_house(apartments=60, entrances=4, floors=5)
        make_house(apartments=None, entrances=2, floors=9)
        assert House.objects.totals() == Totals(2, 60, 6, 14, 1, 0, 0)

    def test_nothing_known_is_none_and_no_houses_are_zero(self) -> None:
        assert House.objects.totals() == Totals(0, 0, 0, 0, 0, 0, 0)
        make_house(apartments=None, entrances=None, floors=None)
        assert House.objects.totals() == Totals(1, None, None, None, 1, 1, 1)

    def test_a_house_counts_once_whatever_its_filters_join(self) -> None:
        house = make_house(apartments=60)
        for day in (1, 2, 3):
            make_visit(house, date(2026, 11, day))
        joined = House.objects.filter(visits__date__gte=date(2026, 11, 1))
        assert joined.count() == 3
        assert (joined.totals().houses, joined.totals().apartments) == (1, 60)


def test_archived_houses_are_not_active() -> None:
    make_house(title="есть")
    make_house(title="был", archived_at=timezone.now())
    assert titles(House.objects.active()) == ["есть"]


def test_visits_are_counted_by_state_and_missed_ones_are_past_and_planned() -> None:
    make_visit(day=TODAY)
    make_visit(day=TODAY, status="done")
    make_visit(day=TODAY, status="done")
    make_visit(day=TODAY, status="not_possible", reason="no_access")
    missed = make_visit(day=TODAY - timedelta(days=1))
    make_visit(day=TODAY - timedelta(days=1), status="done")
    assert CleaningVisit.objects.counts(TODAY) == VisitCounts(planned=1, in_progress=0, done=2, not_possible=1)
    assert CleaningVisit.objects.on(TODAY).count() == 4
    assert list(CleaningVisit.objects.missed(TODAY)) == [missed]


def test_houses_are_listed_by_street_and_number_as_a_number() -> None:
    for number in ("10", "9", "9 к2", "2"):
        make_house(title=number, address=f"улица Мира, {number}, Калуга")
    assert [house.title for house in House.objects.all()] == ["2", "9", "9 к2", "10"]


def test_bulk_writes_keep_the_search_keys() -> None:
    stored = House.objects.bulk_create(
        [House(bitrix_id=1, title="Мира 5", address="улица Мира, 5", synced_at=timezone.now())]
    )
    assert [house.bitrix_id for house in House.objects.by_address("мира пять")] == [1]
    again = House(bitrix_id=1, title="Мира 6", address="улица Мира, 6", synced_at=timezone.now())
    House.objects.bulk_create(
        [again], update_conflicts=True, unique_fields=["bitrix_id"], update_fields=["title", "address"]
    )
    assert House.objects.by_address("мира 5") == []
    assert House.objects.by_address("мира 6") == stored
