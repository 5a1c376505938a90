"""The front door, the originals' addresses and the pages for errors."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from houses.tests.factories import make_brigade, make_user
from vasdom.overview.redirects import SECTIONS
from vasdom.tests.servers import closed_port

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.mark.django_db
def test_a_browser_gets_the_start_page_with_the_four_ways_in(client: Client) -> None:
    page = client.get("/", HTTP_ACCEPT=BROWSER)
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Content-Type"].startswith("text/html")
    for address in ("/admin/", "/brigade/", "/api/docs/", "/readyz"):
        assert f'href="{address}"' in text


@pytest.mark.django_db
@pytest.mark.parametrize("accept", [None, "*/*", "application/json"])
def test_everybody_else_gets_json(client: Client, accept: str | None) -> None:
    headers = {"HTTP_ACCEPT": accept} if accept else {}
    answer = client.get("/", **headers)
    assert answer.status_code == 200
    assert set(answer.json()) == {"status", "version"}


@pytest.mark.parametrize("accept", [BROWSER, "application/json"])
def test_the_start_page_stands_when_the_database_does_not(accept: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "HOST", "127.0.0.1")
    monkeypatch.setitem(connection.settings_dict, "PORT", str(closed_port()))
    client = Client()
    client.cookies["sessionid"] = "a" * 32  # a session would have to be read from the database
    answer = client.get("/", HTTP_ACCEPT=accept)
    assert answer.status_code == 200
    assert ("Сейчас не работает главное" if accept == BROWSER else '"down"') in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("name", SECTIONS)
def test_the_originals_addresses_lead_to_their_pages_with_the_query(client: Client, name: str, slash: str) -> None:
    answer = client.get(f"/{name}{slash}?brigade=2&q=%D0%B0")
    assert answer.status_code == 302
    assert answer["Location"] == f"{SECTIONS[name]}?brigade=2&q=%D0%B0"


@pytest.mark.django_db
def test_works_and_analytics_lead_to_their_own_pages(client: Client) -> None:
    assert client.get("/works")["Location"] == "/admin/houses/house/"
    assert client.get("/analytics/")["Location"] == "/admin/analytics/"
    assert client.get("/tasks")["Location"] == "/admin/tasks/task/"
    assert client.get("/logs-ui/")["Location"] == "/admin/calls/call/"
    assert client.get("/meetings")["Location"] == "/admin/"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/", "/admin/analytics/", "/admin/houses/house/", "/admin/status/"])
def test_a_brigade_that_opens_the_office_is_sent_to_its_own_pages(client: Client, address: str) -> None:
    client.force_login(make_user("Бригада", make_brigade(1)))
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"] == "/brigade/"


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/admin/analytics/", "/admin/status/", "/admin/about/", "/admin/status/fragment/"])
def test_a_stranger_is_sent_to_sign_in(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/admin/login/")


@pytest.mark.django_db
def test_a_login_without_a_role_is_refused_in_russian(client: Client) -> None:
    client.force_login(make_user())
    page = client.get("/admin/analytics/")
    assert page.status_code == 403
    assert "Сюда нет доступа" in page.content.decode()


@pytest.mark.django_db
def test_an_unknown_address_is_a_russian_page_that_loads_nothing_from_outside(client: Client, settings: Any) -> None:
    page = client.get("/nowhere-at-all")
    text = page.content.decode()
    assert page.status_code == 404
    assert "Такой страницы нет" in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in text
