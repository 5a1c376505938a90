"""How long callers wait, and whether they are let interrupt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calls.actions import TurnRecord, note_event, open_call, record_turn
from calls.analytics import Period, Phone, figures
from calls.models import Call
from calls.tests.factories import PHONE, make_call
from houses.tests.factories import make_user

pytestmark = pytest.mark.django_db
AT = timezone.make_aware(datetime(2026, 11, 5, 12, 0))


def begun() -> Call:
    return open_call("phone", PHONE, 1, started_at=AT)


def say(call: Call, number: int, speaker: str, begin: float, end: float, text: str = "слова", **more: Any) -> None:
    moments = {"started_at": AT + timedelta(seconds=begin), "ended_at": AT + timedelta(seconds=end)}
    record_turn(call.pk, TurnRecord(number=number, speaker=speaker, text=text, **moments, **more))


def phone() -> Phone:
    found = figures(Period(AT.date(), AT.date() + timedelta(days=1))).phone
    assert found is not None
    return found


def test_where_nothing_was_measured_there_is_no_figure() -> None:
    make_call("Сколько?", "Столько.", channel="ws", at=AT, answer={"timings": {"search": 10}})
    found = phone()
    assert (found.first_audio, found.days, found.greeting) == (None, (), None)
    assert (found.barge_ins.false_share, found.barge_ins.missed_share, found.barge_ins.cut) == (None, None, None)
    assert (found.availability.whole.share, found.availability.days) == (None, ())
    client = Client()
    client.force_login(make_user("Оператор"))
    html = client.get("/admin/calls/analytics/?weeks=52").text
    assert "только звонки, которые дошли до ассистента" in html
    assert "Нет данных: время до первого звука" in html


def test_the_wait_of_a_day_is_split_into_stages_that_add_up() -> None:
    call = begun()
    say(call, 1, "assistant", 0, 3)  # a greeting: nothing was waited for
    say(call, 2, "assistant", 5, 8, first_audio_ms=600, timings={"endpoint": 400, "search": 100})
    say(call, 3, "assistant", 9, 12, first_audio_ms=1000, timings={"endpoint": 400, "first_token": 600})
    [day] = phone().days
    assert (day.day, day.latency.p50, day.latency.measured) == (AT.date(), 800, 2)
    assert dict(day.average) == {"endpoint": 400, "search": 50, "first_token": 300, "other": 50}
    assert list(day.average) == ["endpoint", "search", "first_token", "other"]
    assert sum(day.average.values()) == 800


def test_false_and_missed_interruptions_are_told_apart() -> None:
    call = begun()
    say(call, 1, "assistant", 0, 10)
    say(call, 2, "caller", 2, 2.4, spoken_to=False)  # «угу» over the reply: paused, and went on
    note_event(call.pk, key="1", at=AT, kind="resumed", text="угу", milliseconds=400)
    say(call, 3, "caller", 4, 6)  # not heeded
    say(call, 4, "caller", 9.5, 11)  # it was about to end: nothing to heed
    say(call, 5, "assistant", 12, 15, interrupted=True, cut_ms=90)
    say(call, 6, "caller", 14.9, 16)
    say(call, 7, "caller", 13, 13.1, digits=True)
    found = phone().barge_ins
    assert (found.interrupted, found.resumed, found.missed) == (1, 1, 1)
    assert (found.false_share, found.missed_share) == (0.5, 0.5)
    assert found.cut is not None
    assert found.cut.p95 == 90


def test_a_question_with_a_backchannel_before_its_answer_is_still_a_question() -> None:
    call = begun()
    say(call, 1, "caller", 0, 2, "Когда уборка?")
    say(call, 2, "caller", 4, 4.2, "угу", spoken_to=False)
    say(call, 3, "assistant", 3, 6, answered=True)
    questions = figures(Period(AT.date(), AT.date())).questions
    assert [(question.text, question.times) for question in questions] == [("Когда уборка?", 1)]
