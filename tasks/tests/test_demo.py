"""The demo's tasks come and go with the demo's houses; roles get their part."""

from __future__ import annotations

from collections import Counter

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from houses.demo.removal import remove_demo
from houses.models import House
from houses.signals import demo_seeded
from houses.tests.factories import make_brigade, make_house
from tasks import demo
from tasks.access import setup_roles
from tasks.models import Task
from tasks.tests.factories import make_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo_houses() -> list[House]:
    return [make_house(is_demo=True, brigade=make_brigade(number, is_demo=True)) for number in (1, 2, 3)]


def test_a_seeded_demo_gets_tasks_in_every_state_once(demo_houses: list[House]) -> None:
    for _ in range(2):
        demo_seeded.send(sender=None, today=timezone.localdate())
    assert Task.objects.filter(is_demo=True).count() == len(demo.EXAMPLES)
    assert set(Task.objects.values_list("status", flat=True)) == set(Task.Status.values)
    for task in Task.objects.all():
        assert task.events.last().to_status == task.status
        assert task.events.first().from_status == ""
    assert Task.objects.overdue().exists()


def test_without_demo_houses_there_are_no_demo_tasks() -> None:
    make_house(brigade=make_brigade(1))
    assert demo.seed() == 0


def test_removing_the_demo_takes_its_tasks_and_leaves_the_offices(demo_houses: list[House]) -> None:
    demo.seed()
    make_task("на демо-доме, поставлена человеком", house=demo_houses[0])
    own = make_task("своя", brigade=make_brigade(1))
    removed = remove_demo()
    assert removed["задачи"] == len(demo.EXAMPLES) + 1
    assert list(Task.objects.all()) == [own]
    own.refresh_from_db()
    assert own.brigade is None
    assert demo.remove(removed=Counter()) == 0


def test_each_role_gets_its_part_and_keeps_what_the_office_gave() -> None:
    setup_roles()

    def held(role: str) -> set[str]:
        permissions = Group.objects.get(name=role).permissions.filter(content_type__app_label="tasks")
        return set(permissions.values_list("codename", flat=True))

    assert held("Оператор") == {"view_task", "add_task", "change_task", "work_task"}
    assert held("Бригада") == {"work_task"}
    assert held("Просмотр") == {"view_task"}
