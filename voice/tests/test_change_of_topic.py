"""A house that was spoken of does not answer questions that are about something else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from houses.access import Role
from houses.tests.factories import make_brigade, make_house, make_user, make_visit
from knowledge.tests.factories import teach
from voice.assistant import Conversation
from voice.tests.talk import ask

pytestmark = pytest.mark.django_db(transaction=True)


@sync_to_async
def an_office_and_a_house() -> object:
    teach("# Средства\n\nДля мытья полов используют нейтральное моющее средство.", slug="tech", title="Технология")
    house = make_house(title="Ленина 44", address="улица Ленина, 44, Калуга", brigade=make_brigade(3))
    make_visit(house, timezone.localdate() + timedelta(days=1))
    return make_user(Role.DIRECTOR)


async def test_what_floors_are_washed_with_is_no_question_of_the_schedule() -> None:
    conversation = Conversation("1", user=await an_office_and_a_house())
    await ask(conversation, "Когда уборка на Ленина 44?")
    answer = await ask(conversation, "Какие средства используют для мытья полов?")
    assert "нейтральное" in answer.text


async def test_one_cleaning_of_a_day_is_that_of_the_house() -> None:
    conversation = Conversation("1", user=await an_office_and_a_house())
    await ask(conversation, "Когда уборка на Ленина 44?")
    answer = await ask(conversation, "была ли уборка вчера?")
    assert [use.name for use in answer.end.tool_calls] == ["past_visits"]


async def test_the_weather_of_tomorrow_is_not_the_elder_again() -> None:
    conversation = Conversation("1", user=await an_office_and_a_house())
    await ask(conversation, "Контакты старшего Ленина 44")
    answer = await ask(conversation, "какая погода завтра")
    assert not answer.end.tool_calls


async def test_how_often_is_asked_of_the_house_while_it_is_spoken_of_and_of_nothing_else() -> None:
    conversation = Conversation("1", user=await an_office_and_a_house())
    await ask(conversation, "Когда уборка на Ленина 44?")
    answer = await ask(conversation, "А как часто?")
    assert [use.name for use in answer.end.tool_calls] == ["house_by_address"]
    assert "Ленина 44" in answer.text
    await ask(conversation, "Какие средства используют для мытья полов?")
    answer = await ask(conversation, "А как часто?")
    assert not answer.end.tool_calls


async def test_a_street_that_was_misheard_is_asked_about_and_nothing_is_answered_for_it_before() -> None:
    conversation = Conversation("1", user=await an_office_and_a_house())
    asked = await ask(conversation, "Когда уборка на Аннелинина 44?")
    assert asked.text.endswith("Может быть, Ленина 44?")
    assert not asked.citations
    answer = await ask(conversation, "Да")
    assert answer.text.startswith("Ближайшая уборка на Ленина 44 — завтра")


async def test_another_house_than_the_one_asked_about_is_asked_for() -> None:
    conversation = Conversation("1", user=await an_office_and_a_house())
    await ask(conversation, "Когда уборка на Аннелинина 44?")
    answer = await ask(conversation, "Нет")
    assert answer.text == "Тогда назовите, пожалуйста, улицу и номер дома."
    answer = await ask(conversation, "Ленина 44")
    assert answer.text.startswith("Ближайшая уборка на Ленина 44 — завтра")
