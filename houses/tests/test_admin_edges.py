"""What a hand check of the office's pages found: odd input, roles at the edge, the age of data on every list."""

from __future__ import annotations

import html
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group, Permission, User
from django.test import Client, RequestFactory
from django.utils import timezone

from houses.models import Contact, Employee, ScheduleField, SyncRun
from houses.tests.factories import make_brigade, make_contact, make_house, make_user

pytestmark = pytest.mark.django_db
EMPLOYEES = "/admin/houses/employee/"
FIELDS = "/admin/houses/schedulefield/"


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def text_of(client: Client, address: str, **params: Any) -> str:
    answer = client.get(address, params)
    assert answer.status_code == 200, address
    return html.unescape(answer.content.decode())


# --- odd input


@pytest.mark.parametrize(
    ("address", "params"),
    [
        ("/admin/houses/house/", {"q": "  "}),
        ("/admin/houses/house/", {"q": " \t "}),
        ("/admin/houses/house/export/csv/", {"q": "  "}),
        ("/admin/houses/house/export/xlsx/", {"q": "  "}),
        ("/admin/acts/", {"brigade": "\x00"}),
        ("/admin/acts/", {"brigade": "1\x00"}),
    ],
)
def test_blanks_and_null_bytes_are_answered(address: str, params: dict[str, str]) -> None:
    make_house()
    assert signed_in("Менеджер").get(address, params).status_code == 200


def test_a_photo_with_a_null_byte_in_its_name_does_not_exist() -> None:
    assert signed_in("Менеджер").get("/media/visits/2026-11/%00.jpg").status_code == 404


# --- roles at the edge


def test_no_page_leads_a_viewer_to_a_list_that_is_closed_to_them() -> None:
    ScheduleField.objects.create(
        field_name="UF_CRM_1", label="Дата", kind="dates", year=2026, month=11, slot=1, state="conflict"
    )
    make_brigade(1)
    for role in ("Просмотр", "Оператор"):
        client = signed_in(role)
        for address in ("/admin/", "/admin/houses/house/", "/admin/houses/brigade/"):
            text = text_of(client, address)
            assert FIELDS not in text, (role, address)
            assert (EMPLOYEES in text) == (role == "Оператор"), (role, address)


def test_who_only_looks_at_an_employee_reads_russian_labels_and_no_password() -> None:
    employee = Employee.objects.get(user=make_user("Бригада", make_brigade(1)))
    text = text_of(signed_in("Оператор"), f"{EMPLOYEES}{employee.pk}/change/")
    assert employee.user.username in text
    assert "Логин" in text
    for word in ("Login", "Password", "Role"):
        assert f">{word}" not in text, word


@pytest.mark.parametrize(
    "changed", [{"password": "чужой-пароль-7"}, {"login": "stolen"}, {"role": "Бригада"}, {"is_active": ""}]
)
def test_a_manager_does_not_take_over_the_login_of_a_director(changed: dict[str, str]) -> None:
    director = make_user("Директор")
    employee = Employee.objects.create(user=director, full_name="Директор", brigade=make_brigade(1))
    data = {"full_name": "Директор", "brigade": employee.brigade_id, "is_active": "on", "login": director.username}
    data |= {"role": "Директор", "phone": "", "telegram_id": "", "position": "", "password": ""} | changed
    answer = signed_in("Менеджер").post(f"{EMPLOYEES}{employee.pk}/change/", data)
    assert "меняет только директор" in answer.content.decode()
    director.refresh_from_db()
    assert director.check_password("pass")
    assert (director.is_active, director.is_staff) == (True, True)
    assert [group.name for group in director.groups.all()] == ["Директор"]


def test_a_manager_still_corrects_the_name_of_an_office_person() -> None:
    operator = make_user("Оператор")
    employee = Employee.objects.create(user=operator, full_name="Иванова")
    data = {"full_name": "Петрова", "is_active": "on", "login": operator.username, "role": "Оператор", "position": ""}
    signed_in("Менеджер").post(
        f"{EMPLOYEES}{employee.pk}/change/", data | {"phone": "", "telegram_id": "", "brigade": "", "password": ""}
    )
    employee.refresh_from_db()
    assert employee.full_name == "Петрова"


def test_phones_are_shown_by_who_asks_even_when_two_ask_at_once() -> None:
    make_contact("+70000000001")
    admin, request = site.get_model_admin(Contact), RequestFactory().get("/")

    def row(role: str) -> Contact:
        request.user = make_user(role)
        return admin.get_queryset(request).get()

    brigade, operator = row("Просмотр"), row("Оператор")
    assert admin.phones_cell(brigade) == "скрыты для вашей роли"  # type: ignore[attr-defined]
    assert admin.phones_cell(operator) == "+70000000001"  # type: ignore[attr-defined]


def test_saving_a_role_keeps_its_rights_of_every_application(client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    group = Group.objects.get_or_create(name="Оператор")[0]
    page = text_of(client, f"/admin/auth/group/{group.pk}/change/")
    for permission in Permission.objects.filter(group=group):
        assert f'name="permissions" value="{permission.pk}"' in page, permission


# --- the age of the data


@pytest.mark.parametrize("model", ["house", "cleaningvisit", "brigade", "managementcompany"])
def test_every_list_of_crm_data_says_how_old_they_are(model: str) -> None:
    moment = timezone.now() - timedelta(minutes=3)
    SyncRun.objects.create(kind="full", state="done", data_as_of=moment, finished_at=moment)
    SyncRun.objects.create(kind="delta", state="failed", finished_at=timezone.now(), errors=["Нет связи с Bitrix24."])
    address = f"/admin/houses/{model}/"
    text = text_of(signed_in("Менеджер"), address, q="")
    assert f"данные на {timezone.localtime(moment):%H:%M}; Bitrix24 не отвечает" in text


# --- fields of the CRM


def test_confirming_a_field_says_where_to_start_the_full_sync() -> None:
    field = ScheduleField.objects.create(
        field_name="UF_CRM_1", label="Дата", kind="dates", year=2026, month=11, slot=1, state="conflict"
    )
    director = signed_in("Директор")
    answer = director.post(FIELDS, {"action": "confirm", "_selected_action": field.pk}, follow=True)
    text = answer.content.decode()
    assert "Подтверждено полей: 1." in text
    assert '<a href="/admin/houses/syncrun/">запустить сейчас</a>' in text


# --- before the first synchronisation


def test_before_anything_was_read_no_page_and_no_answer_says_zero_houses() -> None:
    director = signed_in("Директор")
    dashboard = text_of(director, "/admin/")
    assert "Домов ещё нет: синхронизация ещё не выполнялась" in dashboard
    assert "На сегодня уборок нет" not in dashboard
    for address in ("/admin/", "/admin/analytics/"):
        houses = next(tile for tile in director.get(address).context["board"].tiles if tile.title == "Домов")
        assert (houses.value, houses.link) == (None, ""), address
    assert "of-figure" not in text_of(director, "/admin/houses/house/")
    stats = director.get("/api/dashboard/stats").json()
    assert {stats[f"total_{name}"] for name in ("houses", "apartments", "entrances", "floors")} == {None}
    assert (stats["data_as_of"], stats["stale"]) == (None, True)


def test_an_empty_portal_that_was_read_has_no_houses_and_says_so() -> None:
    moment = timezone.now()
    SyncRun.objects.create(kind="full", state="done", data_as_of=moment, finished_at=moment)
    director = signed_in("Директор")
    assert director.get("/api/dashboard/stats").json()["total_houses"] == 0
    assert director.get("/admin/").context["board"].tiles[0].value == 0


@pytest.mark.parametrize("webhook", ["", "https://portal.example/rest/1/x/"])
def test_the_header_says_demo_as_long_as_demo_rows_are_there_and_no_longer(settings: Any, webhook: str) -> None:
    settings.BITRIX24_WEBHOOK_URL = webhook
    house, manager = make_house(is_demo=True), signed_in("Менеджер")
    assert "Демо-данные" in text_of(manager, "/admin/houses/house/")
    house.delete()
    assert "Демо-данные" not in text_of(manager, "/admin/houses/house/")
