"""The demo's calls come and go with the demo's houses; roles get their part."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from calls import demo, jobs
from calls.access import setup_roles
from calls.models import Call
from calls.tests.factories import make_call
from houses.demo.removal import remove_demo
from houses.models import House
from houses.signals import demo_seeded
from houses.tests.factories import make_brigade, make_house

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_houses() -> list[House]:
    return [make_house(is_demo=True, brigade=make_brigade(number, is_demo=True)) for number in (1, 2, 3)]


def test_a_seeded_demo_gets_calls_of_every_end_once(demo_houses: list[House]) -> None:
    for _ in range(2):
        demo_seeded.send(sender=None, today=timezone.localdate())
    assert Call.objects.filter(is_demo=True).count() == demo.NUMBER
    assert set(Call.objects.values_list("status", flat=True)) == {"Completed", "Failed", "Interrupted"}
    assert set(Call.objects.values_list("channel", flat=True)) == set(Call.Channel.values)
    assert not Call.objects.filter(ended_at__gt=timezone.now()).exists()
    assert Call.objects.unanswered().exists()
    assert Call.objects.badly_rated().exists()


def test_without_demo_houses_there_are_no_demo_calls() -> None:
    make_house()
    assert demo.seed() == 0


def test_removing_the_demo_takes_its_calls_and_leaves_the_others(demo_houses: list[House]) -> None:
    demo.seed()
    own = make_call("своя")
    removed = remove_demo()
    assert removed["звонки"] == demo.NUMBER
    assert list(Call.objects.all()) == [own]


def test_each_role_gets_its_part() -> None:
    setup_roles()

    def held(role: str) -> set[str]:
        permissions = Group.objects.get(name=role).permissions.filter(content_type__app_label="calls")
        return set(permissions.values_list("codename", flat=True))

    assert "clear_log" in held("Директор")
    office = {"view_call", "rate_turn", "hear_recording", "watch_live", "steer_call"}
    assert held("Оператор") == office
    assert held("Просмотр") == {"view_call"}
    assert "clear_log" not in held("Менеджер")


def test_the_jobs_have_their_periods_in_company_time_and_run() -> None:
    rows = PeriodicTask.objects.filter(task__startswith="calls.jobs.")
    assert {row.task for row in rows} == {
        "calls.jobs.purge_calls",
        "calls.jobs.close_abandoned",
        "calls.jobs.import_arrivals",
    }
    assert {str(row.crontab.timezone) for row in rows} == {"Europe/Moscow"}
    jobs.purge_calls()
    jobs.close_abandoned()
