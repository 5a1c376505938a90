"""Tokens in the admin: shown once, revoked with a button, nobody else's business."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from rest_framework.test import APIClient

from houses.tests.factories import make_user
from vasdom.models import ApiToken

pytestmark = pytest.mark.django_db
LIST = "/admin/vasdom/apitoken/"


def signed_in(role: str | None, **values: bool) -> Client:
    client = Client()
    client.force_login(make_user(role, **values))
    return client


def opens(key: str) -> bool:
    return APIClient().get("/api/cleaning/houses", HTTP_AUTHORIZATION=f"Token {key}").status_code == 200


def make_token(client: Client, **form: str) -> str:
    page = client.post(f"{LIST}add/", {"label": "выгрузка", **form}, follow=True).content.decode()
    found = re.search(r"Authorization: Token ([\w-]{20,})", page)
    assert found, page
    return found[1]


def test_a_new_token_is_shown_once_and_works() -> None:
    client = signed_in("Менеджер")
    key = make_token(client)
    assert opens(key)
    token = ApiToken.objects.get()
    for address in (LIST, f"{LIST}{token.pk}/change/", f"{LIST}{token.pk}/history/"):
        page = client.get(address, follow=True)
        assert page.status_code == 200
        assert key not in page.content.decode()
        assert token.digest not in page.content.decode()


def test_revoking_closes_the_door() -> None:
    client = signed_in("Менеджер")
    keys = [make_token(client), make_token(client)]
    first, second = ApiToken.objects.order_by("pk")
    client.post(LIST, {"action": "revoke_selected", "_selected_action": [first.pk]})
    assert [opens(key) for key in keys] == [False, True]
    client.post(f"{LIST}{second.pk}/change/", {"label": "выгрузка", "vasdom_apitoken_revoke_this": "1"})
    assert not opens(keys[1])


def test_nobody_makes_a_token_with_more_rights_than_their_own() -> None:
    boss = make_user("Директор", is_superuser=True)
    client = signed_in("Оператор")
    make_token(client, owner=str(boss.pk))
    assert ApiToken.objects.get().owner != boss


def test_another_persons_token_is_seen_by_the_director_only() -> None:
    token, _ = ApiToken.objects.issue(make_user("Менеджер"), "чужая выгрузка")
    operator, director = signed_in("Оператор"), signed_in("Директор")
    assert "чужая выгрузка" not in operator.get(LIST).content.decode()
    assert operator.post(
        f"{LIST}{token.pk}/change/", {"label": "x", "vasdom_apitoken_revoke_this": "1"}
    ).status_code in {302, 403}
    operator.post(LIST, {"action": "revoke_selected", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is None
    assert "чужая выгрузка" in director.get(LIST).content.decode()
    director.post(LIST, {"action": "revoke_selected", "_selected_action": [token.pk]})
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_a_brigade_login_has_no_business_here() -> None:
    assert signed_in("Бригада").get(LIST).status_code == 302
