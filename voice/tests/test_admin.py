"""«Помощник» in the office."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from houses.tests.factories import make_user
from voice import actions
from voice.models import EDITABLE, AssistantRevision
from voice.snapshot import active_settings

pytestmark = pytest.mark.django_db
LIST = reverse("admin:voice_assistantrevision_changelist")
ADD = reverse("admin:voice_assistantrevision_add")


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def sent(**changed: Any) -> dict[str, Any]:
    active = actions.active_revision()
    return {name: getattr(active, name) for name in EDITABLE} | changed


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_edit_is_a_new_revision_with_its_difference() -> None:
    client = signed_in("Менеджер")

    answer = client.post(ADD, sent(greeting="Привет! Это {name}.", note="Короче"), follow=True)

    revision = AssistantRevision.objects.get(number=2)
    assert not revision.active
    assert "Отличия от редакции 1" in text_of(answer)
    assert "<ins>Привет! Это {name}.</ins>" in text_of(answer)
    assert "<del>{hello}!" in text_of(answer)
    listed = text_of(client.get(LIST))
    assert "Короче" in listed
    assert '<span class="of-chip">приветствие</span>' in listed


def test_it_is_activated_with_a_button() -> None:
    client = signed_in("Директор")
    client.post(ADD, sent(greeting="Привет!"))
    revision = AssistantRevision.objects.get(number=2)

    answer = client.post(reverse("admin:voice_activate", args=[revision.pk]), follow=True)

    assert "Редакция 2 включена" in text_of(answer)
    assert active_settings().greeting == "Привет!"


def test_it_may_be_saved_and_activated_at_once() -> None:
    signed_in("Директор").post(ADD, sent(greeting="Привет!", activate="1"))

    assert active_settings().number == 2


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"qa_prompt": "Без места"}, "нужно ровно одно место {context}"),
        ({"qa_prompt": "{context} {"}, "фигурные скобки не закрыты"),
        ({"temperature": "7"}, "температура"),
        ({"greeting": ""}, "Обязательное поле"),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(changed: dict[str, Any], words: str) -> None:
    answer = signed_in("Директор").post(ADD, sent(**changed))

    assert answer.status_code == 200
    assert words in text_of(answer)
    assert AssistantRevision.objects.count() == 1


def test_the_same_again_is_refused() -> None:
    assert "Ничего не изменилось" in text_of(signed_in("Директор").post(ADD, sent()))


def test_a_revision_whose_vendor_has_no_key_says_why_it_is_refused() -> None:
    client = signed_in("Директор")
    client.post(ADD, sent(model_vendor="openai"))
    revision = AssistantRevision.objects.get(number=2)

    page = text_of(client.get(reverse("admin:voice_assistantrevision_change", args=[revision.pk])))
    answer = client.post(reverse("admin:voice_activate", args=[revision.pk]), follow=True)

    assert "Включить нельзя." in page
    assert "OPENAI_API_KEY" in page
    assert "OPENAI_API_KEY" in text_of(answer)
    assert active_settings().number == 1


def test_two_revisions_are_compared_and_an_old_one_is_the_start_of_a_new_one() -> None:
    client = signed_in("Директор")
    client.post(ADD, sent(name="Вера", activate="1"))
    client.post(ADD, sent(name="Нина"))
    first, third = AssistantRevision.objects.get(number=1), AssistantRevision.objects.get(number=3)
    card = reverse("admin:voice_assistantrevision_change", args=[third.pk])

    assert "Отличия от редакции 2 (отвечает сейчас)" in text_of(client.get(card))
    assert "Отличия от редакции 1" in text_of(client.get(card, {"with": "1"}))
    assert client.get(card, {"with": "9" * 30}).status_code == 200
    assert 'value="Алиса"' in text_of(client.get(ADD, {"from": first.pk}))
    assert client.get(ADD, {"from": "9" * 30}).status_code == 200


def test_a_prompt_is_text_and_never_markup() -> None:
    client = signed_in("Директор")
    client.post(ADD, sent(greeting="<script>alert(1)</script>"))
    revision = AssistantRevision.objects.get(number=2)

    page = text_of(client.get(reverse("admin:voice_assistantrevision_change", args=[revision.pk])))

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize(("role", "seen", "edited"), [("Оператор", 200, 403), ("Просмотр", 200, 403)])
def test_some_roles_only_look(role: str, seen: int, edited: int) -> None:
    client = signed_in(role)
    page = client.get(LIST)

    assert page.status_code == seen
    assert "Изменить" not in text_of(page).partition("content-main")[2]
    assert client.get(ADD).status_code == edited
    first = AssistantRevision.objects.get()
    assert client.post(reverse("admin:voice_activate", args=[first.pk])).status_code == edited


def test_the_list_costs_the_same_however_long_it_is(django_assert_max_num_queries: Any) -> None:
    client = signed_in("Директор")
    for number in range(12):
        actions.save_revision({"greeting": f"Привет {number}"}, author=None)

    with django_assert_max_num_queries(14):
        client.get(LIST)
