"""«Что понял ИИ»: questions a model thinks of, what is known about them, and sentences that say otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from knowledge import actions, demo, exam, jobs
from knowledge.models import Document, DocumentVersion
from knowledge.tests.factories import base, make_person, teach
from knowledge.understanding import understand
from providers.openai.chat import OpenAIChat
from providers.openai.config import Account, ChatConfig
from providers.retry import Retrying
from providers.tests.openai_twin import OpenAITwin, Reply

pytestmark = pytest.mark.django_db
SCAFFOLD = "# Леса\nСтроительные леса сдаём в аренду на сутки за 900 рублей."
WRITTEN = (
    "1. Сколько стоит аренда лесов?\n2) Сколько стоит уборка подъезда?\n- Сколько стоит аренда лесов?\nВот вопросы.\n"
)


@pytest.fixture
def twin() -> Iterator[OpenAITwin]:
    with OpenAITwin() as server:
        config = ChatConfig(account=Account(api_key="twin", base_url=server.url), model="gpt-4o-mini")
        usual = exam._model_of
        exam.use(lambda: Retrying(OpenAIChat(config)))
        server.brain = lambda body: Reply(WRITTEN)
        yield server
        exam.use(usual)


def waiting(text: str = SCAFFOLD) -> DocumentVersion:
    return actions.compose(base(), "Аренда", text, author=None)


def test_a_model_s_questions_are_kept_each_once_and_without_numbers(twin: OpenAITwin) -> None:
    version = waiting()
    jobs.think_of_questions(version=version.pk)
    version.refresh_from_db()
    assert version.questions == ["Сколько стоит аренда лесов?", "Сколько стоит уборка подъезда?"]
    asked = twin.asked()[0].body["messages"]
    assert "900 рублей" in asked[-1]["content"]


def test_what_is_known_already_stands_beside_a_question(twin: OpenAITwin) -> None:
    demo.seed()
    version = waiting()
    jobs.think_of_questions(version=version.pk)
    version.refresh_from_db()
    new, known = exam.foreseen(version.questions, version.document)
    assert new.known is None
    assert known.known is not None
    assert known.known.heading.endswith("Сколько стоит уборка подъезда")


def test_a_model_that_fails_leaves_its_reason_and_the_outline(twin: OpenAITwin, client: Client) -> None:
    twin.fail("status", status=401, code="invalid_api_key", times=5)
    version = waiting()
    jobs.think_of_questions(version=version.pk)
    version.refresh_from_db()
    assert version.questions == []
    assert version.questions_note
    client.force_login(make_person("Менеджер"))
    page = client.get(reverse("admin:knowledge_version", args=[version.pk])).content.decode()
    assert version.questions_note in page
    assert "По заголовкам, без языковой модели" in page


def test_without_a_model_the_outline_says_what_can_be_asked(client: Client) -> None:
    version = waiting()
    jobs.think_of_questions(version=version.pk)
    client.force_login(make_person("Менеджер"))
    page = client.get(reverse("admin:knowledge_version", args=[version.pk])).content.decode()
    assert "По заголовкам, без языковой модели" in page
    assert "Вопросы, на которые документ отвечает" not in page


def test_the_office_may_have_questions_thought_of_again(twin: OpenAITwin, client: Client) -> None:
    version = waiting()
    client.force_login(make_person("Менеджер"))
    address = reverse("admin:knowledge_version", args=[version.pk])
    assert "Модель придумывает вопросы" in client.get(address).content.decode()
    client.post(reverse("admin:knowledge_think", args=[version.pk]))
    page = client.get(address).content.decode()
    assert "Сколько стоит аренда лесов?" in page
    assert "новое" in page
    client.force_login(make_person("Оператор"))
    assert client.post(reverse("admin:knowledge_think", args=[version.pk])).status_code == 403


@pytest.mark.parametrize("written", ["", "Нет.", "x?", f"{'а' * 300}?"])
def test_what_is_no_question_is_not_taken_for_one(written: str) -> None:
    assert exam.read_questions(written) == []


def test_a_sentence_that_says_otherwise_is_found_under_any_heading() -> None:
    teach("# Сколько стоит\nУборка два раза в неделю стоит 170 рублей с квартиры в месяц.", title="Прайс")
    teach("# Акция\nНовым домам уборка обходится дешевле первые 3 месяца.", title="Акция")
    version = waiting(
        "# Для новых жителей\nЗдравствуйте. Уборка два раза в неделю стоит 190 рублей с квартиры в месяц."
    )
    (found,) = understand(version).contradictions
    assert (found.here, found.there, found.known.document) == (("190",), ("170",), "Прайс")
    assert found.said.startswith("Уборка два раза")
    assert found.known_says.startswith("Уборка два раза")


def test_other_numbers_about_other_things_contradict_nothing() -> None:
    teach("# Лифт\nКабину лифта моем каждый день, 365 дней в году.", title="Лифт")
    version = waiting("# Окна\nОкна на лестнице моем 2 раза в год, весной и осенью.")
    assert understand(version).contradictions == ()


def test_a_document_does_not_contradict_its_own_former_version() -> None:
    known = teach("# Сколько стоит\nУборка два раза в неделю стоит 170 рублей с квартиры в месяц.")
    document = Document.objects.get(pk=known.document_id)
    version = actions.write(
        document, "# Сколько стоит\nУборка два раза в неделю стоит 190 рублей с квартиры в месяц.", author=None
    )
    assert understand(version).contradictions == ()


def test_the_assistant_s_own_model_thinks_of_questions(settings: Any) -> None:
    from voice import brain

    settings.OPENAI_API_KEY = ""
    assert brain.model_of_documents() is None
    settings.OPENAI_API_KEY = "key"
    model = brain.model_of_documents()
    assert model is not None
    assert "extractive" not in model.name
