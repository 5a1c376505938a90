"""Whatever goes wrong, the answer has one shape."""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from django.db import OperationalError
from django.test import RequestFactory
from rest_framework.test import APIClient

from vasdom import api_errors
from vasdom.asgi import application
from vasdom.errors import Conflict, InvalidInput, VasdomError

pytestmark = pytest.mark.django_db
KEY = "service-key-of-the-tests"


@pytest.fixture
def client(settings: Any) -> APIClient:
    settings.API_KEYS = [KEY]
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


def error_of(answer: Any) -> Any:
    error = answer.json()["error"]
    assert set(error) == {"code", "message", "field"}
    assert answer["Content-Type"].startswith("application/json")
    return error


def test_an_unknown_address_is_404_in_json(client: APIClient) -> None:
    for address in ("/api/nothing", "/api/cleaning", "/api/cleaning/house/1/nothing/more"):
        answer = client.get(address)
        assert answer.status_code == 404
        assert error_of(answer)["code"] == "not_found"
    assert APIClient().get("/api/nothing").status_code == 404


def test_a_closing_slash_leads_to_the_address_without_it(client: APIClient) -> None:
    answer = client.get("/api/cleaning/houses/?page=2")
    assert answer.status_code == 308
    assert answer["Location"] == "/api/cleaning/houses?page=2"
    assert client.get("/api/schema")["Location"] == "/api/schema/"


def test_a_redirect_never_leaves_the_site(client: APIClient) -> None:
    for address in ("/api//evil.example/", "/api/%2F%2Fevil.example/"):
        answer = client.get(address)
        assert answer.status_code == 404 or answer["Location"].startswith("/api/")


def test_a_method_that_is_not_there_is_405(client: APIClient) -> None:
    answer = client.delete("/api/cleaning/houses")
    assert answer.status_code == 405
    assert error_of(answer)["code"] == "method_not_allowed"
    assert "GET" in answer["Allow"]


@pytest.mark.parametrize(
    "body",
    ["{", "[1]", "\xff", '{"a": NaN}', "[" * 100_000, '{"a": ' + "9" * 5000 + "}", "null", '"\\ud800"', ""],
)
def test_a_body_that_is_no_json_object_is_400(client: APIClient, body: str) -> None:
    answer = client.generic("POST", "/api/acts/sign", body.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert error_of(answer)["code"] in {"parse_error", "invalid"}


def test_another_kind_of_body_is_415(client: APIClient) -> None:
    for kind in ("text/xml", "application/x-www-form-urlencoded", "multipart/form-data", "nonsense", ";;"):
        answer = client.generic("POST", "/api/acts/sign", b"<a/>", content_type=kind)
        assert answer.status_code == 415
        assert error_of(answer)["code"] == "unsupported_media_type"


@pytest.mark.parametrize("charset", ["base64", "rot13", "idna", "utf-16", "klingon", "", "a" * 20_000])
async def test_no_charset_a_caller_names_breaks_anything(charset: str) -> None:
    kind = f"application/json; charset={charset}".encode()
    for header in (kind, b"application/json; x*=klingon''x"):
        scope = {"type": "http", "method": "GET", "path": "/api/", "query_string": b"brigade=%D0%B1"}
        assert await answer_of(scope | {"headers": [(b"content-type", header), (b"host", b"localhost")]}) == 200


async def answer_of(scope: dict[str, Any]) -> int:
    """The status with which the whole application, as the web server runs it, answers."""
    site = ApplicationCommunicator(application, scope)
    await site.send_input({"type": "http.request", "body": b""})
    start = await site.receive_output(5)
    await site.receive_output(5)
    await site.wait(5)
    return int(start["status"])


def test_any_accept_header_gets_json(client: APIClient) -> None:
    for accept in ("text/html", "image/png", "nonsense", "*/*;q=0", ""):
        answer = client.get("/api/cleaning/houses?format=csv", HTTP_ACCEPT=accept)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("application/json")


def test_a_body_too_large_is_413(client: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = client.post("/api/acts/sign", {"notes": "а" * 500}, format="json")
    assert answer.status_code == 413
    assert error_of(answer)["code"] == "too_large"


def test_more_parameters_than_any_form_has_are_400(client: APIClient) -> None:
    answer = client.get("/api/cleaning/houses?" + "&".join(f"a{number}=1" for number in range(2000)))
    assert answer.status_code == 400
    error_of(answer)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (InvalidInput("Нет.", field="page"), 400, "invalid"),
        (Conflict("Уже."), 409, "conflict"),
        (VasdomError("Так нельзя.", code="special"), 400, "special"),
    ],
)
def test_expected_errors_keep_their_code_message_and_field(error: VasdomError, status: int, code: str) -> None:
    failure = api_errors.translate(error)
    assert (failure.status, failure.code, failure.message, failure.field) == (status, code, error.message, error.field)


def test_the_unexpected_is_500_without_a_word_of_the_cause(caplog: pytest.LogCaptureFixture) -> None:
    failure = api_errors.translate(RuntimeError("secret-of-the-cause"))
    assert failure.status == 500
    assert "secret-of-the-cause" not in str(failure.body)
    assert "secret-of-the-cause" in caplog.text


def test_a_failure_before_any_view_is_json_below_api_only() -> None:
    inside = api_errors.server_error(RequestFactory().get("/api/anything"))
    assert inside.status_code == 500
    assert error_of_response(inside)
    outside = api_errors.server_error(RequestFactory().get("/admin/"))
    assert outside["Content-Type"].startswith("text/html")


def test_the_database_away_is_503_wherever_it_is_noticed() -> None:
    gone = OperationalError("connection refused")
    assert api_errors.translate(gone).status == 503
    try:
        raise gone
    except OperationalError:
        assert api_errors.server_error(RequestFactory().get("/api/anything")).status_code == 503


def error_of_response(answer: Any) -> bool:
    return b'"error"' in answer.content and bool(answer["Content-Type"].startswith("application/json"))
