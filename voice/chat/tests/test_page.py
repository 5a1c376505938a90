"""The page «AI Чат» and the settings of the chat, without a browser."""

from __future__ import annotations

import re

import pytest
from auditlog.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client

from houses.tests.factories import make_user
from providers.tests.openai_twin import OpenAITwin
from voice.chat.models import ChatSettings

pytestmark = pytest.mark.django_db(transaction=True)
PAGE, SETTINGS = "/admin/chat/", "/admin/voice/chatsettings/1/change/"


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_ai_leads_to_the_page_and_the_sidebar_has_it(assistant: OpenAITwin, manager: User) -> None:
    client = as_user(manager)
    assert client.get("/ai")["Location"] == PAGE
    assert f'href="{PAGE}"' in client.get("/admin/").content.decode()


@pytest.mark.parametrize("role", ["Директор", "Менеджер", "Оператор", "Просмотр"])
def test_the_office_has_the_page(assistant: OpenAITwin, role: str) -> None:
    page = as_user(make_user(role)).get(PAGE).content.decode()
    assert "Сколько домов в системе?" in page
    assert ("data-rates" in page) == (role != "Просмотр")
    assert ("Настройки чата" in page) == (role in {"Директор", "Менеджер"})


def test_others_have_not(assistant: OpenAITwin) -> None:
    assert Client().get(PAGE)["Location"].startswith("/admin/login/")
    assert as_user(make_user("Бригада")).get(PAGE)["Location"] == "/brigade/"
    assert as_user(User.objects.create_user("nobody", is_staff=True)).get(PAGE).status_code == 403


def test_the_page_runs_nothing_inline(assistant: OpenAITwin, manager: User) -> None:
    page = as_user(manager).get(PAGE).content.decode()
    own = page[page.index("data-chat") : page.index("data-toasts")]
    assert not re.search(r"\son\w+=|\sstyle=|<script", own)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', own)


def test_the_director_closes_the_chat_and_the_trail_says_so(assistant: OpenAITwin) -> None:
    client = as_user(make_user("Директор"))
    assert client.get("/admin/voice/chatsettings/")["Location"] == SETTINGS
    values = ChatSettings.load()
    form = {field.name: getattr(values, field.name) for field in values._meta.fields if field.name != "is_public"}
    assert client.post(SETTINGS, form).status_code == 302
    assert not ChatSettings.load().is_public
    assert LogEntry.objects.get_for_object(values).filter(changes__has_key="is_public").exists()


def test_a_manager_reads_the_settings_and_an_operator_does_not(assistant: OpenAITwin, manager: User) -> None:
    ChatSettings.load()
    assert as_user(manager).get(SETTINGS).status_code == 200
    assert as_user(manager).post(SETTINGS, {}).status_code == 403
    assert as_user(make_user("Оператор")).get(SETTINGS).status_code == 403
