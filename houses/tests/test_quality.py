"""What is missing or doubtful in a house's data."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from houses.bitrix.twin.seed.real_houses import REAL_HOUSES
from houses.models import House
from houses.quality import Issue, issues_of, missing_labels, tariff_fits
from houses.tests.factories import make_brigade, make_company, make_contact, make_house, make_slot
from houses.tests.test_schedule import slots_of

TODAY = date(2026, 11, 21)


def whole_house(**values: Any) -> House:
    """A house that lacks nothing."""
    defaults: dict[str, Any] = {
        "company": make_company(),
        "brigade": make_brigade(),
        "contact": make_contact("+70000000001"),
        "latitude": 54.5,
        "longitude": 36.3,
        "tariff": "4 // 110",
        "schedule": [make_slot("2026-11-05 2026-11-19").to_json()],
    }
    return make_house(**defaults | values)


@pytest.mark.django_db
def test_a_whole_house_has_no_issues() -> None:
    house = whole_house()
    assert issues_of(house, today=TODAY) == []
    assert missing_labels(house) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "issue"),
    [
        ({"address": "Мира, 1"}, Issue.NO_ADDRESS),
        ({"company": None}, Issue.NO_COMPANY),
        ({"brigade": None}, Issue.NO_BRIGADE),
        ({"entrances": None}, Issue.NO_ENTRANCES),
        ({"floors": None}, Issue.NO_FLOORS),
        ({"apartments": 0}, Issue.NO_APARTMENTS),
        ({"schedule": []}, Issue.NO_SCHEDULE),
        ({"unparsed": {"floors": "5-9"}}, Issue.NOT_A_NUMBER),
        ({"latitude": None, "longitude": None}, Issue.NO_LOCATION),
        ({"latitude": None, "unparsed": {"coordinates": "1;2"}}, Issue.IMPLAUSIBLE_LOCATION),
        ({"schedule": [make_slot("2026-11-05", "", wording="Мытьё окон").to_json()], "tariff": ""}, Issue.UNKNOWN_TYPE),
        ({"tariff": "3 // 125"}, Issue.TARIFF_MISMATCH),
    ],
)
def test_each_fault_has_its_code(values: dict[str, Any], issue: Issue) -> None:
    assert issues_of(whole_house(**values), today=TODAY) == [issue.value]


@pytest.mark.django_db
def test_a_house_in_another_country_has_an_implausible_location() -> None:
    house = whole_house(address="Свободы улица, 36, Костанай, Костанайская область, Казахстан", latitude=None)
    assert issues_of(house, today=TODAY) == [Issue.IMPLAUSIBLE_LOCATION]


@pytest.mark.django_db
def test_the_elders_phone_is_missed_with_the_elder_and_by_itself() -> None:
    assert issues_of(whole_house(contact=None), today=TODAY) == [Issue.NO_ELDER, Issue.NO_ELDER_PHONE]
    assert issues_of(whole_house(contact=make_contact()), today=TODAY) == [Issue.NO_ELDER_PHONE]
    assert issues_of(whole_house(contact=make_contact()), phones=["+70000000001"], today=TODAY) == []
    nameless = make_contact("+70000000001", name="", last_name="")
    assert issues_of(whole_house(contact=nameless), today=TODAY) == [Issue.NO_ELDER]


@pytest.mark.django_db
def test_the_report_names_what_is_missing_in_its_order() -> None:
    house = make_house(address="", company=None, apartments=None, entrances=None, floors=None)
    assert missing_labels(house) == [
        "Адрес", "УК", "Бригада", "Подъезды", "Этажи", "Квартиры", "График уборки", "Старший (ФИО)",
        "Старший (телефон)",
    ]  # fmt: skip


@pytest.mark.django_db
def test_issues_of_many_houses_need_no_further_queries(django_assert_num_queries: Any) -> None:
    for _ in range(3):
        whole_house()
    with django_assert_num_queries(2):
        houses = House.objects.select_related("contact").prefetch_related("contact__phones")
        assert [issues_of(house, today=TODAY) for house in houses] == [[], [], []]


def test_every_issue_has_a_russian_label() -> None:
    assert all(issue.label and issue.label[0].isupper() for issue in Issue)


@pytest.mark.parametrize("house", REAL_HOUSES, ids=lambda house: str(house.id))
def test_the_tariffs_of_the_real_houses_fit_their_october_but_for_one(house: Any) -> None:
    fits = tariff_fits(house.tariff, slots_of(house.schedule[1]), date(2025, 10, 15))
    assert fits == (house.id != 13014)


@pytest.mark.parametrize("tariff", ["", "договор", "9 // 100", "35", "четыре", "12 // 5"])
def test_an_unknown_tariff_blames_nobody(tariff: str) -> None:
    assert tariff_fits(tariff, [make_slot("2026-11-05")], TODAY)


def test_the_tariff_is_judged_on_the_month_shown() -> None:
    slots = [make_slot("2026-10-05 2026-10-19"), make_slot("2026-11-05 2026-11-19 2026-11-26")]
    assert not tariff_fits("4 // 110", slots, TODAY)
    assert tariff_fits("4", slots, date(2026, 10, 3))
    assert tariff_fits("4 // 110", [], TODAY)
