"""The office's list, card and form of tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from houses.tests.factories import make_brigade, make_house, make_user
from tasks.models import Task
from tasks.tests.factories import make_task

pytestmark = pytest.mark.django_db
LIST = "/admin/tasks/task/"
PHONE = "+70000000001"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(make_user("Оператор"))
    return client


def shown(client: Client, query: str) -> list[str]:
    return [task.text for task in client.get(f"{LIST}?{query}").context["cl"].result_list]


def test_opened_without_a_question_the_list_shows_the_open_tasks(office: Client) -> None:
    make_task("открытая")
    make_task("сделанная", status="done")
    assert office.get(LIST)["Location"] == "?status=open"
    assert shown(office, "status=open") == ["открытая"]
    assert set(shown(office, "q=")) == {"открытая", "сделанная"}


def test_filters_narrow_by_state_brigade_kind_house_and_due(office: Client) -> None:
    today = timezone.localdate()
    house = make_house(brigade=make_brigade(1))
    make_task("наша", brigade=make_brigade(1), house=house, kind="complaint", due=today)
    make_task("поздняя", brigade=make_brigade(2), due=today - timedelta(days=1))
    make_task("офисная")
    assert shown(office, f"brigade={make_brigade(1).pk}") == ["наша"]
    assert shown(office, "brigade=none") == ["офисная"]
    assert shown(office, "kind=complaint") == ["наша"]
    assert shown(office, f"house={house.pk}") == ["наша"]
    assert shown(office, f"due={today}") == ["наша"]
    assert shown(office, "status=overdue") == ["поздняя"]
    assert shown(office, f"due_from={today - timedelta(days=1)}&due_to={today}") == ["поздняя", "наша"]


def test_a_wrong_filter_is_told_beside_its_field(office: Client) -> None:
    make_task()
    answer = office.get(f"{LIST}?due=завтра&status=odd&house=дом")
    assert answer.status_code == 200
    assert "Нужна дата вида 2026-11-21" in answer.content.decode()
    assert answer.context["cl"].result_list == []


def test_the_chips_count_each_state_whatever_state_is_shown(office: Client) -> None:
    make_task(due=timezone.localdate() - timedelta(days=1))
    make_task(status="done")
    make_task(brigade=make_brigade(1))
    counts = {code: number for code, _, number, _, _ in office.get(f"{LIST}?status=done").context["cl"].counts}
    assert counts == {"todo": 2, "in_progress": 0, "overdue": 1, "done": 1, "cancelled": 0}
    narrowed = office.get(f"{LIST}?brigade={make_brigade(1).pk}").context["cl"].counts
    assert [number for _, _, number, _, _ in narrowed] == [1, 0, 0, 0, 0]


def test_the_presets_stand_in_the_address_and_know_when_they_are_chosen(office: Client) -> None:
    today = timezone.localdate()

    def presets(query: str) -> dict[str, Any]:
        form = office.get(f"{LIST}?{query}").context["cl"].filter_form
        return {preset.label: preset for preset in form.presets()}

    fresh = presets("status=open&kind=request")
    assert list(fresh) == ["Сегодня", "Просрочено", "Неделя", "Сброс"]
    assert fresh["Сегодня"].address == f"?status=open&kind=request&due={today}"
    assert fresh["Просрочено"].address == "?kind=request&status=overdue"
    assert not any(preset.is_active for preset in fresh.values())
    late = presets("status=overdue")
    assert late["Просрочено"].is_active
    assert late["Сегодня"].address == f"?due={today}"
    assert presets(f"due={today}&status=open")["Сегодня"].is_active


def test_search_reads_addresses_as_people_type_them_words_and_the_callers_phone(office: Client, client: Client) -> None:
    house = make_house(title="Кибальчича 3", address="улица Кибальчича, 3, Калуга")
    make_task("мыть", house=house, contact_phone=PHONE)
    make_task("другая")
    assert shown(office, "q=кибальчича три") == ["мыть"]
    assert shown(office, "q=ДРУГАЯ") == ["другая"]
    assert shown(office, "q=8 000 000-00-01") == ["мыть"]
    assert shown(office, "q=ничего такого") == []
    client.force_login(make_user("Просмотр"))
    assert shown(client, "q=0000000001") == [], "who may not read phones cannot probe for them either"


def test_the_list_asks_the_database_the_same_number_of_times_however_long_it_is(office: Client) -> None:
    from django.db import connection

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert office.get(f"{LIST}?q=&per_page=100").status_code == 200
        return len(asked)

    make_task(house=make_house(brigade=make_brigade(1)), brigade=make_brigade(1))
    queries()
    before = queries()
    for number in range(2, 22):
        make_task(house=make_house(), brigade=make_brigade(number % 7 + 1))
    assert queries() == before


def test_the_card_tells_the_task_and_its_history(office: Client) -> None:
    task = make_task("Помыть <b>перила</b>", house=make_house(), contact_phone=PHONE, source="phone")
    text = office.get(f"{LIST}{task.pk}/change/").content.decode()
    assert "Помыть &lt;b&gt;перила&lt;/b&gt;" in text
    assert PHONE in text
    for words in ("Поставлена", "Телефон", "В работе", "Выполнено", "Отменить", "Изменить"):
        assert words in text


def test_the_viewer_reads_no_phone_and_gets_no_buttons(client: Client) -> None:
    task = make_task(f"Перезвонить на {PHONE}", contact_phone=PHONE)
    client.force_login(make_user("Просмотр"))
    for address in (f"{LIST}{task.pk}/change/", f"{LIST}?q=", f"{LIST}export/csv/?q="):
        answer = client.get(address)
        text = (answer.getvalue() if answer.streaming else answer.content).decode()
        assert "0000001" not in text
        assert "formaction" not in text
    assert "скрыт для вашей роли" in client.get(f"{LIST}{task.pk}/change/").content.decode()
    for address in (f"{LIST}add/", f"{LIST}{task.pk}/edit/"):
        assert client.get(address).status_code == 403


def test_buttons_move_the_task_and_say_so(office: Client) -> None:
    task = make_task()
    for step, status in (("start", "in_progress"), ("finish", "done"), ("reopen", "todo"), ("cancel", "cancelled")):
        page = office.post(f"{LIST}{task.pk}/{step}/", {"comment": f"по делу: {step}"}, follow=True)
        task.refresh_from_db()
        assert task.status == status
        assert f"по делу: {step}" in page.content.decode()
    refused = office.post(f"{LIST}{task.pk}/finish/", follow=True)
    assert "Задача отменена, отметить её выполненной нельзя." in refused.content.decode()
    assert office.get(f"{LIST}{task.pk}/start/").status_code == 405


def test_a_brigade_has_no_way_in(client: Client) -> None:
    task = make_task(brigade=make_brigade(1))
    client.force_login(make_user("Бригада", make_brigade(1)))
    assert client.post(f"{LIST}{task.pk}/cancel/").status_code in {302, 403}
    task.refresh_from_db()
    assert task.status == "todo"


def test_the_form_puts_a_task_and_leads_to_its_card(office: Client) -> None:
    house, day = make_house(), timezone.localdate() + timedelta(days=1)
    sent = {
        "text": "Забрать ключ",
        "kind": "request",
        "house": house.pk,
        "brigade": make_brigade(2).pk,
        "assignee": "",
        "due": f"{day:%d.%m.%Y}",
        "contact_phone": "8 (000) 000-00-01",
    }
    answer = office.post(f"{LIST}add/", sent)
    task = Task.objects.get()
    assert answer["Location"] == f"{LIST}{task.pk}/change/"
    assert (task.text, task.house, task.due, task.contact_phone) == ("Забрать ключ", house, day, PHONE)
    assert (task.source, task.events.count()) == ("office", 1)


def test_the_form_says_in_russian_what_is_wrong(office: Client) -> None:
    sent = {"text": "", "kind": "request", "due": "01.01.2020", "contact_phone": "звоните"}
    text = office.post(f"{LIST}add/", sent).content.decode()
    for words in ("Напишите, что нужно сделать.", "Этот день уже прошёл", "Телефон нужен цифрами"):
        assert words in text
    assert not Task.objects.exists()


def test_editing_changes_only_what_was_changed_and_tells_it(office: Client) -> None:
    late = timezone.localdate() - timedelta(days=2)
    task = make_task("Старый текст", due=late, contact_phone=PHONE)
    sent = {
        "text": "Старый текст",
        "kind": "complaint",
        "due": f"{late:%d.%m.%Y}",
        "brigade": make_brigade(3).pk,
        "contact_phone": PHONE,
    }
    answer = office.post(f"{LIST}{task.pk}/edit/", sent)
    assert answer["Location"] == f"{LIST}{task.pk}/change/"
    task.refresh_from_db()
    assert (task.brigade, task.due) == (make_brigade(3), late)
    assert task.events.last().comment == "вид: Другое → Жалоба; бригада: нет → 3 бригада"


def test_a_closed_task_is_brought_back_before_it_is_edited(office: Client) -> None:
    task = make_task(status="done")
    answer = office.get(f"{LIST}{task.pk}/edit/", follow=True)
    assert "сначала верните её" in answer.content.decode()


def test_nothing_can_be_deleted(office: Client) -> None:
    assert office.post(f"{LIST}{make_task().pk}/delete/", {"post": "yes"}).status_code == 403
    assert Task.objects.count() == 1


def test_the_file_holds_the_filtered_rows_and_no_formula(office: Client) -> None:
    make_task('=HYPERLINK("x")', contact_phone=PHONE)
    make_task("сделанная", status="done")
    answer = office.get(f"{LIST}export/csv/?status=open")
    text = answer.getvalue().decode("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert "сделанная" not in text
    assert f"'{PHONE}" in text
    assert len(text.strip().splitlines()) == 2


def test_ctrl_k_finds_tasks_and_the_sidebar_leads_to_them(office: Client) -> None:
    task = make_task("Отмыть граффити")
    assert f"{LIST}{task.pk}/change/" in office.get("/admin/search/?s=граффити&extended=1").content.decode()
    assert "AI Задачи" in office.get("/admin/").content.decode()
