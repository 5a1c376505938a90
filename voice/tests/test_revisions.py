"""Revisions: immutable, one active, refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import IntegrityError, transaction

from houses.tests.factories import make_user
from vasdom.errors import Conflict, InvalidInput
from voice import actions
from voice.models import AssistantRevision, EscalationRule
from voice.snapshot import active_settings

pytestmark = pytest.mark.django_db


def test_the_first_revision_is_there_and_answers() -> None:
    call = active_settings()

    assert (call.number, call.name, call.top_k) == (1, "Алиса", 3)
    assert "{context}" in call.qa_prompt
    assert call.model == "gpt-4o-mini"


def test_an_edit_is_a_new_revision_that_does_not_answer_yet() -> None:
    author = make_user("Директор", first_name="Анна", last_name="Котова")

    revision = actions.save_revision({"greeting": "Привет!"}, author=author, note="Короче")

    assert (revision.number, revision.active, revision.author_name) == (2, False, "Анна Котова")
    assert active_settings().number == 1
    assert [change.field for change in actions.diff(actions.active_revision(), revision)] == ["greeting"]


def test_activation_is_read_by_the_next_message() -> None:
    revision = actions.save_revision({"greeting": "Привет!"}, author=None)
    kept = active_settings()

    actions.activate_revision(revision.pk, user=None)

    assert active_settings().greeting == "Привет!"
    assert kept.number == 1
    assert AssistantRevision.objects.filter(active=True).count() == 1
    assert LogEntry.objects.get_for_object(revision).filter(changes__has_key="active").exists()


def test_the_database_keeps_one_active_revision() -> None:
    revision = actions.save_revision({"greeting": "Привет!"}, author=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        AssistantRevision.objects.filter(pk=revision.pk).update(active=True)


def test_a_revision_is_never_changed_and_never_deleted() -> None:
    revision = actions.active_revision()
    revision.greeting = "Другое"

    with pytest.raises(TypeError):
        revision.save()
    with pytest.raises(TypeError):
        revision.delete()


def test_an_earlier_revision_can_be_activated_again() -> None:
    first = actions.active_revision()
    second = actions.save_revision({"greeting": "Привет!"}, author=None)
    actions.activate_revision(second.pk, user=None)

    actions.activate_revision(first.pk, user=None)

    assert active_settings().number == 1


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"qa_prompt": "Отвечай коротко."}, "qa_prompt", "{context}"),
        ({"qa_prompt": "Сведения: {context} и ещё {context}"}, "qa_prompt", "ровно одно"),
        ({"qa_prompt": "Сведения: {context} {"}, "qa_prompt", "скобки"),
        ({"qa_prompt": "Сведения: {{context}}"}, "qa_prompt", "скобки"),
        ({"qa_prompt": "{context} {password}"}, "qa_prompt", "{password}"),
        ({"greeting": "Привет, {context}"}, "greeting", "{context}"),
        ({"greeting": "  "}, "greeting", "приветствие"),
        ({"temperature": 1.5}, "temperature", "температура"),
        ({"top_k": 0}, "top_k", "фрагментов"),
        ({"top_k": 21}, "top_k", "фрагментов"),
        ({"model_vendor": "other"}, "model_vendor", "чем отвечать"),
        ({"number": 7}, "number", "поля"),
    ],
)
def test_what_cannot_be_used_is_refused_with_the_reason(values: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words.replace("{", r"\{").replace("}", r"\}")) as refused:
        actions.save_revision(values, author=None)

    assert refused.value.field == field
    assert AssistantRevision.objects.count() == 1


def test_the_same_again_is_no_new_revision() -> None:
    with pytest.raises(Conflict, match="Ничего не изменилось"):
        actions.save_revision({"greeting": active_settings().greeting}, author=None)


def test_a_revision_whose_vendor_has_no_key_is_not_activated(settings: Any) -> None:
    revision = actions.save_revision({"model_vendor": "openai"}, author=None)

    with pytest.raises(Conflict, match="OPENAI_API_KEY"):
        actions.activate_revision(revision.pk, user=None)

    assert active_settings().number == 1
    settings.OPENAI_API_KEY = "key"
    actions.activate_revision(revision.pk, user=None)
    assert active_settings().number == 2


def test_an_empty_database_gets_its_first_revision_when_it_is_asked_for() -> None:
    EscalationRule.objects.all()._raw_delete("default")
    AssistantRevision.objects.all()._raw_delete("default")

    assert active_settings().number == 1
    assert "asked_for" in [rule.reason for rule in active_settings().escalations]
