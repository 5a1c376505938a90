"""Periods of background jobs: an office's own, refused in words, never put back by an upgrade."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from houses.tests.factories import make_user

pytestmark = pytest.mark.django_db
CRONTABS = "/admin/django_celery_beat/crontabschedule/"
NO_JOBS = {"periodictask_set-TOTAL_FORMS": 0, "periodictask_set-INITIAL_FORMS": 0}


@pytest.fixture
def director(client: Client) -> Client:
    client.force_login(make_user("Директор"))
    return client


def crontab(**values: str) -> dict[str, Any]:
    every = dict.fromkeys(("minute", "hour", "day_of_week", "day_of_month", "month_of_year"), "*")
    return NO_JOBS | every | values


def change(client: Client, job: PeriodicTask, **values: Any) -> str:
    address = f"/admin/django_celery_beat/periodictask/{job.pk}/change/"
    answer = client.post(address, {"name": job.name, "enabled": "on"} | values)
    return html.unescape(answer.content.decode())


def test_a_director_gives_a_job_a_period_of_the_offices_own_and_migrate_leaves_it(director: Client) -> None:
    director.post(f"{CRONTABS}add/", crontab(minute="*/7"))
    mine = CrontabSchedule.objects.get(minute="*/7")
    assert str(mine.timezone) == "Europe/Moscow"
    job = PeriodicTask.objects.get(name="Bitrix24: изменения")
    change(director, job, crontab=mine.pk)
    nightly = PeriodicTask.objects.get(name="Bitrix24: полная сверка")
    change(director, nightly, crontab=nightly.crontab_id, enabled="")
    call_command("migrate", verbosity=0)
    job.refresh_from_db()
    nightly.refresh_from_db()
    assert job.crontab == mine
    assert not nightly.enabled


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"minute": "99"}, "числа от 0 до 59"),
        ({"hour": "абв"}, "числа от 0 до 23"),
        ({"day_of_week": "8"}, "от 0 (воскресенье) до 6"),
        ({"day_of_month": "0"}, "числа от 1 до 31"),
        ({"month_of_year": "13"}, "числа от 1 до 12"),
    ],
)
def test_a_wrong_cron_field_is_refused_in_russian(director: Client, values: dict[str, str], words: str) -> None:
    before = CrontabSchedule.objects.count()
    text = html.unescape(director.post(f"{CRONTABS}add/", crontab(**values)).content.decode())
    assert words in text
    assert "not in" not in text
    assert CrontabSchedule.objects.count() == before


def test_two_periods_or_none_are_refused_in_russian(director: Client) -> None:
    job = PeriodicTask.objects.get(name="Bitrix24: изменения")
    five = IntervalSchedule.objects.get_or_create(every=5, period="minutes")[0]
    for values in ({}, {"crontab": CrontabSchedule.objects.first().pk, "interval": five.pk}):
        text = change(director, job, **values)
        assert "Выберите одно из двух" in text
        assert "must be" not in text
