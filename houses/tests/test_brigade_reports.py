"""Start, done, not possible: taken once, however often a phone sends them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from houses.tests.factories import make_brigade, make_house, make_user, make_visit

pytestmark = pytest.mark.django_db
JSON = {"accept": "application/json"}


@pytest.fixture
def member(client):
    user = make_user("Бригада", make_brigade(1))
    client.force_login(user)
    return user


@pytest.fixture
def visit(member):
    return make_visit(make_house(brigade=member.employee.brigade))


def url(visit, name):
    return reverse(f"brigade:{name}", args=[visit.pk])


def send(client, visit, name, **data):
    return client.post(url(visit, name), data)


def test_start_and_done_without_javascript(client, visit, member):
    assert "Начать уборку" in client.get(url(visit, "visit")).content.decode()
    answer = send(client, visit, "start")
    assert answer.status_code == 302
    assert answer.url == url(visit, "visit")
    page = client.get(answer.url).content.decode()
    assert "В процессе" in page
    assert "Выполнено" in page
    answer = send(client, visit, "finish", comment=" Всё чисто ")
    page = client.get(answer.url).content.decode()
    visit.refresh_from_db()
    assert visit.status == "done"
    assert visit.comment == "Всё чисто"
    assert visit.employee == member.employee
    assert visit.brigade == member.employee.brigade
    assert "Отчёт принят" in page


def test_a_double_tap_changes_nothing(client, visit):
    send(client, visit, "start")
    visit.refresh_from_db()
    started = visit.started_at
    assert send(client, visit, "start").status_code == 302
    for _ in range(2):
        assert send(client, visit, "finish", comment="Готово").status_code == 302
    visit.refresh_from_db()
    assert visit.started_at == started
    finished = visit.finished_at
    send(client, visit, "finish", comment="Готово")
    visit.refresh_from_db()
    assert visit.finished_at == finished


def test_a_start_that_arrives_after_the_report_does_no_harm(client, visit):
    send(client, visit, "start")
    send(client, visit, "finish")
    answer = client.post(url(visit, "start"), headers=JSON)
    visit.refresh_from_db()
    assert visit.status == "done"
    assert answer.status_code in {200, 409}


def test_not_possible_needs_a_reason_and_says_so(client, visit):
    answer = send(client, visit, "not_possible", comment="Дверь закрыта")
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Выберите причину" in page
    assert "Дверь закрыта" in page


def test_another_reason_asks_for_words(client, visit):
    answer = client.post(url(visit, "not_possible"), {"reason": "other"}, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "comment"


def test_a_reason_that_is_not_on_the_list_is_refused(client, visit):
    answer = client.post(url(visit, "not_possible"), {"reason": "dragons"}, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == "reason"


def test_a_comment_that_is_too_long_is_refused_by_name(client, visit):
    send(client, visit, "start")
    answer = client.post(url(visit, "finish"), {"comment": "а" * 2001}, headers=JSON)
    assert answer.status_code == 400
    assert answer.json()["error"] == {
        "code": "invalid",
        "message": "Комментарий длиннее 2000 знаков: сократите его.",
        "field": "comment",
    }


def test_not_possible_is_taken_once(client, visit):
    for _ in range(2):
        assert send(client, visit, "not_possible", reason="no_access", comment="Домофон").status_code == 302
    visit.refresh_from_db()
    assert visit.status == "not_possible"
    assert visit.reason == "no_access"
    assert "Нет доступа в подъезд" in client.get(url(visit, "visit")).content.decode()


def test_a_contradicting_report_shows_what_stands(client, visit):
    send(client, visit, "start")
    send(client, visit, "finish")
    answer = send(client, visit, "not_possible", reason="no_access")
    assert answer.status_code == 409
    assert "Выполнено" in answer.content.decode()
    visit.refresh_from_db()
    assert visit.status == "done"
    answer = client.post(url(visit, "not_possible"), {"reason": "no_access"}, headers=JSON)
    assert answer.json()["error"]["code"] == "conflict"


def test_a_report_that_waited_for_a_connection_keeps_its_time(client, member):
    yesterday = timezone.localdate() - timedelta(days=1)  # not before the visit's own day, whatever the hour is now
    visit = make_visit(make_house(brigade=member.employee.brigade), yesterday)
    client.post(url(visit, "start"), {"age": "3600"}, headers=JSON)
    client.post(url(visit, "finish"), {"age": "1800"}, headers=JSON)
    visit.refresh_from_db()
    now = timezone.now()
    assert timedelta(minutes=58) < now - visit.started_at < timedelta(minutes=62)
    assert timedelta(minutes=28) < now - visit.finished_at < timedelta(minutes=32)


@pytest.mark.parametrize("age", ["-5", "x", "999999999999", "1e9"])
def test_nonsense_in_the_hidden_age_counts_as_now(client, visit, age):
    answer = client.post(url(visit, "start"), {"age": age}, headers=JSON)
    assert answer.status_code == 200
    visit.refresh_from_db()
    assert timezone.now() - visit.started_at < timedelta(minutes=1)


def test_yesterdays_visit_can_still_be_reported(client, member):
    late = make_visit(make_house(brigade=member.employee.brigade), timezone.localdate() - timedelta(days=1))
    assert send(client, late, "start").status_code == 302
    assert send(client, late, "finish").status_code == 302
    late.refresh_from_db()
    assert late.status == "done"


@pytest.mark.parametrize(("days", "words"), [(-10, "сообщите в офис"), (2, "ещё впереди")])
def test_too_late_and_too_early_reports_are_refused_with_a_sentence(client, member, days, words):
    visit = make_visit(make_house(brigade=member.employee.brigade), timezone.localdate() + timedelta(days=days))
    page = client.get(url(visit, "visit")).content.decode()
    assert words in page
    assert "Начать уборку" not in page
    assert send(client, visit, "start").status_code in {400, 403, 409}
    visit.refresh_from_db()
    assert visit.status == "planned"


def test_what_was_typed_survives_a_session_that_ran_out(client, visit, member):
    send(client, visit, "start")
    client.logout()
    answer = send(client, visit, "finish", comment="Долгий рассказ")
    assert answer.status_code == 302
    assert answer.url.startswith("/brigade/login/?next=")
    client.post("/brigade/login/", {"username": member.username, "password": "pass"})
    page = client.get(url(visit, "visit")).content.decode()
    assert "Долгий рассказ" in page
    assert "введённое сохранено" in page
    send(client, visit, "finish", comment="Долгий рассказ")
    assert "введённое сохранено" not in client.get(url(visit, "visit")).content.decode()


def test_a_reason_survives_it_too(client, visit, member):
    client.logout()
    send(client, visit, "not_possible", reason="repair", comment="Красят")
    client.post("/brigade/login/", {"username": member.username, "password": "pass"})
    page = client.get(url(visit, "visit")).content.decode()
    assert 'value="repair" required checked' in page
    assert "Красят" in page


def test_a_script_without_a_session_is_told_so(client, visit):
    client.logout()
    answer = client.post(url(visit, "start"), headers=JSON)
    assert answer.status_code == 401
    assert answer.json()["error"]["code"] == "signed_out"


def test_a_page_opened_before_the_last_sign_in_gets_a_fresh_token_and_keeps_the_text(visit, member):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(member)
    strict.get(url(visit, "visit"))
    answer = strict.post(url(visit, "finish"), {"comment": "Не потерять", "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "открыта слишком давно" in page
    answer = strict.post(url(visit, "start"), headers=JSON)
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "csrf"
    token = strict.cookies["csrftoken"].value
    answer = strict.post(url(visit, "start"), headers=JSON | {"x-csrftoken": token})
    assert answer.status_code == 200


def test_a_stale_sign_in_page_asks_to_try_again(member):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/brigade/login/", {"username": member.username, "password": "pass"})
    assert answer.status_code == 403
    assert "открыта слишком давно" in answer.content.decode()


def test_reports_are_never_taken_by_get(client, visit):
    for name in ("start", "finish", "not_possible", "photos"):
        assert client.get(url(visit, name)).status_code == 405


def test_after_a_report_the_next_house_is_one_tap_away(client, visit, member):
    other = make_visit(make_house(brigade=member.employee.brigade, title="Следующий дом"))
    send(client, visit, "start")
    send(client, visit, "finish")
    page = client.get(url(visit, "visit")).content.decode()
    assert "Дальше: Следующий дом" in page
    assert url(other, "visit") in page
