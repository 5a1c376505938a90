"""Words of packages that reach a page: in Russian, wherever they stand."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django_celery_beat.models import CrontabSchedule, IntervalSchedule, PeriodicTask

from houses.tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_job_and_its_period_are_called_in_russian_in_crumbs_and_in_the_trail(client: Client) -> None:
    night = CrontabSchedule.objects.create(minute="30", hour="3")
    job = PeriodicTask.objects.create(name="Полная сверка на проверку", task="houses.sync_full", crontab=night)
    assert str(job) == "Полная сверка на проверку"
    assert str(night) == "каждый день в 03:30"
    assert str(IntervalSchedule(every=5, period="minutes")) == "каждые 5 мин"
    client.force_login(make_user("Директор"))
    page = client.get(f"/admin/django_celery_beat/periodictask/{job.pk}/change/").content.decode()
    assert "m/h/dM" not in page
    trail = client.get("/admin/auditlog/logentry/", {"q": "на проверку"}).content.decode()
    assert "Задание:" in trail
    assert "Task Name" not in trail


def test_beat_adds_no_job_of_its_own() -> None:
    """Celery adds «celery.backend_cleanup» to the office's list when results are kept; here none are."""
    assert settings.CELERY_RESULT_EXPIRES is None


def test_the_list_of_tokens_counts_as_every_other_list(client: Client) -> None:
    client.force_login(make_user("Директор"))
    page = client.get("/admin/vasdom/apitoken/").content.decode()
    assert "0 токены" not in page
