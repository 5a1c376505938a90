"""What the pages of a brigade's days say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from houses.models import Contact, ContactPhone, OfficeSettings
from houses.quality import Issue
from houses.tests.factories import make_brigade, make_company, make_house, make_user, make_visit

pytestmark = pytest.mark.django_db
T1 = "Влажная уборка лестничных площадок всех этажей и лифта (при наличии); Профилактическая дезинфекция МОП;"


@pytest.fixture
def brigade(client):
    brigade = make_brigade(1)
    client.force_login(make_user("Бригада", brigade))
    return brigade


@pytest.fixture
def today():
    return timezone.localdate()


def text_of(client, name="today", **query):
    answer = client.get(reverse(f"brigade:{name}"), query)
    assert answer.status_code == 200
    return answer.content.decode()


def scheduled(today, text=T1):
    return [{"year": today.year, "month": today.month, "slot": 1, "type": "T1", "text": text, "dates": [str(today)]}]


def test_the_day_tells_what_to_clean_in_the_words_of_the_crm(client, brigade, today):
    make_visit(make_house(brigade=brigade, schedule=scheduled(today)))
    page = text_of(client)
    assert "Влажная уборка всех этажей" in page
    assert T1 in page


def test_progress_counts_reported_visits(client, brigade):
    for status in ("done", "planned", "in_progress"):
        make_visit(make_house(brigade=brigade), status=status)
    make_visit(make_house(brigade=brigade), status="not_possible", reason="no_access")
    page = text_of(client)
    assert "2 из 4" in page
    assert "не выполнено: 1" in page


def test_houses_stand_in_the_order_of_the_way_and_keep_their_place_when_done(client, brigade):
    for number, step in ((1, 0), (2, 3), (3, 1)):
        house = make_house(
            brigade=brigade, title=f"Дом {number}.", number_key=str(number), latitude=54.5, longitude=36.2 + step / 50
        )
        make_visit(house, status="done" if number == 3 else "planned")
    page = text_of(client)
    assert page.index("Дом 1.") < page.index("Дом 3.") < page.index("Дом 2.")


def test_houses_without_a_place_come_last_and_the_page_says_so(client, brigade):
    make_visit(make_house(brigade=brigade, title="Без места", street_key="а"))
    make_visit(make_house(brigade=brigade, title="С местом", street_key="я", latitude=54.5, longitude=36.2))
    far = make_house(brigade=brigade, title="В Казахстане", latitude=53.2, longitude=63.6)
    far.issues = [Issue.IMPLAUSIBLE_LOCATION]
    far.save()
    make_visit(far)
    page = text_of(client)
    note = page.index("Место на карте не известно")
    assert page.index("С местом") < note < page.index("Без места")
    assert page.index("В Казахстане") > note


def test_missing_numbers_are_said_and_never_invented(client, brigade):
    make_visit(make_house(brigade=brigade, entrances=None, floors=None, apartments=None), cleaning_type="")
    page = text_of(client)
    assert "Нет данных в CRM: подъездов, этажей, квартир" in page
    assert "Тип уборки не указан в CRM" in page


def test_the_age_of_the_data_stands_on_every_list(client, brigade):
    for name in ("today", "tomorrow", "week", "late"):
        assert "синхронизация ещё не выполнялась" in text_of(client, name)


def test_an_empty_day_says_so(client, brigade):
    assert "На сегодня уборок нет." in text_of(client)
    assert "На завтра уборок нет." in text_of(client, "tomorrow")


def test_tomorrow_shows_tomorrow(client, brigade, today):
    make_visit(make_house(brigade=brigade, title="Завтрашний"), today + timedelta(days=1))
    assert "Завтрашний" in text_of(client, "tomorrow")
    assert "Завтрашний" not in text_of(client)


def test_the_week_runs_from_monday_to_sunday_and_turns_over(client, brigade, today):
    monday = today - timedelta(days=today.weekday())
    for days, title in ((-1, "До недели"), (0, "В понедельник"), (6, "В воскресенье"), (7, "После недели")):
        make_visit(make_house(brigade=brigade, title=title), monday + timedelta(days=days))
    page = text_of(client, "week")
    assert "В понедельник" in page
    assert "В воскресенье" in page
    assert "До недели" not in page
    assert "После недели" not in page
    assert "После недели" in text_of(client, "week", start=str(monday + timedelta(days=8)))


@pytest.mark.parametrize("start", ["x", "2026-13-01", "0001-01-01", "9999-12-31", "2026-11-05T00:00"])
def test_a_week_that_cannot_be_is_not_found(client, brigade, start):
    assert client.get("/brigade/week/", {"start": start}).status_code == 404


def test_not_closed_lists_past_visits_while_a_report_is_still_taken(client, brigade, today):
    limit = OfficeSettings.load().late_report_days
    for days, title, status in (
        (1, "Вчерашний", "planned"),
        (limit, "Крайний", "in_progress"),
        (limit + 1, "Поздний", "planned"),
        (1, "Сделанный", "done"),
    ):
        make_visit(make_house(brigade=brigade, title=title), today - timedelta(days=days), status=status)
    page = text_of(client, "late")
    assert "Вчерашний" in page
    assert "Крайний" in page
    assert "Поздний" not in page
    assert "Сделанный" not in page
    assert '<b class="badge">2</b>' in text_of(client)


def test_the_map_link_is_a_link_and_nothing_is_loaded_from_outside(client, brigade):
    make_visit(make_house(brigade=brigade, latitude=54.5, longitude=36.2))
    page = text_of(client)
    assert 'href="https://yandex.ru/maps/?rtext=~54.500000%2C36.200000&amp;rtt=auto"' in page
    assert 'src="http' not in page
    assert 'rel="stylesheet" href="http' not in page


def test_the_house_card_tells_work_and_history_but_no_phones(client, brigade, today):
    contact = Contact.objects.create(bitrix_id=7, name="Тест", last_name="Старший")
    ContactPhone.objects.create(contact=contact, number="+70000000001")
    house = make_house(brigade=brigade, schedule=scheduled(today), contact=contact)
    make_visit(house, today - timedelta(days=7), status="done", comment="Лифт не работал")
    page = client.get(reverse("brigade:house", args=[house.pk])).content.decode()
    assert T1 in page
    assert "Лифт не работал" in page
    assert "+70000000001" not in page
    assert "Старший" not in page


def test_the_number_of_queries_does_not_grow_with_the_day(client, brigade, today):
    late = today - timedelta(days=1)
    counts = {}
    for houses in (2, 12):
        for _ in range(houses):
            house = make_house(brigade=brigade, latitude=54.5, longitude=36.2, company=make_company())
            make_visit(house)
            make_visit(house, late)
        for name in ("today", "week", "late"):
            text_of(client, name)
            with CaptureQueriesContext(connection) as queries:
                text_of(client, name)
            assert counts.setdefault(name, len(queries)) == len(queries) <= 13


def test_the_office_sees_how_far_every_brigade_is(client):
    client.force_login(make_user("Менеджер"))
    house = make_house(brigade=make_brigade(3))
    make_visit(house, status="done")
    make_visit(house, slot=2)
    make_brigade(4)
    page = text_of(client)
    assert "закрыто 1 из 2" in page
    assert "на сегодня уборок нет" in page
