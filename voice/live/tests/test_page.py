"""The live pages: who may open them, and what «Оператор» remembers of the day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from calls.actions import note_event
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_brigade, make_user

pytestmark = pytest.mark.django_db


def page(role: str, address: str = "/admin/operator/") -> tuple[int, str]:
    client = Client()
    client.force_login(make_user(role, make_brigade(1) if role == "Бригада" else None))
    answer = client.get(address)
    return answer.status_code, answer.text


@pytest.mark.parametrize("address", ["/admin/live/", "/admin/operator/"])
def test_the_office_opens_them_and_nobody_else(address: str) -> None:
    for role in ("Директор", "Менеджер", "Оператор"):
        assert page(role, address)[0] == 200
    assert page("Просмотр", address)[0] == 403
    assert page("Бригада", address)[0] == 302
    assert Client().get(address).status_code == 302
    assert "/admin/live/" not in page("Просмотр", "/admin/")[1]


def test_what_became_of_those_who_wanted_a_person_is_told_for_a_day() -> None:
    now = timezone.now()
    for number, (hours, outcome) in enumerate([(1, "transfer_accepted"), (2, "callback"), (3, ""), (30, "callback")]):
        call = make_call("позовите человека", caller=f"{PHONE[:-1]}{number}")
        at = now - timedelta(hours=hours)
        note_event(call.pk, key="1", at=at, kind="handover_wanted", text=f"причина {number}")
        if outcome:
            note_event(call.pk, key="2", at=at + timedelta(seconds=5), kind="transfer_busy")
            note_event(call.pk, key="3", at=at + timedelta(seconds=9), kind=outcome)
    html = page("Оператор")[1]
    for words in ("причина 0", "сотрудник принял звонок", "Заявка на обратный звонок", "причина 2", "нет данных"):
        assert words in html, words
    assert "причина 3" not in html
    assert "занято" not in html
