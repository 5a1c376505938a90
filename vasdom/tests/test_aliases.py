"""The originals' bare addresses serve the same views as the canonical ones, whatever the method."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve
from rest_framework.test import APIClient

from vasdom.aliases import ALIASES, alias

KEY = "service-key-of-the-tests"
METHODS = ("get", "post", "delete")


@pytest.fixture
def client(settings: Any) -> APIClient:
    settings.API_KEYS = [KEY]
    client = APIClient()
    client.credentials(HTTP_X_API_KEY=KEY)
    return client


@pytest.mark.parametrize(("bare", "canonical"), ALIASES)
def test_an_alias_is_the_canonical_view_and_no_part_of_the_description(bare: str, canonical: str) -> None:
    found, meant = resolve(f"/{bare}"), resolve(f"/{canonical}")
    assert found.func.cls is meant.func.cls  # type: ignore[attr-defined]
    options = {name: value for name, value in found.func.initkwargs.items() if name != "schema"}  # type: ignore[attr-defined]
    assert options == {name: value for name, value in meant.func.initkwargs.items() if name != "schema"}  # type: ignore[attr-defined]
    assert f"/{bare}" not in APIClient().get("/api/schema/?format=json").json()["paths"]


@pytest.mark.django_db
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("bare", "canonical"), ALIASES)
def test_an_alias_answers_every_method_as_the_canonical_address_does(
    client: APIClient, bare: str, canonical: str, method: str
) -> None:
    ask = getattr(client, method)
    found, meant = ask(f"/{bare}"), ask(f"/{canonical}")
    assert found.status_code == meant.status_code
    assert found.status_code not in {301, 302, 308, 404, 500} or meant.status_code == 404
    assert found["Content-Type"] == meant["Content-Type"]


@pytest.mark.django_db
@pytest.mark.parametrize(("bare", "canonical"), ALIASES)
def test_an_alias_is_no_way_round_the_door(bare: str, canonical: str) -> None:
    for method in METHODS:
        found, meant = (getattr(APIClient(), method)(f"/{address}") for address in (bare, canonical))
        assert found.status_code == meant.status_code
    assert APIClient().get("/logs").status_code == 401


def test_an_alias_of_nothing_is_refused_at_the_start() -> None:
    with pytest.raises(Exception, match="no address of the API"):
        alias("nowhere", "api/nowhere-at-all")
