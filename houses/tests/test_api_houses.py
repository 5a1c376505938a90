"""`/api/cleaning/…` and `/api/dashboard/stats`: the shapes the originals promised, and their filters."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import caches
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from houses.models import Contact, ContactPhone, House, Stage, SyncRun
from houses.schedule import Wording, cleaning_dates, month_text, periodicity_month, periodicity_of
from houses.tests.factories import make_brigade, make_company, make_house, make_stage, make_user, make_visit

pytestmark = pytest.mark.django_db
KEY = "service-key-of-the-tests"
T1 = "Влажная уборка лестничных площадок всех этажей и лифта (при наличии)"
T3 = "Влажная уборка 1 этажа"
PHONE = "+70000000001"
TODAY = date(2026, 11, 2)


@pytest.fixture
def client(settings: Any) -> APIClient:
    settings.API_KEYS = [KEY]
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


def slot(year: int, month: int, number: int, kind: str, text: str, *days: int) -> dict[str, Any]:
    dates = [date(year, month, day).isoformat() for day in days]
    return {"year": year, "month": month, "slot": number, "type": kind, "text": text, "dates": dates}


def scheduled(*slots: dict[str, Any], **values: Any) -> House:
    """A house with a schedule and the visits that follow from it."""
    house = make_house(schedule=list(slots), **values)
    for part in slots:
        for day in part["dates"]:
            make_visit(house, date.fromisoformat(day), slot=part["slot"])
    return house


def ids(client: APIClient, **parameters: Any) -> list[int]:
    answer = client.get("/api/cleaning/houses", parameters)
    assert answer.status_code == 200, answer.content
    return [house["id"] for house in answer.json()["houses"]]


def test_a_house_of_the_list_has_exactly_the_promised_shape(client: APIClient, settings: Any) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://example.bitrix24.ru/rest/1/very-secret/"
    house = scheduled(
        slot(2026, 11, 1, "T3", T3, 5, 18),
        slot(2026, 11, 2, "T1", T1, 11, 25),
        brigade=make_brigade(4),
        company=make_company(title="ООО УК Новый город"),
    )
    answer = client.get("/api/cleaning/houses", {"month": "2026-11"})
    assert b"very-secret" not in answer.content
    body = answer.json()
    assert set(body) == {"houses", "total", "page", "limit", "pages", "data_as_of", "stale"}
    assert (body["total"], body["page"], body["limit"], body["pages"]) == (1, 1, 50, 1)
    assert body["houses"] == [
        {
            "id": house.bitrix_id,
            "title": house.title,
            "address": house.address,
            "brigade": "4 бригада",
            "management_company": "ООО УК Новый город",
            "status": "C34:UC_PG9Y90",
            "apartments": 60,
            "entrances": 4,
            "floors": 5,
            "cleaning_dates": {
                "november_2026_1": {"dates": ["2026-11-05", "2026-11-18"], "type": T3},
                "november_2026_2": {"dates": ["2026-11-11", "2026-11-25"], "type": T1},
            },
            "periodicity": "2 раза + 2 этажа",
            "periodicity_month": "2026-11",
            "bitrix_url": f"https://example.bitrix24.ru/crm/deal/details/{house.bitrix_id}/",
        }
    ]


def test_what_is_unknown_is_null_and_never_a_number(client: APIClient) -> None:
    make_house(apartments=None, entrances=None, floors=None, stage=None)
    [house] = client.get("/api/cleaning/houses").json()["houses"]
    assert (house["apartments"], house["entrances"], house["floors"]) == (None, None, None)
    assert house["brigade"] == "Бригада не назначена"
    assert house["management_company"] is None
    assert house["status"] is None
    assert house["bitrix_url"] is None
    assert house["cleaning_dates"] == {}
    assert (house["periodicity"], house["periodicity_month"]) == ("не указана", None)


def test_before_the_first_sync_the_list_says_so(client: APIClient) -> None:
    body = client.get("/api/cleaning/houses").json()
    assert (body["houses"], body["total"], body["pages"]) == ([], 0, 0)
    assert (body["data_as_of"], body["stale"]) == (None, True)


def test_the_age_of_the_data_is_the_last_good_sync(client: APIClient) -> None:
    moment = timezone.now() - timedelta(minutes=4)
    SyncRun.objects.create(kind="full", state="done", data_as_of=moment, finished_at=moment)
    body = client.get("/api/cleaning/houses").json()
    assert body["stale"] is False
    assert abs(datetime.fromisoformat(body["data_as_of"]) - moment) < timedelta(seconds=1)
    assert body["data_as_of"].endswith("+03:00")
    SyncRun.objects.create(kind="delta", state="failed", finished_at=timezone.now())
    for address in ("/api/cleaning/houses", "/api/dashboard/stats", "/api/visits", "/api/brigades"):
        assert client.get(address).json()["stale"] is True


def test_all_filled_months_are_told_and_a_year_narrows_them(client: APIClient) -> None:
    scheduled(slot(2025, 12, 1, "T1", T1, 3), slot(2026, 1, 1, "T1", T1, 7))
    both = client.get("/api/cleaning/houses").json()["houses"][0]["cleaning_dates"]
    assert set(both) == {"december_2025_1", "january_2026_1"}
    one = client.get("/api/cleaning/houses", {"year": "2026"}).json()["houses"][0]["cleaning_dates"]
    assert set(one) == {"january_2026_1"}


@pytest.mark.parametrize(
    ("parameters", "month"),
    [
        ({"month": "2026-12"}, "2026-12"),
        ({"cleaning_date": "2026-10-06"}, "2026-10"),
        ({"date_from": "2026-10-01", "date_to": "2026-11-30"}, "2026-10"),
        ({"date_from": "2026-10-01", "month": "2026-11"}, "2026-11"),
    ],
)
def test_the_filter_names_the_month_of_the_periodicity(
    client: APIClient, parameters: dict[str, str], month: str
) -> None:
    scheduled(slot(2026, 10, 1, "T1", T1, 6), slot(2026, 11, 1, "T1", T1, 5, 12))
    [house] = client.get("/api/cleaning/houses", parameters).json()["houses"]
    assert house["periodicity_month"] == month
    assert house["periodicity"] == {"2026-10": "1 раз", "2026-11": "2 раза"}.get(month, "не указана")


def test_the_list_tells_a_schedule_as_the_rest_of_the_product_does(client: APIClient) -> None:
    house = scheduled(
        slot(2026, 1, 1, "T1", T1, 7, 14),
        slot(2026, 1, 2, "T3", T3, 21),
        slot(2026, 9, 1, "", "Что-то новое", 2),
        slot(2026, 10, 1, "T1", T1),
    )
    told = client.get("/api/cleaning/houses").json()["houses"][0]
    month = periodicity_month(house.slots, wanted=None, today=timezone.localdate())
    assert month is not None
    assert told["cleaning_dates"] == cleaning_dates(house.slots)
    assert told["periodicity_month"] == month_text(month)
    assert told["periodicity"] == periodicity_of(house.slots, month, Wording.COUNTED)


def test_brigade_is_a_number_or_a_part_of_the_name(client: APIClient) -> None:
    first, tenth = make_house(brigade=make_brigade(1)), make_house(brigade=make_brigade(10))
    assert ids(client, brigade="1") == [first.bitrix_id]
    assert ids(client, brigade="01") == [first.bitrix_id]
    assert ids(client, brigade="10 БРИГ") == [tenth.bitrix_id]
    assert set(ids(client, brigade="бригада")) == {first.bitrix_id, tenth.bitrix_id}
    assert ids(client, brigade="999999999999999999999") == []


def test_company_is_found_by_a_part_in_any_case_and_quotes(client: APIClient) -> None:
    house = make_house(company=make_company(title='ООО "УЮТНЫЙ ДОМ Берёзка"'))
    make_house(company=make_company(title="ООО УК Монолит"))
    for text in ("уютный", "«Уютный дом»", "ООО «уютный", "березка", "БЕРЁЗКА"):
        assert ids(client, management_company=text) == [house.bitrix_id]


def test_a_percent_sign_is_no_wildcard(client: APIClient) -> None:
    make_house(brigade=make_brigade(1), company=make_company(title="ООО УК Монолит"))
    assert ids(client, brigade="%") == []
    assert ids(client, management_company="М_нолит") == []


def test_status_is_an_exact_stage(client: APIClient) -> None:
    new = make_house(stage=Stage.objects.create(status_id="C34:NEW", name="Новая"))
    make_house()
    assert ids(client, status="C34:NEW") == [new.bitrix_id]
    assert ids(client, status="C34") == []


def test_dates_are_those_of_the_crm_and_one_end_is_enough(client: APIClient) -> None:
    early = scheduled(slot(2026, 10, 1, "T1", T1, 6))
    late = scheduled(slot(2026, 11, 1, "T1", T1, 5))
    moved = make_visit(make_house(), date(2026, 12, 9), crm_date=date(2026, 12, 8))
    assert ids(client, cleaning_date="2026-10-06") == [early.bitrix_id]
    assert set(ids(client, date_from="2026-11-05")) == {late.bitrix_id, moved.house.bitrix_id}
    assert ids(client, date_to="2026-10-31") == [early.bitrix_id]
    assert ids(client, date_from="2026-11-01", date_to="2026-11-30") == [late.bitrix_id]
    assert ids(client, cleaning_date="2026-12-08") == [moved.house.bitrix_id]
    assert ids(client, cleaning_date="2026-12-09") == []


def test_all_conditions_hold_at_once(client: APIClient) -> None:
    company = make_company(title="ООО УК Монолит")
    wanted = scheduled(slot(2026, 11, 1, "T1", T1, 5), brigade=make_brigade(1), company=company)
    scheduled(slot(2026, 11, 1, "T1", T1, 5), brigade=make_brigade(2), company=company)
    scheduled(slot(2026, 12, 1, "T1", T1, 5), brigade=make_brigade(1), company=company)
    found = ids(client, brigade="1", management_company="монолит", date_from="2026-11-01", date_to="2026-11-30")
    assert found == [wanted.bitrix_id]


def test_an_address_finds_the_house_best_first(client: APIClient) -> None:
    house = make_house(title="Кибальчича 3", address="улица Кибальчича 3, 248012 Калуга")
    make_house(title="Кибальчича 5", address="улица Кибальчича 5, 248012 Калуга")
    assert ids(client, address="кибальчича 3")[0] == house.bitrix_id
    assert ids(client, address="нет такой улицы 77") == []


def test_an_empty_parameter_is_one_not_given(client: APIClient) -> None:
    make_house()
    assert len(ids(client, brigade="", date_from="", page="", limit="", status=" ")) == 1


def test_a_parameter_nobody_knows_is_ignored(client: APIClient) -> None:
    make_house()
    assert len(ids(client, week="3", offset="50")) == 1


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *((name, value) for name in ("cleaning_date", "date_from", "date_to") for value in (
            "2026-02-30", "2026-13-01", "вчера", "20261105", "2026-W01-1", "2026-11-05T00:00", "05.11.2026",
            "٢٠٢٦-١١-٠٥", "0000-01-01", "99999-01-01",
        )),
        *(("page", value) for value in ("0", "-1", "1.5", "abc", "١", "1e3", "+1", "9" * 201)),
        *(("limit", value) for value in ("0", "-1", "1001", "много", "9" * 50)),
        *(("month", value) for value in ("2026", "2026-13", "2026-00", "0000-11", "11.2026", "2026-11-05")),
        *(("year", value) for value in ("0", "26.5", "10000", "нет")),
        *((name, "я" * 201) for name in ("brigade", "management_company", "status", "address")),
        *((name, "а\x00б") for name in ("brigade", "management_company", "status", "address")),
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_400_and_named(client: APIClient, parameter: str, value: str) -> None:
    answer = client.get("/api/cleaning/houses", {parameter: value})
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["field"] == parameter
    assert error["message"]


def test_a_range_that_ends_before_it_begins_is_400(client: APIClient) -> None:
    for address in ("/api/cleaning/houses", "/api/dashboard/stats", "/api/visits"):
        answer = client.get(address, {"date_from": "2026-11-30", "date_to": "2026-11-01"})
        assert answer.status_code == 400
        assert answer.json()["error"]["field"] == "date_from"


@pytest.mark.parametrize(
    "query",
    [
        "page=1&page=2", "brigade=%00", "brigade=%ED%A0%80", "address=%FF%FE", "brigade=%", "management_company=%5C",
        "page=" + "9" * 180, "brigade=" + "9" * 180, "status=%27%3B--", "&&&=;", "address=%F0%9F%8F%A0",
        "brigade=%C2%B2", "address=()%26|!*:", "address=" + "9" * 190, "address=" + "к1%20" * 40,
        "cleaning_date=9999-12-31",
        "date_from=0001-01-01&date_to=9999-12-31", "month=9999-12", "month=0001-01", "year=1",
    ],
)  # fmt: skip
@pytest.mark.parametrize("address", ["/api/cleaning/houses", "/api/dashboard/stats", "/api/visits", "/api/acts"])
def test_nothing_a_caller_puts_into_the_query_is_a_server_error(client: APIClient, address: str, query: str) -> None:
    scheduled(slot(2026, 11, 1, "T1", T1, 5), brigade=make_brigade(1), company=make_company())
    assert client.get(f"{address}?{query}").status_code in {200, 400}


def test_pages_cover_every_house_once(client: APIClient) -> None:
    expected = {make_house(address="Одинаковый адрес").bitrix_id for _ in range(7)}
    pages = [ids(client, page=page, limit=3) for page in (1, 2, 3)]
    assert [len(page) for page in pages] == [3, 3, 1]
    assert {house for page in pages for house in page} == expected


def test_a_page_beyond_the_end_is_an_empty_list(client: APIClient) -> None:
    make_house()
    for page in ("2", "1" + "0" * 30):
        body = client.get("/api/cleaning/houses", {"page": page}).json()
        assert (body["houses"], body["total"], body["page"], body["pages"]) == ([], 1, int(page), 1)


def test_archived_houses_leave_lists_filters_and_totals(client: APIClient) -> None:
    gone = make_house(archived_at=timezone.now(), brigade=make_brigade(9), company=make_company())
    assert ids(client) == []
    assert client.get("/api/cleaning/filters").json() == {"brigades": [], "management_companies": [], "statuses": []}
    assert client.get("/api/dashboard/stats").json()["total_houses"] == 0
    details = client.get(f"/api/cleaning/house/{gone.bitrix_id}/details")
    assert details.status_code == 200
    assert details.json()["house"]["archived"] is True


def test_filters_list_what_houses_use_brigades_by_number(client: APIClient) -> None:
    for number in (10, 2, 1):
        make_house(brigade=make_brigade(number), company=make_company(title=f"ООО УК {number}"))
    make_brigade(5)
    make_company(title="ООО без домов")
    assert client.get("/api/cleaning/filters").json() == {
        "brigades": ["1 бригада", "2 бригада", "10 бригада"],
        "management_companies": ["ООО УК 1", "ООО УК 10", "ООО УК 2"],
        "statuses": ["C34:UC_PG9Y90"],
    }


def make_elder() -> Contact:
    elder = Contact.objects.create(
        bitrix_id=7, name="Имя", last_name="Фамилия", second_name="Отчество", comments="[b]Код[/b]<br>домофона&nbsp;1"
    )
    ContactPhone.objects.create(contact=elder, number=PHONE)
    return elder


def test_the_details_of_a_house_have_exactly_the_promised_shape(client: APIClient) -> None:
    company = make_company(
        bitrix_id=36,
        title="ООО УК Монолит",
        phone=PHONE,
        email="a@b.example",
        comments="<p>Звонить&nbsp;<b>днём</b></p>",
    )
    house = make_house(company=company, contact=make_elder(), brigade=make_brigade(4))
    body = client.get(f"/api/cleaning/house/{house.bitrix_id}/details").json()
    passport = {
        "id": str(house.bitrix_id),
        "title": house.title,
        "address": house.address,
        "apartments": 60,
        "entrances": 4,
        "floors": 5,
        "brigade": "4 бригада",
        "status": "C34:UC_PG9Y90",
        "bitrix_url": None,
    }
    assert passport.items() <= body["house"].items()
    assert body["house"]["archived"] is False
    assert body["management_company"] == {
        "id": "36", "title": "ООО УК Монолит", "phone": PHONE, "email": "a@b.example", "address": None, "web": "",
        "comments": "Звонить днём",
    }  # fmt: skip
    assert body["senior_resident"] == {
        "id": "7", "name": "Имя", "last_name": "Фамилия", "second_name": "Отчество",
        "full_name": "Фамилия Имя Отчество", "phone": PHONE, "phones": [PHONE], "email": "",
        "comments": "Код\nдомофона 1",
    }  # fmt: skip


def test_a_house_without_company_and_elder_says_so_with_empty_texts(client: APIClient) -> None:
    body = client.get(f"/api/cleaning/house/{make_house().bitrix_id}/details").json()
    assert (body["management_company"]["id"], body["management_company"]["title"]) == ("", "")
    assert (body["senior_resident"]["id"], body["senior_resident"]["phone"]) == ("", "")


@pytest.mark.parametrize("house_id", ["1", "999999999999999999999999", "abc", "-5", "1.5", "%00", "²", "9" * 5000])
def test_a_house_nobody_knows_is_404(client: APIClient, house_id: str) -> None:
    answer = client.get(f"/api/cleaning/house/{house_id}/details")
    assert answer.status_code == 404
    assert answer.json() == {"error": {"code": "not_found", "message": "Дом не найден", "field": None}}


@pytest.mark.parametrize(
    ("role", "sees"),
    [("Директор", True), ("Менеджер", True), ("Оператор", True), ("Просмотр", False), ("Бригада", False)],
)
def test_phones_are_shown_by_role(role: str, sees: bool) -> None:
    brigade = make_brigade(4)
    house = make_house(brigade=brigade, company=make_company(phone=PHONE), contact=make_elder())
    reader = APIClient()
    reader.force_login(make_user(role, brigade if role == "Бригада" else None))
    answer = reader.get(f"/api/cleaning/house/{house.bitrix_id}/details")
    assert (PHONE in answer.content.decode()) is sees
    body = answer.json()
    assert body["senior_resident"]["phone"] == (PHONE if sees else None)
    assert body["management_company"]["phone"] == (PHONE if sees else None)


def test_a_brigade_sees_its_own_houses_whatever_it_asks_for() -> None:
    own, other = make_brigade(4), make_brigade(5)
    mine, theirs = make_house(brigade=own), make_house(brigade=other, company=make_company())
    reader = APIClient()
    reader.force_login(make_user("Бригада", own))
    assert ids(reader) == [mine.bitrix_id]
    assert ids(reader, brigade="5") == []
    assert ids(reader, brigade="бригада") == [mine.bitrix_id]
    assert ids(reader, address=theirs.title) == []
    assert reader.get(f"/api/cleaning/house/{theirs.bitrix_id}/details").status_code == 404
    assert reader.get("/api/cleaning/filters").json()["brigades"] == ["4 бригада"]
    assert reader.get("/api/cleaning/filters").json()["management_companies"] == []
    stats = reader.get("/api/dashboard/stats", {"brigade": "5"}).json()
    assert (stats["total_houses"], stats["active_brigades"]) == (0, 0)


@pytest.mark.parametrize("role", [None, "Бригада"])
def test_a_login_without_a_role_or_a_brigade_sees_nothing(role: str | None) -> None:
    make_house(brigade=make_brigade(1))
    make_house(brigade=None)
    reader = APIClient()
    reader.force_login(make_user(role))
    assert ids(reader) == []
    assert reader.get("/api/visits").json()["visits"] == []


def test_stats_are_real_counts(client: APIClient) -> None:
    make_house(apartments=100, entrances=3, floors=9, brigade=make_brigade(1))
    make_house(apartments=None, entrances=None, floors=5, brigade=make_brigade(1))
    make_brigade(2)
    make_user("Бригада", make_brigade(1))
    body = client.get("/api/dashboard/stats").json()
    figures = {
        "total_houses": 2,
        "total_apartments": 100,
        "total_entrances": 3,
        "total_floors": 14,
        "active_brigades": 1,
        "employees": 1,
    }
    assert figures.items() <= body.items()
    assert body["missing"] == {"apartments": 1, "entrances": 1, "floors": 0}


def test_a_sum_of_nothing_known_is_null(client: APIClient) -> None:
    make_house(apartments=None)
    assert client.get("/api/dashboard/stats").json()["total_apartments"] is None


def test_stats_follow_the_filters(client: APIClient) -> None:
    make_house(brigade=make_brigade(1), apartments=10)
    make_house(brigade=make_brigade(2), apartments=20, company=make_company(title="ООО УК Монолит"))
    assert client.get("/api/dashboard/stats", {"brigade": "2"}).json()["total_apartments"] == 20
    assert client.get("/api/dashboard/stats", {"management_company": "монолит"}).json()["total_apartments"] == 20


@pytest.mark.parametrize(
    ("address", "queries"), [("/api/cleaning/houses?date_from=2026-11-01", 6), ("/api/visits", 6), ("/api/brigades", 4)]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: APIClient, address: str, queries: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(8):
        scheduled(
            slot(2026, 11, 1, "T1", T1, 5, 12), brigade=make_brigade(number), company=make_company(), contact=None
        )
    make_stage()
    caches["default"].delete("nothing")
    client.get(address)
    with django_assert_max_num_queries(queries):
        client.get(address)


def test_a_phone_written_into_a_name_or_comment_is_hidden_too() -> None:
    elder = Contact.objects.create(bitrix_id=8, name="Имя 8 (000) 000-00-01", comments=f"Звонить {PHONE}, код 12345")
    house = make_house(contact=elder, company=make_company(comments="тел. 000 000 00 01"))
    viewer = APIClient()
    viewer.force_login(make_user("Просмотр"))
    body = viewer.get(f"/api/cleaning/house/{house.bitrix_id}/details").json()
    assert body["senior_resident"]["name"] == "Имя …"
    assert body["senior_resident"]["comments"] == "Звонить …, код 12345"
    assert body["management_company"]["comments"] == "тел. …"


def test_the_report_of_missing_data_is_a_csv_of_the_office(client: APIClient) -> None:
    make_house(brigade=make_brigade(4))
    answer = client.get("/api/cleaning/missing-data-report")
    assert answer.status_code == 200
    assert answer.content.startswith("\ufeffID;Адрес;УК;Бригада;".encode())
    assert "missing_data_report_" in answer["Content-Disposition"]
    brigade = APIClient()
    brigade.force_login(make_user("Бригада", make_brigade(4)))
    assert brigade.get("/api/cleaning/missing-data-report").status_code == 403
