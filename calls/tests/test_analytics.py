"""Figures of the log, each counted from rows."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from calls.actions import hide_calls, rate_turn
from calls.analytics import Period, figures
from calls.models import Call
from calls.querysets import midnight
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/admin/calls/analytics/"
MONDAY = date(2026, 11, 2)
PERIOD = Period(MONDAY, MONDAY + timedelta(days=13))
NOON = midnight(MONDAY) + timedelta(hours=12)


def test_without_calls_every_figure_is_unknown_and_none_is_invented(client: Client) -> None:
    found = figures(PERIOD)
    assert (found.counts.total, found.counts.average, found.whole) == (0, None, None)
    assert (found.solved_share, found.cache_share, found.answers.unanswered_share) == (None, None, None)
    assert (found.stages, found.questions) == ((), ())
    client.force_login(make_user("Просмотр"))
    assert client.get(PAGE).content.decode().count("нет данных") >= 7


def test_days_and_weeks_are_those_of_the_company() -> None:
    make_call(at=midnight(MONDAY), seconds=60)
    make_call(at=midnight(MONDAY + timedelta(days=1)) - timedelta(seconds=1), seconds=120, status="Failed")
    make_call(at=midnight(MONDAY + timedelta(days=7)), status="InProgress")
    make_call(at=midnight(MONDAY) - timedelta(seconds=1))
    found = figures(PERIOD)
    assert found.days[0].numbers == {"completed": 1, "failed": 1, "interrupted": 0, "going_on": 0}
    assert [day.total for day in found.days] == [2, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert [(week.monday, week.calls) for week in found.weeks] == [(MONDAY, 2), (MONDAY + timedelta(days=7), 1)]
    assert (found.weeks[0].average, found.weeks[1].average) == (timedelta(seconds=90), None)


def test_questions_are_grouped_whatever_their_case_dots_and_yo() -> None:
    for text, answered in (("Моёте окна?", False), ("моете окна", False), ("МОЕТЕ  ОКНА!", True), ("Цена?", True)):
        make_call(text, "ответ", at=NOON, answer={"answered": answered})
    make_call("Спасибо", "Пожалуйста", at=NOON)
    found = figures(PERIOD)
    assert [(row.times, row.unanswered) for row in found.questions] == [(3, 2), (1, 0)]
    assert (found.answers.questions, found.answers.unanswered) == (4, 2)
    assert found.solved_share == 0.5
    assert [week.solved_share for week in found.weeks] == [0.5, None]


def test_percentiles_are_of_the_measured_answers_by_stage_and_week() -> None:
    for milliseconds in range(1, 101):
        make_call("а", "б", at=NOON, answer={"timings": {"search": milliseconds, "generation": 900, "total": 5}})
    make_call("а", "б", at=NOON + timedelta(days=7), answer={"timings": {"search": 7}})
    make_call("а", "б", at=NOON)
    found = figures(PERIOD)
    search = next(stage for stage in found.stages if stage.name == "search")
    assert (round(search.latency.p50), round(search.latency.p95), search.latency.measured) == (50, 95, 101)
    assert [stage.name for stage in found.stages] == ["search", "generation"]
    assert [value and round(value, 1) for value in search.weeks] == [50.5, 7.0]
    assert found.weeks[0].whole is not None
    assert round(found.weeks[0].whole.p50, 1) == 950.5


def test_a_repeated_question_should_need_no_new_vector() -> None:
    for requests in (1, 0, 0, 1):
        make_call("Моете окна?", "да", at=NOON, answer={"answered": True, "embedding_requests": requests})
    make_call("Когда?", "завтра", at=NOON, answer={"answered": True, "embedding_requests": 1})
    assert figures(PERIOD).cache_share == pytest.approx(2 / 3)


def test_ratings_channel_and_cleared_calls() -> None:
    good = make_call("а", "б", at=NOON)
    bad = make_call("а", "б", at=NOON, channel="ws")
    rate_turn(good.pk, 2, 5, user=None)
    rate_turn(bad.pk, 2, 2, user=None)
    found = figures(PERIOD)
    assert (found.answers.rating, found.answers.marks[5], found.answers.marks[2]) == (3.5, 1, 1)
    chat = Period(PERIOD.first, PERIOD.last, "ws")
    assert (figures(chat).counts.total, figures(chat).answers.rating) == (1, 2.0)
    hide_calls(Call.objects.all(), user=None)
    assert (figures(PERIOD).counts.total, figures(PERIOD).answers.rating) == (0, None)


def test_the_page_draws_it_and_leads_to_the_rows(client: Client) -> None:
    client.force_login(make_user("Оператор"))
    make_call(
        "Моете окна?",
        "Нет",
        at=timezone.now() - timedelta(minutes=5),
        answer={"answered": False, "timings": {"search": 12}},
    )
    text = client.get(PAGE).content.decode()
    for words in ("Моете окна?", "поиск в базе", "12 мс", "fill-completed", "date_from=", "mark=unanswered"):
        assert words in text
    for query in ("weeks=52", "weeks=odd&channel=odd", "channel=ws"):
        assert client.get(f"{PAGE}?{query}").status_code == 200


def test_the_page_masks_numbers_in_questions(client: Client) -> None:
    make_call(f"Позвоните на {PHONE}", "Да", at=timezone.now() - timedelta(minutes=5), answer={"answered": True})
    client.force_login(make_user("Просмотр"))
    assert "0000001" not in client.get(PAGE).content.decode()


def test_the_figures_take_the_same_number_of_queries_however_many_calls() -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            figures(PERIOD)
        return len(asked)

    before = queries()
    for _ in range(5):
        make_call("а", "б", at=NOON, answer={"answered": True, "timings": {"search": 1}})
    assert queries() == before
