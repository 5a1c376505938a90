"""Who may enter the API, by which door, and how often."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as live_settings
from django.core.cache import caches
from django.utils import timezone
from rest_framework.test import APIClient

from houses.tests.factories import make_brigade, make_house, make_user
from vasdom.models import ApiToken, digest_of

pytestmark = pytest.mark.django_db
LIST = "/api/cleaning/houses"
KEY = "service-key-of-the-tests"
ORIGIN = "https://office.example"


@pytest.fixture(autouse=True)
def _fresh_counters(settings: Any) -> None:
    settings.API_KEYS = [KEY]
    cache = caches["default"]
    for scope in ("key", "user", "anonymous"):
        for key in cache._cache.get_client().scan_iter(f"*throttle:{scope}:*"):  # type: ignore[attr-defined]
            cache._cache.get_client().delete(key)  # type: ignore[attr-defined]


@pytest.fixture
def client() -> APIClient:
    return APIClient()


def assert_error(answer: Any, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/json")
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "field"}
    assert error["code"] == code


def test_without_a_key_the_answer_is_401_in_json_and_no_redirect(client: APIClient) -> None:
    answer = client.get(LIST)
    assert_error(answer, 401, "not_authenticated")
    assert "WWW-Authenticate" in answer


@pytest.mark.parametrize("key", ["", "wrong", KEY[:-1], KEY.upper(), "ключ", "\x80"])
def test_a_wrong_service_key_is_401(client: APIClient, key: str) -> None:
    answer = client.get(LIST, HTTP_X_API_KEY=key)
    assert_error(answer, 401, "wrong_key")


def test_the_service_key_opens_the_api(client: APIClient) -> None:
    house = make_house()
    answer = client.get(LIST, HTTP_X_API_KEY=KEY)
    assert [row["id"] for row in answer.json()["houses"]] == [house.bitrix_id]


def test_both_keys_work_while_one_replaces_the_other(client: APIClient, settings: Any) -> None:
    settings.API_KEYS = ["new-key", KEY]
    assert client.get(LIST, HTTP_X_API_KEY=KEY).status_code == 200
    assert client.get(LIST, HTTP_X_API_KEY="new-key").status_code == 200


def test_no_configured_key_means_closed_not_open(client: APIClient, settings: Any) -> None:
    settings.API_KEYS = []
    assert_error(client.get(LIST, HTTP_X_API_KEY=""), 401, "wrong_key")
    assert_error(client.get(LIST, HTTP_X_API_KEY="anything"), 401, "wrong_key")
    assert_error(client.get(LIST), 401, "not_authenticated")


def test_a_wrong_key_is_401_even_with_a_valid_session(client: APIClient) -> None:
    client.force_login(make_user("Менеджер"))
    assert client.get(LIST).status_code == 200
    assert_error(client.get(LIST, HTTP_X_API_KEY="wrong"), 401, "wrong_key")
    assert_error(client.get(LIST, HTTP_AUTHORIZATION="Token wrong"), 401, "wrong_key")


def test_a_token_acts_with_the_role_of_its_owner(client: APIClient) -> None:
    own, other = make_house(brigade=make_brigade(1)), make_house(brigade=make_brigade(2))
    _, key = ApiToken.objects.issue(make_user("Бригада", own.brigade), "телефон бригады")
    answer = client.get(LIST, HTTP_AUTHORIZATION=f"Token {key}")
    assert [row["id"] for row in answer.json()["houses"]] == [own.bitrix_id]
    assert (
        client.get(f"/api/cleaning/house/{other.bitrix_id}/details", HTTP_AUTHORIZATION=f"Token {key}").status_code
        == 404
    )


def test_only_the_digest_of_a_token_is_kept() -> None:
    token, key = ApiToken.objects.issue(make_user("Менеджер"), "выгрузка")
    token.refresh_from_db()
    assert token.digest == digest_of(key)
    assert key not in str(vars(token))


def test_the_use_of_a_token_is_noted_at_most_once_a_minute(client: APIClient) -> None:
    token, key = ApiToken.objects.issue(make_user("Менеджер"), "выгрузка")
    client.get(LIST, HTTP_AUTHORIZATION=f"Token {key}")
    token.refresh_from_db()
    first = token.last_used_at
    assert first is not None
    client.get(LIST, HTTP_AUTHORIZATION=f"Token {key}")
    token.refresh_from_db()
    assert token.last_used_at == first
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(minutes=2))
    client.get(LIST, HTTP_AUTHORIZATION=f"Token {key}")
    token.refresh_from_db()
    assert token.last_used_at is not None
    assert token.last_used_at > first


def test_a_revoked_token_is_401(client: APIClient) -> None:
    token, key = ApiToken.objects.issue(make_user("Менеджер"), "выгрузка")
    token.revoke()
    assert_error(client.get(LIST, HTTP_AUTHORIZATION=f"Token {key}"), 401, "wrong_key")


def test_a_token_of_a_dismissed_person_is_401(client: APIClient) -> None:
    owner = make_user("Менеджер")
    _, key = ApiToken.objects.issue(owner, "выгрузка")
    owner.is_active = False
    owner.save()
    assert_error(client.get(LIST, HTTP_AUTHORIZATION=f"Token {key}"), 401, "wrong_key")


def test_a_session_of_a_dismissed_person_is_401(client: APIClient) -> None:
    owner = make_user("Менеджер")
    client.force_login(owner)
    owner.is_active = False
    owner.save()
    assert_error(client.get(LIST), 401, "not_authenticated")


def test_a_session_must_show_its_csrf_token_to_write() -> None:
    strict = APIClient(enforce_csrf_checks=True)
    strict.force_login(make_user("Директор"))
    assert strict.get(LIST).status_code == 200
    assert_error(strict.post("/api/acts/sign", {}, format="json"), 403, "forbidden")


def test_the_service_key_and_tokens_need_no_csrf_token() -> None:
    strict = APIClient(enforce_csrf_checks=True)
    assert strict.post("/api/acts/sign", {}, format="json", HTTP_X_API_KEY=KEY).status_code == 400


def test_a_role_that_may_not_is_403(client: APIClient) -> None:
    client.force_login(make_user("Просмотр"))
    house = make_house()
    body = {"house_id": house.bitrix_id, "act_month": "2026-11", "signed_date": "2026-11-30"}
    assert_error(client.post("/api/acts/sign", body, format="json"), 403, "forbidden")


def test_too_many_requests_are_429_with_the_seconds_to_wait(client: APIClient, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = {"key": 1000, "user": 3, "anonymous": 2}
    client.force_login(make_user("Менеджер"))
    answers = [client.get("/api/cleaning/cleaning-types") for _ in range(9)]  # the minute may turn once
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert_error(refused[0], 429, "throttled")
    assert 1 <= int(refused[0]["Retry-After"]) <= 60


def test_guessing_keys_has_to_wait(client: APIClient, settings: Any) -> None:
    settings.API_REQUESTS_PER_MINUTE = {"key": 1000, "user": 1000, "anonymous": 2}
    codes = [client.get(LIST, HTTP_X_API_KEY=f"guess{number}").status_code for number in range(7)]
    assert set(codes) == {401, 429}


def test_a_service_key_gets_at_least_600_requests_a_minute() -> None:
    assert live_settings.API_REQUESTS_PER_MINUTE["key"] >= 600


def test_the_api_answers_while_valkey_is_away(client: APIClient, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nonexistent/valkey.sock",
        }
    }
    assert client.get(LIST, HTTP_X_API_KEY=KEY).status_code == 200


def test_a_listed_origin_may_call_with_the_key_header(client: APIClient, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    preflight = client.options(
        LIST,
        HTTP_ORIGIN=ORIGIN,
        HTTP_ACCESS_CONTROL_REQUEST_METHOD="GET",
        HTTP_ACCESS_CONTROL_REQUEST_HEADERS="x-api-key",
    )
    assert preflight.status_code == 200
    assert preflight["Access-Control-Allow-Origin"] == ORIGIN
    assert "x-api-key" in preflight["Access-Control-Allow-Headers"]
    answer = client.get(LIST, HTTP_ORIGIN=ORIGIN, HTTP_X_API_KEY=KEY)
    assert answer["Access-Control-Allow-Origin"] == ORIGIN
    assert "origin" in answer["Vary"].lower()


def test_another_origin_gets_no_permission_but_the_same_vary(client: APIClient, settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS = [ORIGIN]
    answer = client.get(LIST, HTTP_ORIGIN="https://elsewhere.example", HTTP_X_API_KEY=KEY)
    assert "Access-Control-Allow-Origin" not in answer
    assert "origin" in answer["Vary"].lower()
