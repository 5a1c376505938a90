"""The description of the API is valid, complete, in Russian, and true."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer
from rest_framework.test import APIClient

from houses.models import Act
from houses.tests.factories import make_brigade, make_company, make_house, make_user, make_visit

KEY = "service-key-of-the-tests"
SECONDS = 20


@pytest.fixture(scope="module")
def description() -> Any:
    return json.loads(APIClient().get("/api/schema/?format=json").content)


def operations(description: Any) -> list[tuple[str, str, Any]]:
    return [(path, method, body) for path, methods in description["paths"].items() for method, body in methods.items()]


def test_the_description_is_valid_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_endpoint_says_in_russian_what_it_is_and_how_it_fails(description: Any) -> None:
    for path, method, operation in operations(description):
        where = f"{method} {path}"
        assert any("а" <= letter.lower() <= "я" for letter in operation["summary"]), where
        assert {"400", "401", "403", "429"} <= set(operation["responses"]), where
        for parameter in operation.get("parameters", []):
            assert parameter.get("description"), f"{where} {parameter['name']}"
        if "{" in path:
            assert "404" in operation["responses"], where


def test_every_view_of_the_api_is_described_or_left_out_on_purpose(description: Any) -> None:
    described = set(description["paths"])
    for address in api_addresses(get_resolver().url_patterns):
        assert address in described, address


def api_addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> list[str]:
    """Addresses of the API's views that have not said `schema = None`, as OpenAPI writes them."""
    found = []
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            found += api_addresses(pattern.url_patterns, address)
        elif address.startswith("/api/"):
            view = getattr(pattern.callback, "cls", None)
            schema = pattern.callback.initkwargs.get("schema", view.schema) if view else None
            if schema is not None and view.__module__ != "vasdom.api_docs":
                found.append(address.replace("<str:", "{").replace(">", "}"))
    return found


def test_all_three_doors_are_described(description: Any) -> None:
    schemes = description["components"]["securitySchemes"]
    assert {scheme["name"] for scheme in schemes.values()} == {"X-API-Key", "Authorization", "sessionid"}


@pytest.mark.django_db
def test_swagger_loads_nothing_from_outside() -> None:
    page = APIClient().get("/api/docs/")
    assert page.status_code == 200
    script = APIClient().get("/api/docs/?script=")
    for answer in (page, script):
        text = answer.content.decode()
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "https://" not in text
    assert "<script>" not in page.content.decode()


def fill() -> None:
    """A little of everything, so that successful answers are checked too."""
    today = timezone.localdate()
    slot = {"year": today.year, "month": today.month, "slot": 1, "type": "T1", "text": "всех этажей"}
    for number in range(1, 4):
        house = make_house(
            bitrix_id=number,
            brigade=make_brigade(number),
            company=make_company(),
            schedule=[slot | {"dates": [today.isoformat()]}],
        )
        make_visit(house, today, pk=number)
        make_visit(house, today - timedelta(days=1), pk=number + 100, status="done", started_at=timezone.now())
        Act.objects.create(house=house, month=date(today.year, today.month, 1), signed_date=today)
    make_user("Бригада", make_brigade(1))


@pytest.mark.django_db(transaction=True)
def test_no_request_schemathesis_can_think_of_is_a_server_error(
    live_server: LiveServer, settings: Any, tmp_path: Path
) -> None:
    settings.API_KEYS = [KEY]
    settings.API_REQUESTS_PER_MINUTE = {"key": 10**6, "user": 10**6, "anonymous": 10**6}
    settings.MEDIA_ROOT = tmp_path
    fill()
    done = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{live_server.url}/api/schema/"),
            *("--header", f"X-API-Key: {KEY}", "--max-time", str(SECONDS), "--phases", "examples,coverage,fuzzing"),
            *("--checks", "not_a_server_error,content_type_conformance,response_schema_conformance"),
            *("--max-failures", "5", "--seed", "1", "--no-color", "--generation-database", "none"),
        ],
        cwd=tmp_path,
        env={**os.environ, "HYPOTHESIS_STORAGE_DIRECTORY": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=SECONDS * 5,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
