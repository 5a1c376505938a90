"""«Мои задачи» among the brigade's pages."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from houses.tests.factories import make_brigade, make_house, make_user
from tasks.models import Task
from tasks.tests.factories import make_task

pytestmark = pytest.mark.django_db
PAGE = "/brigade/tasks/"


@pytest.fixture
def brigade(client: Client) -> Client:
    client.force_login(make_user("Бригада", make_brigade(1)))
    return client


def test_a_stranger_signs_in_first_and_comes_back(client: Client) -> None:
    assert client.get(PAGE)["Location"] == "/brigade/login/?next=%2Fbrigade%2Ftasks%2F"
    task = make_task()
    assert client.post(f"{PAGE}{task.pk}/start/")["Location"].startswith("/brigade/login/")


def test_the_list_shows_own_open_tasks_and_lately_closed_ones(brigade: Client) -> None:
    ours = make_brigade(1)
    make_task("Помыть перила", brigade=ours, due=timezone.localdate() - timedelta(days=1))
    make_task("Давно сделано", brigade=ours, status="done")
    make_task("Чужая", brigade=make_brigade(2))
    Task.objects.filter(text="Давно сделано").update(updated_at=timezone.now() - timedelta(days=99))
    make_task("Вчера сделано", brigade=ours, status="done")
    text = brigade.get(PAGE).content.decode()
    for words in ("Мои задачи", "Помыть перила", "просрочено", "Вчера сделано"):
        assert words in text
    for words in ("Чужая", "Давно сделано"):
        assert words not in text


def test_an_empty_list_says_so(brigade: Client) -> None:
    assert "Открытых задач нет." in brigade.get(PAGE).content.decode()


@pytest.mark.parametrize("address", ["/brigade/", "/brigade/week/", "/brigade/late/", PAGE])
def test_every_page_leads_to_the_tasks_and_counts_the_open_ones(brigade: Client, address: str) -> None:
    for status in ("todo", "in_progress", "done"):
        make_task(brigade=make_brigade(1), status=status)
    make_task(brigade=make_brigade(2))
    text = brigade.get(address).content.decode()
    assert f'href="{PAGE}"' in text
    assert '<b class="badge calm">2</b>' in text


def test_the_buttons_take_a_task_and_close_it_with_a_comment(brigade: Client) -> None:
    house = make_house(brigade=make_brigade(1))
    task = make_task("Помыть перила", brigade=make_brigade(1), house=house)
    text = brigade.get(f"{PAGE}{task.pk}/").content.decode()
    assert "Взять в работу" in text
    assert f"/brigade/houses/{house.pk}/" in text
    for _ in range(2):
        page = brigade.post(f"{PAGE}{task.pk}/start/", follow=True).content.decode()
        assert "Задача взята в работу." in page
    assert "Взять в работу" not in page
    page = brigade.post(f"{PAGE}{task.pk}/finish/", {"comment": "ключ у <старшего>"}, follow=True).content.decode()
    assert "ключ у &lt;старшего&gt;" in page
    task.refresh_from_db()
    assert (task.status, task.events.count()) == ("done", 3)


def test_a_contradicting_step_is_told_and_the_comment_kept(brigade: Client) -> None:
    task = make_task(brigade=make_brigade(1), status="cancelled")
    answer = brigade.post(f"{PAGE}{task.pk}/finish/", {"comment": "всё помыли"})
    assert answer.status_code == 409
    assert "Задача отменена" in answer.content.decode()


def test_a_page_left_open_too_long_asks_again_with_the_comment_in_place() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("Бригада", make_brigade(1)))
    task = make_task(brigade=make_brigade(1))
    answer = client.post(f"{PAGE}{task.pk}/finish/", {"comment": "всё помыли"})
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "слишком давно" in text
    assert "всё помыли" in text
    task.refresh_from_db()
    assert task.status == "todo"


def test_another_brigades_task_does_not_exist(brigade: Client) -> None:
    task = make_task(brigade=make_brigade(2))
    assert brigade.get(f"{PAGE}{task.pk}/").status_code == 404
    assert brigade.post(f"{PAGE}{task.pk}/finish/").status_code == 404
    assert brigade.get(f"{PAGE}?brigade={make_brigade(2).pk}").status_code == 404


def test_a_brigade_reads_no_phone(brigade: Client) -> None:
    task = make_task("Перезвонить на +7 000 000-00-01", brigade=make_brigade(1), contact_phone="+70000000001")
    for address in (PAGE, f"{PAGE}{task.pk}/"):
        text = brigade.get(address).content.decode()
        assert "00-01" not in text
        assert "0000001" not in text


def test_the_office_looks_at_a_brigades_tasks_and_leaves_them(client: Client) -> None:
    client.force_login(make_user("Менеджер"))
    task = make_task("Помыть перила", brigade=make_brigade(1))
    make_task("Чужая", brigade=make_brigade(2))
    assert "Выберите" in client.get(PAGE).content.decode() or client.get(PAGE).status_code == 200
    text = client.get(f"{PAGE}?brigade={make_brigade(1).pk}").content.decode()
    assert "Задачи бригады" in text
    assert "Чужая" not in text
    assert "Взять в работу" not in client.get(f"{PAGE}{task.pk}/").content.decode()
    assert client.post(f"{PAGE}{task.pk}/start/").status_code == 403


def test_a_task_at_another_brigades_house_names_the_house_without_opening_it(brigade: Client) -> None:
    house = make_house(brigade=make_brigade(2), title="Чужая 5")
    task = make_task(brigade=make_brigade(1), house=house)
    text = brigade.get(f"{PAGE}{task.pk}/").content.decode()
    assert "Чужая 5" in text
    assert f"/brigade/houses/{house.pk}/" not in text
