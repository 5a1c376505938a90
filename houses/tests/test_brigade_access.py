"""Nobody sees another brigade's houses, whatever stands in the address."""

from __future__ import annotations

import uuid

import pytest
from django.core.cache import cache
from django.urls import reverse

from houses.brigade_pages import sign_in_limit
from houses.tests.factories import make_brigade, make_house, make_user, make_visit
from houses.tests.pictures import jpeg, upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_failures_yet():
    cache.clear()


@pytest.fixture
def ours(client):
    """A brigade with one visit today, its member signed in."""
    brigade = make_brigade(1)
    user = make_user("Бригада", brigade)
    client.force_login(user)
    return make_visit(make_house(brigade=brigade))


@pytest.fixture
def theirs():
    return make_visit(make_house(brigade=make_brigade(2), title="Чужая 5"), status="done")


def visit_url(visit, name="visit"):
    return reverse(f"brigade:{name}", args=[visit.pk])


@pytest.mark.parametrize("name", ["today", "tomorrow", "week", "late"])
def test_a_stranger_is_asked_to_sign_in_and_comes_back(client, name):
    answer = client.get(reverse(f"brigade:{name}") + "?x=1")
    assert answer.status_code == 302
    assert answer.url == f"/brigade/login/?next=%2Fbrigade%2F{'' if name == 'today' else name + '%2F'}%3Fx%3D1"


def test_signing_in_leads_to_the_page_that_asked(client):
    user = make_user("Бригада", make_brigade(1))
    answer = client.post("/brigade/login/", {"username": user.username, "password": "pass", "next": "/brigade/week/"})
    assert answer.status_code == 302
    assert answer.url == "/brigade/week/"


def test_signing_in_never_leads_to_another_site(client):
    user = make_user("Бригада", make_brigade(1))
    for other in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = client.post("/brigade/login/", {"username": user.username, "password": "pass", "next": other})
        assert answer.url == "/brigade/"


def test_after_ten_failures_even_the_right_password_waits(client):
    user = make_user("Бригада", make_brigade(1))
    sign_in_limit.forget(user.username)
    for _ in range(sign_in_limit.FAILURES_PER_ACCOUNT):
        answer = client.post("/brigade/login/", {"username": user.username.upper(), "password": "wrong"})
        assert answer.status_code == 400
        assert "не подошли" in answer.content.decode()
    answer = client.post("/brigade/login/", {"username": user.username, "password": "pass"})
    assert answer.status_code == 429
    assert "Слишком много неудачных попыток" in answer.content.decode()
    sign_in_limit.forget(user.username)
    assert client.post("/brigade/login/", {"username": user.username, "password": "pass"}).status_code == 302


def test_guessing_many_accounts_from_one_address_is_stopped(client):
    for number in range(sign_in_limit.FAILURES_PER_ADDRESS):
        sign_in_limit.count_failure(f"nobody{number}", "10.1.2.3")
    user = make_user("Бригада", make_brigade(1))
    data = {"username": user.username, "password": "pass"}
    assert client.post("/brigade/login/", data, REMOTE_ADDR="10.1.2.3").status_code == 429
    assert client.post("/brigade/login/", data, REMOTE_ADDR="10.1.2.4").status_code == 302


def test_only_a_proxy_of_this_machine_may_name_the_caller(client):
    for number in range(sign_in_limit.FAILURES_PER_ADDRESS):
        sign_in_limit.count_failure(f"nobody{number}", "10.9.9.9")
    user = make_user("Бригада", make_brigade(1))
    data = {"username": user.username, "password": "pass"}
    named = {"x-forwarded-for": "1.1.1.1, 10.9.9.9"}
    assert client.post("/brigade/login/", data, headers=named).status_code == 429
    assert client.post("/brigade/login/", data, headers=named, REMOTE_ADDR="10.1.2.5").status_code == 302


def test_signing_out_takes_a_post(client, ours):
    assert client.get("/brigade/logout/").status_code == 405
    assert client.post("/brigade/logout/").status_code == 302
    assert client.get("/brigade/").status_code == 302


@pytest.mark.parametrize("name", ["visit", "start", "finish", "not_possible", "photos"])
def test_another_brigades_visit_is_not_there(client, ours, theirs, name):
    url = visit_url(theirs, name)
    answer = client.get(url) if name == "visit" else client.post(url, {"reason": "no_access"})
    assert answer.status_code == 404
    assert "Чужая" not in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.status == "done"


def test_a_script_gets_the_same_answer_as_json(client, ours, theirs):
    data = {"key": str(uuid.uuid4()), "photo": upload(jpeg())}
    answer = client.post(visit_url(theirs, "photos"), data, headers={"accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"
    assert not theirs.photos.exists()


def test_another_brigades_house_is_not_there(client, ours, theirs):
    assert client.get(reverse("brigade:house", args=[theirs.house.pk])).status_code == 404


def test_another_brigades_photo_is_not_there(client, ours, theirs):
    member = make_user("Бригада", theirs.house.brigade)
    client.force_login(member)
    data = {"key": str(uuid.uuid4()), "photo": upload(jpeg())}
    sent = client.post(visit_url(theirs, "photos"), data, headers={"accept": "application/json"})
    address = sent.json()["photo"]["url"]
    assert client.get(address).status_code == 200
    client.force_login(make_user("Бригада", ours.house.brigade))
    assert client.get(address).status_code in {403, 404}
    client.logout()
    assert client.get(address).status_code != 200


@pytest.mark.parametrize("page", ["today", "tomorrow", "week", "late"])
@pytest.mark.parametrize("value", ["other", "0", "-1", "x", "99999999999999999999", "1 or 1=1"])
def test_a_brigade_cannot_choose_a_day_that_is_not_its_own(client, ours, theirs, page, value):
    value = str(theirs.house.brigade.pk) if value == "other" else value
    answer = client.get(reverse(f"brigade:{page}"), {"brigade": value})
    assert answer.status_code == 404
    assert "Чужая" not in answer.content.decode()


def test_its_own_number_in_the_address_is_fine(client, ours):
    assert client.get("/brigade/", {"brigade": ours.house.brigade.pk}).status_code == 200


@pytest.mark.parametrize("path", ["visits/0/", "visits/99999999999999999999999/", "houses/99999999999999999999999/"])
def test_impossible_numbers_are_not_found(client, ours, path):
    assert client.get(f"/brigade/{path}").status_code == 404


def test_the_lists_hold_only_the_brigades_own_houses(client, ours, theirs):
    for page in ("today", "tomorrow", "week", "late"):
        assert "Чужая" not in client.get(reverse(f"brigade:{page}")).content.decode()


def test_a_login_without_a_brigade_is_told_whom_to_ask(client):
    client.force_login(make_user("Бригада"))
    answer = client.get("/brigade/")
    assert answer.status_code == 403
    assert "Позвоните менеджеру" in answer.content.decode()


def test_a_login_without_any_role_sees_nothing_either(client):
    client.force_login(make_user())
    assert client.get("/brigade/").status_code == 403


def test_a_dismissed_member_sees_nothing(client, ours):
    user = make_user("Бригада", ours.house.brigade)
    user.employee.is_active = False
    user.employee.save()
    client.force_login(user)
    assert client.get("/brigade/").status_code == 403


@pytest.mark.parametrize("role", ["Директор", "Менеджер", "Оператор", "Просмотр"])
def test_the_office_chooses_a_brigade_and_only_looks(client, theirs, role):
    client.force_login(make_user(role))
    assert "2 бригада" in client.get("/brigade/").content.decode()
    day = client.get("/brigade/", {"brigade": theirs.house.brigade.pk}).content.decode()
    assert "Чужая 5" in day
    planned = make_visit(theirs.house, slot=2)
    page = client.get(visit_url(planned)).content.decode()
    assert "Начать уборку" not in page
    answer = client.post(visit_url(planned, "start"))
    assert answer.status_code == 403
    planned.refresh_from_db()
    assert planned.status == "planned"


def test_the_office_asking_for_no_such_brigade_gets_not_found(client):
    client.force_login(make_user("Директор"))
    assert client.get("/brigade/", {"brigade": "987654"}).status_code == 404


def test_an_archived_house_leaves_the_pages(client, ours):
    ours.house.archived_at = ours.house.synced_at
    ours.house.save()
    assert client.get(visit_url(ours)).status_code == 404
    assert ours.house.title not in client.get("/brigade/").content.decode()
