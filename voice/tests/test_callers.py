"""A caller who is known by the number: what the assistant makes of it, the menu of keys, and what stays private."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from calls.actions import open_call
from houses.contacts import Found, refresh_contact_index, remember
from houses.models import House
from houses.tests.factories import make_brigade, make_company, make_contact, make_house, make_visit
from tasks.models import Task
from voice import callers, menu
from voice.access import Caller
from voice.assistant import Conversation
from voice.snapshot import active_settings
from voice.tests.talk import ask

pytestmark = pytest.mark.django_db(transaction=True)
NUMBER = "+74950000001"


@pytest.fixture
def home() -> House:
    """A house of the caller's, with a cleaning tomorrow."""
    house = make_house(
        title="Кибальчича 3",
        address="улица Кибальчича, 3, Калуга",
        contact=make_contact(NUMBER, last_name="Иванова", name="Анна"),
        brigade=make_brigade(4),
        company=make_company(title="УК «Уют»", phone="84950000002"),
    )
    make_visit(house, timezone.localdate() + timedelta(days=1))
    refresh_contact_index()
    return house


def talk(*messages: str, phone: str = NUMBER, channel: str = "phone") -> list[str]:
    """The answers to messages of one conversation."""
    conversation = Conversation(f"test-{phone}-{channel}", channel=channel, phone=phone)

    async def all_of_them() -> list[str]:
        return [(await ask(conversation, message)).text for message in messages]

    return async_to_sync(all_of_them)()


# --- what is known when a call begins


def test_the_context_says_who_calls_which_house_and_the_last_calls(home: House) -> None:
    earlier = open_call("phone", NUMBER, 1, house=home)
    this = open_call("phone", NUMBER, 1)
    open_call("web", NUMBER, 1)

    context = callers.context("8 495 000-00-01", call_id=this.pk)

    assert (context.number, context.house, context.name) == (NUMBER, home, "Иванова Анна, старший дома")
    assert [(call.id, call.house) for call in context.last_calls] == [(earlier.pk, "Кибальчича 3")]


def test_a_stranger_and_a_hidden_number_are_no_trouble() -> None:
    assert callers.context("+74950000009").card is None
    assert callers.context("anonymous").name == ""
    assert callers.context("").last_calls == ()


def test_the_context_costs_two_queries(home: House, django_assert_num_queries: Any) -> None:
    open_call("phone", NUMBER, 1, house=home)

    with django_assert_num_queries(2):
        callers.context(NUMBER)


def test_a_stranger_is_asked_for_in_the_background_and_only_once(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://portal.invalid/rest/1/code/"
    rung: list[str] = []
    monkeypatch.setattr(callers.look_up_caller, "apply_async", lambda args, **options: rung.extend(args))

    callers.context("+74950000009")
    remember("+74950000009", Found())
    callers.context("+74950000009")
    callers.context("anonymous")
    callers._BEHIND.submit(lambda: None).result(timeout=10)

    assert rung == ["+74950000009"]


def test_a_broker_that_is_away_costs_a_call_nothing(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.BITRIX24_WEBHOOK_URL = "https://portal.invalid/rest/1/code/"

    def refuse(**_: Any) -> None:
        raise ConnectionError

    monkeypatch.setattr(callers.look_up_caller, "apply_async", refuse)

    assert callers.context("+74950000009").card is None
    callers._BEHIND.submit(lambda: None).result(timeout=10)


# --- the assistant


def test_our_house_is_the_house_of_the_number_and_is_named(home: House) -> None:
    (said,) = talk("Когда у нас уборка?")

    assert "Кибальчича 3" in said
    assert "завтра" in said


def test_another_house_that_is_named_is_the_one_that_is_meant(home: House) -> None:
    make_visit(make_house(title="Ленина 5", address="улица Ленина, 5, Калуга"), timezone.localdate())

    (said,) = talk("Когда уборка на Ленина 5?")

    assert "Ленина 5" in said
    assert "Кибальчича" not in said


def test_a_caller_of_two_houses_is_asked_which(home: House) -> None:
    make_house(title="Пухова 7", address="улица Пухова, 7, Калуга", contact=home.contact)
    refresh_contact_index()

    asked, said = talk("Когда у нас уборка?", "Кибальчича")

    assert "Кибальчича 3 или Пухова 7" in asked or "Пухова 7 или Кибальчича 3" in asked
    assert "завтра" in said


def test_a_stranger_is_still_asked_for_the_address(home: House) -> None:
    (said,) = talk("Когда у нас уборка?", phone="+74950000009")

    assert "адрес" in said


def test_a_number_typed_into_a_chat_is_nobodys_house(home: House) -> None:
    (said,) = talk("Когда у нас уборка?", channel="ws")

    assert "Кибальчича" not in said


def test_a_complaint_is_registered_only_after_the_house_is_confirmed(home: House) -> None:
    asked, said = talk("Запишите жалобу: в подъезде грязно на лестнице", "Да, верно")

    assert asked == "Это про дом Кибальчича 3, верно?"
    task = Task.objects.get()
    assert task.house == home
    assert "грязно" in task.text
    assert str(task.pk) in said


def test_a_complaint_about_another_house_asks_for_the_address(home: House) -> None:
    other = make_house(title="Ленина 5", address="улица Ленина, 5, Калуга")

    _, address, _ = talk("Запишите жалобу: в подъезде грязно на лестнице", "Нет", "Ленина 5")

    assert "адрес" in address
    assert Task.objects.get().house == other


@pytest.mark.parametrize(
    "question",
    ["Какой телефон старшего нашего дома?", "Кто у нас убирает?", "Дайте телефон нашей управляющей компании"],
)
def test_a_number_gives_no_right_to_what_is_not_public(home: House, question: str) -> None:
    (said,) = talk(question)

    for private in ("Иванова", NUMBER[2:], "4 бригада", "84950000002", "+74950000002"):
        assert private not in said


def test_a_model_is_told_the_house_and_no_name(home: House) -> None:
    note = Caller("phone", phone=NUMBER).note

    assert "Кибальчича 3" in note
    assert "Иванова" not in note
    assert Caller("ws", phone=NUMBER).note == ""
    assert Caller("phone", phone="+74950000009").note == ""


# --- the menu of keys


def test_key_one_says_the_next_cleaning_of_the_callers_house(home: House) -> None:
    said = menu.next_cleaning_by_number("8 495 000-00-01", active_settings())

    assert "Кибальчича 3" in said
    assert "завтра" in said


def test_key_one_of_a_stranger_leads_to_a_person() -> None:
    assert "Нажмите ноль" in menu.next_cleaning_by_number("+74950000009", active_settings())


def test_key_two_leaves_a_task_to_listen_to_the_message(home: House) -> None:
    task = menu.message_left("0f6c2c1e-1111", NUMBER, seconds=12.4)

    assert (task.house, task.contact_phone, task.source) == (home, NUMBER, "phone")
    assert "12 с" in task.text
    assert menu.message_left("0f6c2c1e", "anonymous", seconds=1).contact_phone == ""


def test_the_keys_are_three() -> None:
    assert [menu.choice_of(digit) for digit in "120#9"] == [
        menu.Choice.NEXT_CLEANING,
        menu.Choice.MESSAGE,
        menu.Choice.PERSON,
        None,
        None,
    ]
