"""The dashboard shows real figures, each leading to its rows."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from houses.models import CleaningVisit, Employee, House, ScheduleField, Stage, SyncRun
from houses.tests.factories import make_brigade, make_company, make_house, make_user, make_visit
from vasdom.overview.bars import MONTHS_SHORT
from vasdom.overview.dashboard import Dashboard
from vasdom.overview.filters import week_of
from vasdom.tests.servers import closed_port, silent

pytestmark = pytest.mark.django_db
Status = CleaningVisit.Status


@pytest.fixture
def office(client: Client) -> Client:
    cache.clear()
    client.force_login(make_user("Директор"))
    return client


def board(client: Client, query: str = "") -> Dashboard:
    page = client.get(f"/admin/{query}")
    assert page.status_code == 200
    found: Dashboard = page.context["board"]
    return found


def tile(shown: Dashboard, title: str) -> Any:
    return next(tile for tile in shown.tiles if tile.title == title)


def rows_behind(client: Client, link: str) -> int:
    """How many rows the admin list at this address has."""
    page = client.get(link)
    assert page.status_code == 200, link
    return int(page.context["cl"].result_count)


def test_totals_are_sums_and_what_is_missing_is_told_not_counted_as_zero(office: Client) -> None:
    make_house(apartments=100, entrances=4, floors=9)
    make_house(apartments=None, entrances=2, floors=5, issues=["no_apartments"])
    shown = board(office)
    assert tile(shown, "Домов").value == 2
    assert (tile(shown, "Квартир").value, tile(shown, "Квартир").unknown) == (100, 1)
    assert tile(shown, "Подъездов").value == 6
    assert tile(shown, "Этажей").value == 14
    assert "у 1 дома нет данных" in office.get("/admin/").content.decode()
    assert rows_behind(office, tile(shown, "Квартир").unknown_link) == 1


def test_a_sum_nobody_has_a_number_for_is_no_data(office: Client) -> None:
    make_house(apartments=None)
    assert tile(board(office), "Квартир").value is None
    assert "нет данных" in office.get("/admin/").content.decode()


def test_archived_houses_are_left_out(office: Client) -> None:
    make_house()
    make_house(archived_at=timezone.now())
    assert tile(board(office), "Домов").value == 1


def test_brigades_and_employees_are_counted_not_constants(office: Client) -> None:
    make_brigade(1)
    make_brigade(2, is_active=False)
    brigade = make_brigade(3)
    make_user("Бригада", brigade)
    Employee.objects.filter(pk=make_user("Бригада", brigade).employee.pk).update(is_active=False)
    shown = board(office)
    assert tile(shown, "Активных бригад").value == 2
    assert tile(shown, "Сотрудников").value == 1


def test_today_counts_by_state_and_every_figure_opens_exactly_its_rows(office: Client) -> None:
    house = make_house()
    states = [Status.PLANNED] * 3 + [Status.IN_PROGRESS] * 2 + [Status.DONE] * 4
    for number, status in enumerate(states):
        make_visit(house, status=status, slot=number + 1)
    make_visit(house, status=Status.NOT_POSSIBLE, reason="no_access", slot=20)
    make_visit(house, day=timezone.localdate() - timedelta(days=1), slot=21)
    shown = board(office).today
    assert {figure.kind: figure.value for figure in shown.figures} == {
        "ahead": 3,
        "in_progress": 2,
        "done": 4,
        "not_possible": 1,
    }
    for figure in shown.figures:
        assert rows_behind(office, figure.link) == figure.value
    assert shown.missed_lately == 1
    assert rows_behind(office, shown.missed_link) == 1


def test_the_week_is_drawn_by_day_monday_to_sunday(office: Client) -> None:
    monday, sunday = week_of(timezone.localdate())
    house = make_house()
    make_visit(house, day=monday, status=Status.DONE)
    make_visit(house, day=sunday, slot=2)
    make_visit(house, day=sunday + timedelta(days=1), slot=2)
    chart = board(office).chart
    assert chart.title == "Эта неделя"
    assert [bar.work.total for bar in chart.bars] == [1, 0, 0, 0, 0, 0, 1]
    assert chart.bars[0].work.done == 1
    assert rows_behind(office, chart.bars[0].link) == 1


@pytest.mark.parametrize(
    ("period", "days"), [("today", 7), ("tomorrow", 7), ("week", 7), ("month", None)], ids=lambda value: str(value)
)
def test_presets_stand_in_the_address_and_choose_their_days(office: Client, period: str, days: int | None) -> None:
    shown = board(office, f"?period={period}")
    today = timezone.localdate()
    starts = {
        "today": today,
        "tomorrow": today + timedelta(days=1),
        "week": week_of(today)[0],
        "month": today.replace(day=1),
    }
    assert shown.filters.start == starts[period]
    assert [on for _, _, on in shown.filters.presets()].count(True) == 1
    if days:
        assert len(shown.chart.bars) == days


def test_filters_narrow_every_figure_and_are_kept_in_the_links(office: Client) -> None:
    first, second = make_brigade(1), make_brigade(2)
    company = make_company()
    mine = make_house(brigade=first, company=company)
    make_house(brigade=second, company=company)
    make_house(brigade=first)
    make_visit(mine)
    make_visit(make_house(brigade=second))
    shown = board(office, f"?brigade={first.pk}&company={company.pk}")
    assert tile(shown, "Домов").value == 1
    assert shown.today.work.total == 1
    query = parse_qs(urlsplit(tile(shown, "Домов").link).query)
    assert query == {"brigade": [str(first.pk)], "company": [str(company.pk)]}
    assert rows_behind(office, tile(shown, "Домов").link) == 1


def test_with_days_chosen_the_houses_are_those_cleaned_then(office: Client) -> None:
    planned = make_house()
    make_house()
    make_visit(planned, day=date(2026, 3, 5))
    shown = board(office, "?date_from=2026-03-01&date_to=2026-03-31")
    assert tile(shown, "Домов").value == 1
    assert rows_behind(office, tile(shown, "Домов").link) == 1
    assert len(shown.chart.bars) == 31


def test_a_long_range_is_drawn_by_month(office: Client) -> None:
    make_visit(day=date(2026, 3, 5))
    chart = board(office, "?date_from=2026-01-01&date_to=2026-12-31").chart
    assert [bar.label for bar in chart.bars] == list(MONTHS_SHORT)
    assert chart.bars[2].work.total == 1


@pytest.mark.parametrize(
    "query",
    [
        "?date_from=2026-13-01",
        "?date_from=31.12.2026",
        "?date_to=%00",
        "?date_from=9999-12-31",
        "?date_from=2026-02-02&date_to=2026-01-01",
        "?brigade=999999999999999999999999",
        "?company=abc",
        "?brigade=%F0%9F%92%A9&period=later",
    ],
)
def test_what_cannot_be_read_is_said_and_never_an_error(office: Client, query: str) -> None:
    shown = board(office, query)
    assert shown.filters.mistakes or "period" in query


def test_stages_are_drawn_with_their_names_and_colours_and_open_their_houses(office: Client) -> None:
    stage = Stage.objects.create(status_id="C34:NEW", name="Новый дом", color="#12ab34", sort=1)
    other = Stage.objects.create(status_id="C34:X", name="Пауза", color="red;x:alert(1)", sort=2)
    for _ in range(3):
        make_house(stage=stage)
    make_house(stage=other)
    make_house(stage=None)
    shown = board(office).stages
    assert [(row.name, row.houses) for row in shown.rows] == [("Новый дом", 3), ("Пауза", 1), ("Стадия не указана", 1)]
    assert shown.rows[0].color == "#12ab34"
    assert all(re.fullmatch(r"#[0-9a-f]{6}", row.color) for row in shown.rows)
    assert len(shown.slices) == 3
    for row in shown.rows:
        assert rows_behind(office, row.link) == row.houses
    text = office.get("/admin/").content.decode()
    assert "Новый дом" in text
    assert "alert(1)" not in text


def test_stages_are_kept_five_minutes_with_their_age_and_by_filter(office: Client) -> None:
    brigade = make_brigade(1)
    make_house()
    first = board(office).stages
    make_house(brigade=brigade)
    again = board(office).stages
    assert (again.total, again.at) == (first.total, first.at)
    assert f"на {timezone.localtime(first.at):%H:%M}" in office.get("/admin/").content.decode()
    assert board(office, f"?brigade={brigade.pk}").stages.total == 1


def test_the_dashboard_stands_without_valkey(office: Client, settings: Any) -> None:
    make_house()
    backend = settings.CACHES["default"]
    settings.CACHES = {"default": backend | {"LOCATION": f"redis://127.0.0.1:{closed_port()}/0"}}
    assert board(office).stages.total == 1


def test_the_dashboard_stands_while_valkey_hangs(office: Client, settings: Any) -> None:
    make_house()
    backend = settings.CACHES["default"]
    with silent() as port:
        settings.CACHES = {"default": backend | {"LOCATION": f"redis://127.0.0.1:{port}/0"}}
        assert board(office).stages.total == 1


def test_the_sync_block_tells_the_last_run_and_the_age(office: Client) -> None:
    now = timezone.now()
    SyncRun.objects.create(
        kind="delta", state="done", finished_at=now, data_as_of=now, created=2, updated=7, requests=9
    )
    text = office.get("/admin/").content.decode()
    assert f"Данные на {timezone.localtime(now):%H:%M}" in text
    assert board(office).sync.run.updated == 7


def test_the_sync_block_of_a_failed_run_says_so(office: Client) -> None:
    SyncRun.objects.create(kind="full", state="failed", finished_at=timezone.now(), errors=["Портал не отвечает"])
    text = office.get("/admin/").content.decode()
    assert "Портал не отвечает" in text
    assert "Не удалась" in text


def test_conflicts_of_schedule_fields_are_shown_to_a_person(office: Client) -> None:
    ScheduleField.objects.create(field_name="UF_1", kind="dates", year=2025, month=8, slot=2, state="conflict")
    shown = board(office)
    assert shown.sync.conflicts == 1
    assert rows_behind(office, shown.sync.conflicts_link) == 1


def test_missing_data_is_listed_most_frequent_first_and_opens_its_houses(office: Client) -> None:
    make_house(issues=["no_floors", "no_elder"])
    make_house(issues=["no_elder"])
    issues = board(office).issues
    assert [(issue.title, issue.value) for issue in issues] == [("Нет старшего", 2), ("Нет числа этажей", 1)]
    for issue in issues:
        assert rows_behind(office, issue.link) == issue.value


def test_demo_data_are_called_demo(office: Client) -> None:
    make_house()
    assert "Показаны демо-данные" not in office.get("/admin/").content.decode()
    House.objects.update(is_demo=True)
    assert "Показаны демо-данные" in office.get("/admin/").content.decode()


def test_an_empty_installation_says_no_data_and_does_not_fail(office: Client) -> None:
    shown = board(office)
    assert shown.stages.total == 0
    assert "На сегодня уборок нет" not in office.get("/admin/").content.decode(), "nobody has read that"
    SyncRun.objects.create(kind="full", state="done", data_as_of=timezone.now(), finished_at=timezone.now())
    assert "На сегодня уборок нет" in office.get("/admin/").content.decode()


def test_a_login_without_a_role_sees_no_figures(client: Client) -> None:
    make_visit()
    client.force_login(make_user())
    shown = board(client)
    assert tile(shown, "Домов").value == 0
    assert shown.today.work.total == 0


def test_the_number_of_queries_does_not_grow_with_the_rows(office: Client, django_assert_max_num_queries: Any) -> None:
    def fill(count: int) -> None:
        for number in range(count):
            house = make_house(brigade=make_brigade(number % 7 + 1), company=make_company(), issues=["no_elder"])
            make_visit(house)

    fill(2)
    with django_assert_max_num_queries(40) as few:
        office.get("/admin/")
    fill(20)
    cache.clear()
    with django_assert_max_num_queries(len(few)):
        office.get("/admin/")
