"""The assistant over the API."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from rest_framework.test import APIClient

from calls.models import Call
from providers.tests.openai_twin import OpenAITwin
from voice.chat.models import ChatSettings

pytestmark = pytest.mark.django_db(transaction=True)
QUESTION = "Какое моющее средство использует компания для мытья подъездов?"
CHAT, DIALOG = "/api/ai/chat", "/api/dialog"


def tune(**values: object) -> None:
    ChatSettings.load()
    ChatSettings.objects.update(**values)


def ask(address: str = CHAT, client: APIClient | None = None, **body: object):  # type: ignore[no-untyped-def]
    return (client or APIClient()).post(address, body or {"message": QUESTION}, format="json")


def test_a_question_gets_its_answer_with_its_sources(assistant: OpenAITwin) -> None:
    answer = ask().json()
    assert set(answer) == {"response", "success", "citations", "base", "revision"}
    assert "Прогресс" in answer["response"]
    assert (answer["success"], answer["base"], answer["revision"]) == (True, "general", 1)
    assert answer["citations"][0]["document"] == "Условия работы"
    call = Call.objects.get()
    assert (call.channel, call.status, call.turns.count()) == ("api", "Completed", 2)


@pytest.mark.parametrize("address", [DIALOG, "/dialog"])
def test_messages_of_one_session_are_one_conversation(assistant: OpenAITwin, address: str) -> None:
    for number in (2, 4):
        answer = ask(address, session_id="test", user_message=QUESTION).json()
        assert (answer["session_id"], answer["success"]) == ("test", True)
        call = Call.objects.get()
        assert (call.caller, call.turns.count()) == ("test", number)


def test_messages_of_one_user_are_one_conversation(assistant: OpenAITwin) -> None:
    for _ in range(2):
        ask(message=QUESTION, user_id="web-7")
    assert Call.objects.get().turns.count() == 4


def test_a_conversation_that_has_ended_is_followed_by_a_new_call(assistant: OpenAITwin) -> None:
    ask(DIALOG, session_id="test", user_message=QUESTION)
    Call.objects.update(status="Completed")
    ask(DIALOG, session_id="test", user_message=QUESTION)
    assert Call.objects.count() == 2


def test_two_clients_with_one_session_id_are_two_conversations(assistant: OpenAITwin) -> None:
    for address in ("203.0.113.1", "203.0.113.2"):
        APIClient().post(DIALOG, {"session_id": "test", "user_message": QUESTION}, format="json", REMOTE_ADDR=address)
    assert Call.objects.count() == 2


def test_a_closed_chat_answers_only_whoever_may_chat(assistant: OpenAITwin, manager: User, settings) -> None:
    tune(is_public=False)
    settings.API_KEYS = ["service-key"]
    refused = ask()
    assert (refused.status_code, refused.json()["error"]["code"]) == (401, "not_authenticated")
    office = APIClient()
    office.force_authenticate(manager)
    by_key = APIClient(HTTP_X_API_KEY="service-key")
    assert ask(client=office).status_code == ask(client=by_key).status_code == 200


@pytest.mark.parametrize(
    ("address", "body", "field"),
    [
        (CHAT, {"message": ""}, "message"),
        (CHAT, {"message": "а" * 1001}, "message"),
        (CHAT, {"message": 5}, "message"),
        (CHAT, {"user_id": "1"}, "message"),
        (CHAT, {"message": "да", "user_id": "1" * 201}, "user_id"),
        (DIALOG, {"user_message": "да"}, "session_id"),
        (DIALOG, {"session_id": "1", "user_message": "а" * 1001}, "user_message"),
    ],
)
def test_what_cannot_be_asked_is_a_400_that_names_the_field(
    assistant: OpenAITwin, address: str, body: dict[str, object], field: str
) -> None:
    refused = ask(address, **body)
    assert (refused.status_code, refused.json()["error"]["field"]) == (400, field)
    assert not Call.objects.exists()


def test_too_many_questions_are_a_429_in_russian(assistant: OpenAITwin) -> None:
    tune(messages_per_minute=1)
    assert ask().status_code == 200
    refused = ask()
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "throttled")
    assert "Слишком много" in refused.json()["error"]["message"]
    assert 1 <= int(refused["Retry-After"]) <= 60


def test_an_address_of_ours_describes_both(assistant: OpenAITwin) -> None:
    paths = APIClient().get("/api/schema/?format=json").json()["paths"]
    assert {"/api/ai/chat", "/api/dialog"} <= set(paths)
    assert "/dialog" not in paths


def test_the_log_says_where_time_went(assistant: OpenAITwin) -> None:
    ask()
    answer = Call.objects.get().turns.get(speaker="assistant")
    assert answer.timings["total"] > 0
    assert answer.ended_at > answer.started_at
