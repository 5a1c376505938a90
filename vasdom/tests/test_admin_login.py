"""The office's sign-in has a cap on guessing."""

import pytest
from django.test import Client

from houses.access import Role
from houses.brigade_pages import sign_in_limit
from houses.brigade_pages.sign_in import TOO_MANY
from houses.tests.factories import make_user

pytestmark = pytest.mark.django_db
DOOR = "/admin/login/"


def test_ten_wrong_passwords_close_the_account_even_for_the_right_one(client: Client) -> None:
    user = make_user(Role.MANAGER)
    sign_in_limit.forget(user.username)
    for _ in range(sign_in_limit.FAILURES_PER_ACCOUNT):
        client.post(DOOR, {"username": user.username, "password": "wrong"}, REMOTE_ADDR="10.7.7.7")
    answer = client.post(DOOR, {"username": user.username, "password": "pass"}, REMOTE_ADDR="10.7.7.8")
    sign_in_limit.forget(user.username)
    assert answer.status_code == 200
    assert TOO_MANY in answer.content.decode()


def test_the_right_password_lets_in_and_forgets_the_failures(client: Client) -> None:
    user = make_user(Role.MANAGER)
    client.post(DOOR, {"username": user.username, "password": "wrong"}, REMOTE_ADDR="10.7.7.9")
    answer = client.post(DOOR, {"username": user.username, "password": "pass"}, REMOTE_ADDR="10.7.7.9")
    assert answer.status_code == 302
    assert not sign_in_limit.blocked(user.username, "")
