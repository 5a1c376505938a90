"""`/api/tasks`."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from houses.tests.factories import make_brigade, make_house, make_user
from tasks.models import Task
from tasks.tests.factories import make_task

pytestmark = pytest.mark.django_db
KEY = "service-key-of-the-tests"
PHONE = "+70000000001"


@pytest.fixture
def client(settings: Any) -> APIClient:
    settings.API_KEYS = [KEY]
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


def signed_in(role: str, number: int | None = None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(role, make_brigade(number) if number else None))
    return client


def test_a_task_has_its_shape(client: APIClient) -> None:
    house, brigade = make_house(), make_brigade(4)
    task = make_task("Мыть", house=house, brigade=brigade, contact_phone=PHONE, source="phone", kind="request")
    body = client.get("/api/tasks").json()
    assert set(body) == {"tasks", "counts", "total", "page", "limit", "pages"}
    assert body["counts"] == {"todo": 1, "in_progress": 0, "done": 0, "cancelled": 0, "overdue": 0}
    [row] = body["tasks"]
    times = {name: row.pop(name) for name in ("created_at", "updated_at")}
    assert all(times.values())
    assert row == {
        "id": task.pk,
        "text": "Мыть",
        "kind": "request",
        "kind_title": "Заявка",
        "status": "todo",
        "status_title": "К выполнению",
        "house": {"id": house.bitrix_id, "title": house.title, "address": house.address},
        "brigade": {"id": brigade.pk, "name": "4 бригада"},
        "assignee": None,
        "due": None,
        "overdue": False,
        "source": "phone",
        "contact_phone": PHONE,
    }
    details = client.get(f"/api/tasks/{task.pk}").json()
    assert [(event["from_status"], event["to_status"]) for event in details["events"]] == [(None, "todo")]


def test_tasks_are_narrowed_and_a_wrong_filter_is_named(client: APIClient) -> None:
    today = timezone.localdate()
    late = make_task("поздняя", brigade=make_brigade(1), due=today - timedelta(days=1))
    done = make_task("сделанная", house=make_house(bitrix_id=77), status="done")

    def found(**parameters: Any) -> list[int]:
        return [task["id"] for task in client.get("/api/tasks", parameters).json()["tasks"]]

    assert found() == [late.pk, done.pk]
    assert found(status="open") == found(status="overdue") == found(brigade="1") == [late.pk]
    assert found(brigade="1 бри", date_to=today) == [late.pk]
    assert found(status="done") == found(house=77) == [done.pk]
    assert found(date_from=today) == found(house=10**30) == found(brigade="99999") == []
    for name, value in {"status": "odd", "kind": "odd", "house": "a", "date_from": "32.13", "page": 0}.items():
        answer = client.get("/api/tasks", {name: value})
        assert answer.status_code == 400
        assert answer.json()["error"]["field"] == name


def test_a_script_puts_a_task(client: APIClient) -> None:
    house, day = make_house(), timezone.localdate() + timedelta(days=1)
    sent = {"text": "Забрать ключ", "kind": "request", "house_id": house.bitrix_id, "brigade_id": make_brigade(2).pk}
    answer = client.post("/api/tasks", sent | {"due": day.isoformat(), "contact_phone": PHONE}, format="json")
    assert answer.status_code == 201
    task = Task.objects.get()
    assert answer.json()["id"] == task.pk
    assert (task.house, task.brigade, task.due, task.source) == (house, make_brigade(2), day, "api")
    assert answer.json()["events"][0]["author"] == "API"


@pytest.mark.parametrize(
    ("sent", "status", "field"),
    [
        ({}, 400, "text"),
        ({"text": " "}, 400, "text"),
        ({"text": 5}, 400, "text"),
        ({"text": "а", "due": "2020-01-01"}, 400, "due"),
        ({"text": "а", "brigade_id": 10**30}, 400, "brigade_id"),
        ({"text": "а", "assignee_id": 999999}, 400, "assignee_id"),
        ({"text": "а", "kind": "odd"}, 400, "kind"),
        ({"text": "а", "contact_phone": "нет"}, 400, "contact_phone"),
        ({"text": "а", "house_id": "999999"}, 404, None),
    ],
)
def test_what_makes_no_task_is_refused(client: APIClient, sent: dict[str, Any], status: int, field: str | None) -> None:
    answer = client.post("/api/tasks", sent, format="json")
    assert answer.status_code == status
    assert answer.json()["error"]["field"] == field
    assert not Task.objects.exists()


def test_steps_repeat_without_harm_and_contradictions_are_conflicts(client: APIClient) -> None:
    task = make_task()
    for _ in range(2):
        answer = client.post(f"/api/tasks/{task.pk}/start", {"comment": "едем"}, format="json")
        assert (answer.status_code, answer.json()["status"], len(answer.json()["events"])) == (200, "in_progress", 2)
    assert client.post(f"/api/tasks/{task.pk}/finish").json()["status"] == "done"
    refused = client.post(f"/api/tasks/{task.pk}/cancel")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "conflict")
    assert client.post(f"/api/tasks/{task.pk}/reopen").json()["status"] == "todo"
    assert client.post(f"/api/tasks/{task.pk}/cancel").json()["status"] == "cancelled"


def test_a_brigade_sees_and_closes_only_its_own() -> None:
    own = signed_in("Бригада", 1)
    ours = make_task(f"звонить {PHONE}", brigade=make_brigade(1), contact_phone=PHONE)
    theirs = make_task(brigade=make_brigade(2))
    body = own.get("/api/tasks").json()
    assert [task["id"] for task in body["tasks"]] == [ours.pk]
    assert body["tasks"][0]["contact_phone"] is None
    assert PHONE not in str(body)
    assert own.get(f"/api/tasks/{theirs.pk}").status_code == 404
    assert own.post(f"/api/tasks/{theirs.pk}/finish").status_code == 404
    assert own.post(f"/api/tasks/{ours.pk}/finish").status_code == 200
    assert own.post(f"/api/tasks/{ours.pk}/reopen").status_code == 403
    assert own.post("/api/tasks", {"text": "а"}, format="json").status_code == 403


def test_a_viewer_reads_and_writes_nothing() -> None:
    viewer, task = signed_in("Просмотр"), make_task()
    assert viewer.get("/api/tasks").json()["total"] == 1
    assert viewer.post(f"/api/tasks/{task.pk}/start").status_code == 403
    assert viewer.post("/api/tasks", {"text": "а"}, format="json").status_code == 403


def test_a_stranger_is_not_let_in() -> None:
    assert APIClient().get("/api/tasks").status_code == 401


def test_the_list_asks_the_database_the_same_number_of_times_however_long_it_is(
    client: APIClient, django_assert_num_queries: Any
) -> None:
    for number in range(1, 12):
        make_task(house=make_house(), brigade=make_brigade(number % 3 + 1))
    with django_assert_num_queries(3):
        assert len(client.get("/api/tasks").json()["tasks"]) == 11
