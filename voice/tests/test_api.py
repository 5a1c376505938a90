"""The assistant's settings over the API: the original's addresses and shapes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rest_framework.test import APIClient

from houses.tests.factories import make_brigade, make_user
from voice.models import AssistantRevision
from voice.snapshot import active_settings

pytestmark = pytest.mark.django_db
KEY = "service-key-of-the-tests"
PROMPTS = {
    "greeting": "Здравствуйте!",
    "contextualize_q_system_prompt": "Перепиши вопрос.",
    "qa_system_prompt": "Отвечай коротко.| Контекст: {context}",
}


@pytest.fixture(autouse=True)
def _key(settings: Any) -> None:
    settings.API_KEYS = [KEY]


def with_key() -> APIClient:
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


def signed_in(role: str) -> APIClient:
    client = APIClient()
    client.force_authenticate(make_user(role, make_brigade() if role == "Бригада" else None))
    return client


def post(client: APIClient, path: str, body: Any) -> Any:
    return client.post(path, json.dumps(body), content_type="application/json")


def test_prompts_are_saved_and_answer_at_once() -> None:
    answer = post(with_key(), "/api/prompts", PROMPTS)

    assert answer.status_code == 200
    assert answer.json() == {"message": "Промпты успешно обновлены.", "revision": 2}
    assert with_key().get("/api/prompts").json() == PROMPTS
    assert active_settings().qa_prompt == PROMPTS["qa_system_prompt"]
    assert AssistantRevision.objects.get(number=2).author_name == "API"


def test_settings_have_the_original_s_shape_and_defaults() -> None:
    assert with_key().get("/api/settings").json() == {
        "kb_top_k": 3,
        "kb_fallback_threshold": 0.2,
        "llm_model_primary": "gpt-4o-mini",
        "llm_model_fallback": "",
        "llm_temperature": 0.2,
    }


def test_settings_and_model_are_saved_apart() -> None:
    first = post(with_key(), "/api/settings", {"kb_top_k": 5})
    second = post(with_key(), "/api/model-settings", {"llm_model_fallback": "gpt-4.1-mini", "llm_temperature": 0})

    assert first.json()["message"] == "Настройки сохранены"
    assert second.json() == {"message": "Модельные настройки сохранены", "revision": 3}
    kept = with_key().get("/api/settings").json()
    assert (kept["kb_top_k"], kept["llm_model_fallback"], kept["llm_temperature"]) == (5, "gpt-4.1-mini", 0)


def test_the_same_again_makes_no_revision() -> None:
    post(with_key(), "/api/settings", {"kb_top_k": 3})
    post(with_key(), "/api/settings", {})

    assert AssistantRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/prompts", {**PROMPTS, "qa_system_prompt": "Отвечай."}, "qa_system_prompt"),
        ("/api/prompts", {**PROMPTS, "qa_system_prompt": "{context"}, "qa_system_prompt"),
        ("/api/prompts", {**PROMPTS, "greeting": ""}, "greeting"),
        ("/api/prompts", {"greeting": "Привет"}, "contextualize_q_system_prompt"),
        ("/api/settings", {"kb_top_k": 0}, "kb_top_k"),
        ("/api/settings", {"kb_top_k": 21}, "kb_top_k"),
        ("/api/settings", {"kb_top_k": "3"}, "kb_top_k"),
        ("/api/settings", {"kb_top_k": True}, "kb_top_k"),
        ("/api/settings", {"kb_fallback_threshold": 1.2}, "kb_fallback_threshold"),
        ("/api/model-settings", {"llm_temperature": 1.1}, "llm_temperature"),
        ("/api/model-settings", {"llm_model_primary": ""}, "llm_model_primary"),
        ("/api/model-settings", {"llm_model_primary": 5}, "llm_model_primary"),
    ],
)
def test_what_cannot_be_taken_is_400_and_names_the_field(path: str, body: Any, field: str) -> None:
    answer = post(with_key(), path, body)

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field
    assert AssistantRevision.objects.count() == 1


@pytest.mark.parametrize(
    ("role", "read", "written"),
    [("Директор", 200, 200), ("Менеджер", 200, 200), ("Оператор", 200, 403), ("Бригада", 403, 403)],
)
def test_roles(role: str, read: int, written: int) -> None:
    client = signed_in(role)

    assert client.get("/api/prompts").status_code == read
    assert client.get("/api/settings").status_code == read
    assert post(client, "/api/settings", {"kb_top_k": 4}).status_code == written


def test_strangers_and_wrong_keys_are_refused() -> None:
    wrong = APIClient()
    wrong.credentials(HTTP_X_API_KEY="other")

    for client in (APIClient(), wrong):
        assert client.get("/api/prompts").status_code == 401
        assert post(client, "/api/prompts", PROMPTS).status_code == 401
    assert active_settings().number == 1


# --- the phone


def test_the_phone_s_settings_are_read_and_saved_field_by_field() -> None:
    read = with_key().get("/api/phone-settings").json()
    assert read["synthesizers"] == ["yandex", "openai", "espeak"]
    assert read["endpoint_seconds"] == 0.75
    assert read["escalations"][0] == {"reason": "asked_for", "threshold": 1, "words": "", "target": "", "phrase": ""}

    body = {"synthesizers": ["espeak"], "endpoint_seconds": 0.9, "speculate": False, "phrase_menu": "Нажмите ноль."}
    answer = post(with_key(), "/api/phone-settings", body)

    assert answer.json() == {"message": "Настройки телефона сохранены", "revision": 2}
    call = active_settings()
    assert (call.synthesizers, call.endpoint_seconds, call.speculate) == (("espeak",), 0.9, False)
    assert call.phrase_menu == "Нажмите ноль."
    assert call.escalations


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"endpoint_seconds": 99}, "endpoint_seconds"),
        ({"endpoint_seconds": "скоро"}, "endpoint_seconds"),
        ({"synthesizers": ["siri"]}, "synthesizers"),
        ({"synthesizers": "yandex"}, "synthesizers"),
        ({"stress_words": "замок=замок"}, "stress_words"),
        ({"speech_speed": True}, "speech_speed"),
    ],
)
def test_a_setting_of_the_phone_that_cannot_be_used_names_its_field(body: dict[str, Any], field: str) -> None:
    answer = post(with_key(), "/api/phone-settings", body)

    assert answer.status_code == 400
    assert answer.json()["error"]["field"].startswith(field)
    assert active_settings().number == 1


def test_a_voice_that_is_not_there_is_a_conflict_with_the_reason() -> None:
    answer = post(with_key(), "/api/phone-settings", {"voice_yandex": "alisa"})

    assert answer.status_code == 409
    assert "alisa" in answer.json()["error"]["message"]
    assert active_settings().number == 1


@pytest.mark.parametrize(("role", "read", "saved"), [("Оператор", 200, 403), ("Бригада", 403, 403)])
def test_the_phone_s_settings_keep_to_the_roles(role: str, read: int, saved: int) -> None:
    assert signed_in(role).get("/api/phone-settings").status_code == read
    assert post(signed_in(role), "/api/phone-settings", {"speculate": False}).status_code == saved
