"""The analytics page and its API: figures by brigade, company, month and day, each leading to its rows."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from houses import analytics
from houses.models import CleaningVisit, House, SyncRun
from houses.tests.factories import make_brigade, make_company, make_house, make_user, make_visit
from vasdom.overview.analytics import Analytics

pytestmark = pytest.mark.django_db
Status = CleaningVisit.Status
TODAY = date(2026, 6, 15)
JUNE = (2026, 6)


@pytest.fixture(autouse=True)
def _no_cache() -> None:
    cache.clear()


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user("Директор"))
    return client


def board(client: Client, query: str = "") -> Analytics:
    page = client.get(f"/admin/analytics/{query}")
    assert page.status_code == 200
    found: Analytics = page.context["board"]
    return found


def rows_behind(client: Client, link: str) -> int:
    page = client.get(link)
    assert page.status_code == 200, link
    return int(page.context["cl"].result_count)


def houses() -> analytics.Houses:
    return House.objects.active()


def visits() -> analytics.Visits:
    return CleaningVisit.objects.all()


# --- sums


def test_a_visit_counts_for_who_reported_it_and_before_that_for_the_houses_brigade() -> None:
    own, helper = make_brigade(1), make_brigade(2)
    house = make_house(brigade=own)
    make_visit(house, day=date(2026, 6, 1), status=Status.DONE, brigade=helper)
    make_visit(house, day=date(2026, 6, 20))
    rows = {row.number: row for row in analytics.breakdown(houses(), visits(), "brigade", JUNE, TODAY)}
    assert (rows[1].houses, rows[1].work.ahead, rows[1].work.done) == (1, 1, 0)
    assert (rows[2].houses, rows[2].work.done) == (0, 1)
    assert rows[2].scheduled_share is None


def test_missed_is_planned_and_past_and_everything_adds_up() -> None:
    house = make_house(brigade=make_brigade(1))
    for day, status in ((10, Status.PLANNED), (15, Status.PLANNED), (11, Status.DONE), (12, Status.IN_PROGRESS)):
        make_visit(house, day=date(2026, 6, day), status=status)
    make_visit(house, day=date(2026, 6, 13), status=Status.NOT_POSSIBLE, reason="repair")
    make_visit(house, day=date(2026, 7, 1))
    work = analytics.breakdown(houses(), visits(), "brigade", JUNE, TODAY)[0].work
    assert (work.ahead, work.in_progress, work.done, work.missed, work.not_possible) == (1, 1, 1, 1, 1)
    assert work.total == 5
    assert work.done_share == pytest.approx(1 / 3)


def test_planned_visits_of_archived_houses_are_left_out_and_done_ones_stay() -> None:
    gone = make_house(brigade=make_brigade(1), archived_at=timezone.now())
    make_visit(gone, day=date(2026, 6, 20))
    make_visit(gone, day=date(2026, 6, 2), status=Status.DONE)
    row = analytics.breakdown(houses(), visits(), "brigade", JUNE, TODAY)[0]
    assert (row.houses, row.work.total, row.work.done) == (0, 1, 1)


def test_numbers_nobody_knows_are_none_and_the_missing_are_counted() -> None:
    make_house(apartments=None, floors=5)
    make_house(apartments=None, floors=None)
    row = analytics.breakdown(houses(), visits(), "company", JUNE, TODAY)[0]
    assert (row.id, row.title) == (None, "УК не указана")
    assert (row.apartments.value, row.apartments.unknown) == (None, 2)
    assert (row.floors.value, row.floors.unknown) == (5, 1)


def test_the_share_with_a_schedule_is_of_houses_with_a_crm_date_in_the_month() -> None:
    company = make_company()
    planned = make_house(company=company)
    make_house(company=company)
    make_visit(planned, day=date(2026, 6, 1))
    make_visit(planned, day=date(2026, 6, 8), slot=2)
    make_visit(make_house(company=company), day=date(2026, 5, 1))
    row = analytics.breakdown(houses(), visits(), "company", JUNE, TODAY)[0]
    assert (row.scheduled, row.houses) == (1, 3)
    assert row.scheduled_share == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("month", "by", "there"), [((2026, 1), -1, (2025, 12)), ((2026, 12), 1, (2027, 1)), ((2026, 6), -18, (2024, 12))]
)
def test_months_step_over_the_new_year(month: analytics.Month, by: int, there: analytics.Month) -> None:
    assert analytics.month_shift(month, by) == there


def test_the_bounds_of_february_and_december() -> None:
    assert analytics.month_bounds((2028, 2)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert analytics.month_bounds((2026, 12)) == (date(2026, 12, 1), date(2026, 12, 31))


# --- the page


def test_every_figure_of_a_row_opens_exactly_its_rows(office: Client) -> None:
    today = timezone.localdate()
    brigade, company = make_brigade(1), make_company()
    house = make_house(brigade=brigade, company=company)
    make_house(brigade=brigade, company=company)
    first = today.replace(day=1)
    for number, status in enumerate((Status.PLANNED, Status.DONE, Status.DONE, Status.IN_PROGRESS)):
        make_visit(house, day=today, status=status, slot=number)
    if today > first:
        make_visit(house, day=first, slot=30)
    shown = board(office)
    for line in (shown.brigades[0], shown.companies[0]):
        assert rows_behind(office, line.houses) == line.row.houses == 2
        assert rows_behind(office, line.scheduled) == line.row.scheduled == 1
        for kind, link in line.visits.items():
            assert rows_behind(office, link) == getattr(line.row.work, kind), kind
    for tile in shown.tiles:
        rows = rows_behind(office, tile.link)
        assert rows == (1 if tile.is_share else tile.value), tile.title


def test_rows_without_a_brigade_or_company_open_too(office: Client) -> None:
    make_visit(make_house())
    shown = board(office)
    for line in (shown.brigades[0], shown.companies[0]):
        assert line.row.id is None
        assert rows_behind(office, line.houses) == 1
        assert rows_behind(office, line.visits["total"]) == 1


def test_the_calendar_has_whole_weeks_with_brigades_types_and_links(office: Client) -> None:
    one = make_house(brigade=make_brigade(1))
    make_visit(one, day=date(2026, 11, 5), cleaning_type="T1")
    make_visit(one, day=date(2026, 11, 5), cleaning_type="", slot=2)
    make_visit(make_house(brigade=make_brigade(2)), day=date(2026, 11, 5), cleaning_type="T2")
    calendar = board(office, "?month=2026-11").calendar
    assert len(calendar.days) == 42
    assert calendar.days[0].day == date(2026, 10, 26)
    fifth = next(day for day in calendar.days if day.day == date(2026, 11, 5))
    assert [(chip.short, chip.count) for chip in fifth.chips] == [("1", 2), ("2", 1)]
    assert [(kind.code, kind.count) for kind in fifth.types] == [("T1", 1), ("T2", 1), ("T0", 1)]
    assert sum(kind.length for kind in fifth.types) == pytest.approx(100, abs=0.1)
    assert rows_behind(office, fifth.link) == 3
    assert rows_behind(office, fifth.chips[0].link) == 2
    assert all(day.outside == (day.day.month != 11) for day in calendar.days)


def test_the_month_and_the_filters_stand_in_the_address(office: Client) -> None:
    brigade = make_brigade(3)
    shown = board(office, f"?month=2026-01&brigade={brigade.pk}")
    assert shown.title == "Январь 2026"
    assert shown.previous == f"?brigade={brigade.pk}&month=2025-12"
    assert shown.following == f"?brigade={brigade.pk}&month=2026-02"
    assert shown.current == f"?brigade={brigade.pk}"


@pytest.mark.parametrize("query", ["?month=2026-13", "?month=0001-01", "?month=9999-12", "?month=%00", "?brigade=x"])
def test_what_cannot_be_read_is_said(office: Client, query: str) -> None:
    page = office.get(f"/admin/analytics/{query}")
    assert page.status_code == 200
    assert 'role="alert"' in page.content.decode()


def test_an_empty_month_says_so(office: Client) -> None:
    text = office.get("/admin/analytics/").content.decode()
    assert "Нет данных" in text
    assert "В этом месяце уборок нет" in text


def test_the_page_asks_a_constant_number_of_questions(office: Client, django_assert_max_num_queries: Any) -> None:
    def fill(count: int) -> None:
        for number in range(count):
            make_visit(make_house(brigade=make_brigade(number % 7 + 1), company=make_company()))

    fill(2)
    with django_assert_max_num_queries(40) as few:
        office.get("/admin/analytics/")
    fill(20)
    cache.clear()
    with django_assert_max_num_queries(len(few)):
        office.get("/admin/analytics/")


# --- the API


def test_the_api_gives_the_month_by_brigade_and_company(office: Client) -> None:
    company = make_company(title="ООО «Пример»")
    house = make_house(brigade=make_brigade(1), company=company, apartments=None)
    make_visit(house, day=date(2026, 6, 1), status=Status.DONE)
    make_visit(house, day=date(2026, 6, 8))
    body = office.get("/api/analytics?month=2026-06").json()
    assert body["month"] == "2026-06"
    assert body["overview"]["total_houses"] == 1
    assert body["overview"]["total_apartments"] is None
    assert body["overview"]["coverage_rate"] == 100.0
    brigade = body["brigades"][0]
    assert (brigade["name"], brigade["number"], brigade["houses"]) == ("1 бригада", 1, 1)
    assert brigade["unknown"] == {"apartments": 1, "entrances": 0, "floors": 0}
    assert brigade["visits"]["done"] == 1
    assert brigade["visits"]["missed"] == 1
    assert brigade["visits"]["done_rate"] == 50.0
    assert body["companies"][0]["name"] == "ООО «Пример»"
    assert [month["month"] for month in body["months"]][-2:] == ["2026-06", "2026-07"]
    assert body["stale"] is True
    assert body["data_as_of"] is None


def test_rates_of_nothing_are_null(office: Client) -> None:
    overview = office.get("/api/analytics?month=2026-06").json()["overview"]
    assert overview["coverage_rate"] is None
    assert overview["avg_events_per_house"] is None
    assert overview["visits"]["done_rate"] is None


def test_the_calendar_gives_events_with_sums(office: Client) -> None:
    house = make_house(brigade=make_brigade(4), bitrix_id=13112, title="Аллейная 6")
    visit = make_visit(house, day=date(2026, 6, 1), cleaning_type="T3")
    make_visit(house, day=date(2026, 6, 2), cleaning_type="", status=Status.DONE)
    SyncRun.objects.create(kind="full", state="done", finished_at=timezone.now(), data_as_of=timezone.now())
    body = office.get("/api/calendar?month=2026-06").json()
    first, second = body["events"]
    assert first["id"] == f"13112_20260601_{visit.pk}"
    assert first["title"] == "Уборка: Аллейная 6"
    assert (first["date"], first["month"], first["deal_id"]) == ("2026-06-01", "2026-06", 13112)
    assert (first["brigade"], first["cleaning_type"], first["status"]) == ("4 бригада", "T3", "missed")
    assert (second["type"], second["status"]) == (None, "done")
    assert body["monthly_summary"] == {
        "2026-06": {"total_events": 2, "brigades": {"4 бригада": 2}, "types": {"T3": 1, "unknown": 1}}
    }
    assert body["brigade_calendar"] == {"4 бригада": {"2026-06-01": 1, "2026-06-02": 1}}
    assert (body["date_from"], body["date_to"], body["total"]) == ("2026-06-01", "2026-06-30", 2)
    assert body["stale"] is False


def test_sums_are_of_the_whole_choice_and_events_come_in_pages(office: Client) -> None:
    house = make_house()
    for day in range(1, 6):
        make_visit(house, day=date(2026, 6, day))
    body = office.get("/api/calendar?month=2026-06&limit=2&page=3").json()
    assert [event["date"] for event in body["events"]] == ["2026-06-05"]
    assert (body["total"], body["pages"]) == (5, 3)
    assert body["monthly_summary"]["2026-06"]["total_events"] == 5
    assert office.get("/api/calendar?month=2026-06&limit=2&page=9").json()["events"] == []


def test_one_end_of_a_range_is_honoured(office: Client) -> None:
    house = make_house()
    for day in (date(2026, 6, 1), date(2026, 6, 30)):
        make_visit(house, day=day)
    later = office.get("/api/calendar?date_from=2026-06-15").json()
    earlier = office.get("/api/calendar?date_to=2026-06-15").json()
    assert [event["date"] for event in later["events"]] == ["2026-06-30"]
    assert [event["date"] for event in earlier["events"]] == ["2026-06-01"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("calendar?month=2026-6", "month"),
        ("calendar?month=0001-01", "month"),
        ("calendar?date_from=x", "date_from"),
        ("calendar?date_from=9999-12-31", "date_from"),
        ("calendar?date_to=0001-01-01", "date_to"),
        ("calendar?date_from=2026-02-01&date_to=2026-01-01", "date_from"),
        ("calendar?date_from=2020-01-01&date_to=2026-01-01", "date_to"),
        ("calendar?month=2026-06&date_from=2026-06-01", "month"),
        ("calendar?limit=0", "limit"),
        ("calendar?limit=10001", "limit"),
        ("calendar?page=-1", "page"),
        ("calendar?brigade=%00", "brigade"),
        ("analytics?month=2026-00", "month"),
        ("analytics?month=2101-01", "month"),
        ("analytics?management_company=" + "x" * 500, "management_company"),
    ],
)
def test_bad_input_is_400_with_the_field(office: Client, query: str, field: str) -> None:
    answer = office.get(f"/api/{query}")
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field


def test_a_brigade_sees_only_its_own_whatever_it_asks_for(client: Client) -> None:
    mine, other = make_brigade(1), make_brigade(2)
    day = date(2026, 6, 1)
    make_visit(make_house(brigade=mine), day=day)
    make_visit(make_house(brigade=other), day=day)
    client.force_login(make_user("Бригада", mine))
    body = client.get("/api/analytics?month=2026-06").json()
    assert [row["name"] for row in body["brigades"]] == ["1 бригада"]
    assert body["overview"]["total_houses"] == 1
    assert [event["brigade"] for event in client.get("/api/calendar?month=2026-06").json()["events"]] == ["1 бригада"]
    for query in ("brigade=2", "brigade=%D0%B1%D1%80%D0%B8%D0%B3%D0%B0%D0%B4%D0%B0"):
        events = client.get(f"/api/calendar?month=2026-06&{query}").json()["events"]
        assert {event["brigade"] for event in events} <= {"1 бригада"}
    assert client.get("/api/analytics?month=2026-06&brigade=2").json()["overview"]["total_houses"] == 0


@pytest.mark.parametrize("address", ["/api/analytics", "/api/calendar"])
def test_without_signing_in_the_answer_is_401(client: Client, address: str) -> None:
    assert client.get(address).status_code == 401


def test_the_api_is_described(client: Client) -> None:
    text = client.get("/api/schema/?format=json").json()
    assert {"/api/analytics", "/api/calendar"} <= set(text["paths"])


def test_filters_of_the_api_take_numbers_and_parts_of_names(office: Client) -> None:
    make_visit(make_house(brigade=make_brigade(1), company=make_company(title="ООО «Уют»")), day=date(2026, 6, 1))
    make_visit(make_house(brigade=make_brigade(2)), day=date(2026, 6, 1) + timedelta(days=1))
    for query in ("brigade=1", "management_company=%D1%83%D1%8E%D1%82"):
        body = office.get(f"/api/calendar?month=2026-06&{query}").json()
        assert body["total"] == 1, query
        assert body["events"][0]["brigade"] == "1 бригада"
