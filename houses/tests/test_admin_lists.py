"""The list of houses and of visits as the office uses it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from houses.admin.filters import FilterForm
from houses.admin.house_filters import HouseFilterForm
from houses.models import CleaningVisit, House, ScheduleField
from houses.tests.factories import make_brigade, make_company, make_house, make_slot, make_user, make_visit

pytestmark = pytest.mark.django_db
HOUSES = "/admin/houses/house/"
VISITS = "/admin/houses/cleaningvisit/"


@pytest.fixture
def manager() -> User:
    return make_user("Менеджер")


@pytest.fixture
def office(client: Client, manager: User) -> Client:
    client.force_login(manager)
    return client


def page(client: Client, address: str, **params: Any) -> str:
    answer = client.get(address, params)
    assert answer.status_code == 200, address
    return answer.content.decode()


def titles(client: Client, **params: Any) -> list[str]:
    answer = client.get(HOUSES, params)
    assert answer.status_code == 200
    return [house.title for house in answer.context["cl"].result_list]


def test_a_house_stands_in_the_list_with_what_the_office_needs(office: Client) -> None:
    today = timezone.localdate()
    slot = make_slot(f"{today:%Y-%m}-01 {today:%Y-%m}-15")
    house = make_house(
        title="Аллейная 6 п.1",
        brigade=make_brigade(4),
        company=make_company(title="ООО УК Новый город"),
        floors=None,
        schedule=[slot.to_json()],
    )
    make_visit(house, today + timedelta(days=3), cleaning_type="T3")
    text = page(office, HOUSES)
    for words in ("Аллейная 6 п.1", "ООО УК Новый город", "4 бригада", "2 раза", "1 этаж", "График", "Детали"):
        assert words in text
    assert f"{today + timedelta(days=3):%d.%m.%Y}" in text
    assert 'title="нет данных"' in text, "the number that the CRM did not give"
    assert "Bitrix24 недоступен" in text


def test_presets_set_dates_and_know_which_is_on() -> None:
    from django.http import QueryDict

    saturday = date(2026, 11, 21)
    form: FilterForm = HouseFilterForm(QueryDict("cleaning_date=2026-11-21&brigade=3&p=4"), user=User())
    today, tomorrow, week, month, reset = form.presets(saturday)
    assert today.is_active
    assert "cleaning_date=2026-11-22" in tomorrow.address
    assert "date_from=2026-11-16&date_to=2026-11-22" in week.address, "Monday to Sunday"
    assert "date_from=2026-11-01&date_to=2026-11-30" in month.address
    assert "brigade=3" in week.address
    assert "cleaning_date" not in week.address
    assert "p=4" not in week.address
    assert reset.address == "?"


def test_dates_brigade_company_stage_and_issue_narrow_the_list(office: Client) -> None:
    brigade, company = make_brigade(5), make_company(title="ООО «Уют»")
    chosen = make_house(title="Наш", brigade=brigade, company=company, issues=["no_elder"])
    make_visit(chosen, date(2026, 11, 5))
    make_visit(make_house(title="Чужой"), date(2026, 12, 5))
    assert titles(office, cleaning_date="2026-11-05") == ["Наш"]
    assert titles(office, date_from="2026-11-01", date_to="2026-11-30") == ["Наш"]
    assert titles(office, date_from="2026-12-01") == ["Чужой"], "one end of a range is honoured"
    assert titles(office, brigade=brigade.pk) == ["Наш"]
    assert titles(office, brigade="5 бриг") == ["Наш"]
    assert titles(office, brigade="none") == ["Чужой"]
    assert titles(office, company=company.pk) == ["Наш"]
    assert titles(office, company='ооо "уют"') == ["Наш"], "any case and quotes"
    assert titles(office, issue="no_elder") == ["Наш"]
    assert titles(office, stage="none") == []


def test_search_finds_by_address_best_first_then_by_company_and_number(office: Client) -> None:
    make_house(title="Кибальчича 30", address="улица Кибальчича, 30, Калуга")
    make_house(title="Кибальчича 3", address="улица Кибальчича, 3, Калуга", bitrix_id=77001)
    make_house(title="Ленина 1", address="улица Ленина, 1, Калуга", company=make_company(title="ТСЖ Кибальчича"))
    assert titles(office, q="кибальчича 3")[0] == "Кибальчича 3"
    assert "Ленина 1" in titles(office, q="ТСЖ Кибальчича")
    assert titles(office, q="77001") == ["Кибальчича 3"]


def test_archived_houses_are_hidden_until_asked_for(office: Client) -> None:
    make_house(title="Живой")
    make_house(title="Ушедший", archived_at=timezone.now())
    assert titles(office) == ["Живой"]
    assert titles(office, archived="1") == ["Ушедший"]
    assert len(titles(office, archived="all")) == 2


def test_pages_and_their_size_stay_in_the_address(office: Client) -> None:
    for number in range(23):
        make_house(title=f"Дом {number:02}", brigade=make_brigade(1))
    text = page(office, HOUSES, per_page=10, p=2, brigade=make_brigade(1).pk)
    assert "11–20 из 23" in text
    assert "per_page=10" in text
    assert "brigade=" in text
    assert len(titles(office, per_page=10, p=99)) == 3, "a page beyond the end is the last one"
    assert len(titles(office, per_page="все")) == 23, "an unknown size is the usual one"


@pytest.mark.parametrize(
    "params",
    [
        {"cleaning_date": "завтра"},
        {"date_from": "2026-12-01", "date_to": "2026-11-01"},
        {"issue": "нет такого"},
        {"brigade": "9" * 40},
        {"q": "\x00'\"%"},
        {"q": "9" * 400},
        {"p": "минус один", "per_page": "-5"},
        {"o": "99.-98"},
        {"archived": "2"},
    ],
)
def test_nonsense_in_the_address_is_answered_and_never_breaks_the_page(office: Client, params: dict[str, str]) -> None:
    make_house()
    assert office.get(HOUSES, params, follow=True).status_code == 200


def test_a_date_that_cannot_be_read_is_said_beside_its_field(office: Client) -> None:
    make_house()
    text = page(office, HOUSES, cleaning_date="завтра")
    assert "Нужна дата" in text
    assert "Дома не найдены" in text


def test_totals_leave_out_unknown_numbers_and_say_how_many(office: Client) -> None:
    make_house(apartments=100, entrances=2, floors=5)
    make_house(apartments=None, entrances=3, floors=9)
    text = page(office, HOUSES)
    assert "нет данных у 1" in text
    assert office.get(HOUSES).context["cl"].totals.entrances == 5


def test_the_list_takes_at_most_fifteen_queries_whatever_its_length(
    office: Client, manager: User, django_assert_max_num_queries: Any
) -> None:
    brigade, company = make_brigade(2), make_company()

    def fill(number: int) -> None:
        for _ in range(number):
            house = make_house(brigade=brigade, company=company, issues=["no_elder"])
            make_visit(house, timezone.localdate() + timedelta(days=1))

    def queries(**params: Any) -> int:
        from django.db import connection

        with CaptureQueriesContext(connection) as caught:
            page(office, HOUSES, per_page=100, **params)
        return len(caught)

    fill(3)
    page(office, HOUSES)
    few = queries()
    fill(40)
    assert queries() == few
    assert few <= 15
    assert queries(q="аллейная", brigade=brigade.pk, date_from="2020-01-01") <= 15


def test_conflicts_of_the_mapping_are_said_above_the_list(office: Client) -> None:
    ScheduleField.objects.create(
        field_name="UF_CRM_1", kind="dates", year=2025, month=8, slot=2, state=ScheduleField.State.CONFLICT
    )
    assert "Спорных полей графика в Bitrix24: 1" in page(office, HOUSES)


def test_a_login_without_a_role_sees_no_house_and_a_brigade_does_not_enter(client: Client) -> None:
    make_house(title="Тайный дом", brigade=make_brigade(1))
    client.force_login(make_user(None))
    assert client.get(HOUSES).status_code == 403
    client.force_login(make_user("Бригада", brigade=make_brigade(1)))
    assert client.get(HOUSES).status_code == 302


def test_the_viewer_sees_everything_and_changes_nothing(client: Client) -> None:
    house = make_house()
    visit = make_visit(house)
    client.force_login(make_user("Просмотр"))
    text = page(client, f"{VISITS}{visit.pk}/change/")
    assert "Отметить невыполненной" not in text
    answer = client.post(f"{VISITS}{visit.pk}/not-possible/", {"reason": "no_access"})
    assert answer.status_code == 403
    assert client.get(f"{HOUSES}add/").status_code == 403
    visit.refresh_from_db()
    assert visit.status == CleaningVisit.Status.PLANNED


def test_visits_open_on_today_and_count_by_state(office: Client) -> None:
    today = timezone.localdate()
    make_visit(make_house(title="Сегодняшний"), today, status="done")
    make_visit(make_house(title="Вчерашний"), today - timedelta(days=1))
    assert office.get(VISITS).headers["Location"] == f"?date={today.isoformat()}"
    text = page(office, VISITS, date=today.isoformat())
    assert "Сегодняшний" in text
    assert "Вчерашний" not in text
    missed = office.get(VISITS, {"q": "", "status": "missed"}).context["cl"]
    assert [visit.house.title for visit in missed.result_list] == ["Вчерашний"]
    assert {code: number for code, _, number, _, _ in missed.counts}["done"] == 1


def test_the_office_marks_a_visit_not_possible_and_takes_the_report_back(office: Client) -> None:
    visit = make_visit(make_house(brigade=make_brigade(3)))
    office.post(f"{VISITS}{visit.pk}/not-possible/", {"reason": "no_water", "comment": "Авария"})
    visit.refresh_from_db()
    assert (visit.status, visit.reason) == (CleaningVisit.Status.NOT_POSSIBLE, "no_water")
    office.post(f"{VISITS}{visit.pk}/reopen/")
    visit.refresh_from_db()
    assert visit.status == CleaningVisit.Status.PLANNED
    text = office.post(f"{VISITS}{visit.pk}/not-possible/", {"reason": "лень"}, follow=True).content.decode()
    assert "Укажите причину из списка" in text


def test_visits_are_searched_by_address_with_the_counts_above_them(office: Client) -> None:
    make_visit(make_house(title="Кибальчича 3"))
    make_visit(make_house(title="Ленина 1"))
    text = page(office, VISITS, q="кибальчича")
    assert "Кибальчича 3" in text
    assert "Ленина 1" not in text


def test_house_list_orders_by_every_column(office: Client) -> None:
    make_house(), make_house()
    for column in range(8):
        for sign in ("", "-"):
            assert office.get(HOUSES, {"o": f"{sign}{column}"}).status_code == 200
    assert House.objects.count() == 2
