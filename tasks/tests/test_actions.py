"""What may be done with a task, and what its history says of it."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.utils import timezone

from houses.models import Employee
from houses.tests.factories import make_brigade, make_house, make_user
from tasks import actions
from tasks.models import Task, TaskEvent
from tasks.tests.factories import make_task
from vasdom.errors import Conflict, Forbidden, InvalidInput, NotFound

pytestmark = pytest.mark.django_db
STEPS = {
    "start": actions.start_task,
    "finish": actions.finish_task,
    "cancel": actions.cancel_task,
    "reopen": actions.reopen_task,
}


def steps_of(task: Task) -> list[tuple[str, str, str]]:
    return [(event.from_status, event.to_status, event.comment) for event in task.events.all()]


def test_a_new_task_waits_and_its_history_begins() -> None:
    user = make_user("Оператор")
    house = make_house(brigade=make_brigade(3))
    task = actions.create_task("  Помыть перила ", house=house, author=user, source="phone", kind="complaint")
    assert (task.text, task.status, task.kind, task.source_label) == ("Помыть перила", "todo", "complaint", "Телефон")
    assert task.brigade is None, "whom it is for is said, not guessed"
    assert steps_of(task) == [("", "todo", "")]
    assert task.events.get().author_name == user.username


def test_a_task_without_a_person_names_where_it_came_from() -> None:
    assert actions.create_task("Перезвонить", source="phone").events.get().author_name == "Телефон"
    assert actions.create_task("Перезвонить", source="робот").events.get().author_name == "робот"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": "  \x00 "}, "text"),
        ({"text": "а" * 2001}, "text"),
        ({"due": date(2020, 1, 1)}, "due"),
        ({"kind": "whim"}, "kind"),
        ({"contact_phone": "позвоните мне"}, "contact_phone"),
    ],
)
def test_what_makes_no_task_is_refused_by_field(values: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        actions.create_task(**{"text": "Помыть", **values})
    assert refused.value.field == field
    assert not Task.objects.exists()


def test_a_brigade_that_does_not_work_gets_no_tasks() -> None:
    with pytest.raises(InvalidInput) as refused:
        make_task(brigade=make_brigade(5, is_active=False))
    assert refused.value.field == "brigade"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("8 (000) 000-00-01", "+70000000001"), ("+7 000 000 00 01", "+70000000001"), ("101", "101"), ("", "")],
)
def test_a_phone_is_kept_one_way(typed: str, kept: str) -> None:
    assert make_task(contact_phone=typed).contact_phone == kept


@pytest.mark.parametrize(
    ("status", "step", "after"),
    [
        ("todo", "start", "in_progress"),
        ("todo", "finish", "done"),
        ("todo", "cancel", "cancelled"),
        ("in_progress", "finish", "done"),
        ("in_progress", "cancel", "cancelled"),
        ("in_progress", "reopen", "todo"),
        ("done", "reopen", "todo"),
        ("cancelled", "reopen", "todo"),
    ],
)
def test_each_step_is_told_once_however_often_it_is_taken(status: str, step: str, after: str) -> None:
    task, user = make_task(status=status), make_user("Менеджер")
    for _ in range(3):
        assert STEPS[step](task.pk, user=user, comment="потому что").status == after
    assert steps_of(task)[1:] == [(status, after, "потому что")]
    assert task.events.last().author == user


@pytest.mark.parametrize(
    ("status", "step"),
    [("done", "start"), ("cancelled", "start"), ("cancelled", "finish"), ("done", "cancel")],
)
def test_a_step_against_an_earlier_one_is_a_conflict(status: str, step: str) -> None:
    task = make_task(status=status)
    with pytest.raises(Conflict):
        STEPS[step](task.pk, user=make_user("Директор"))
    task.refresh_from_db()
    assert task.status == status
    assert task.events.count() == 1


def test_a_brigade_works_on_its_own_tasks_and_knows_of_no_others() -> None:
    user = make_user("Бригада", make_brigade(1))
    ours, theirs, office = make_task(brigade=make_brigade(1)), make_task(brigade=make_brigade(2)), make_task()
    mine = make_task(brigade=make_brigade(2), assignee=user.employee)
    assert set(Task.objects.visible_to(user)) == {ours, mine}
    assert actions.start_task(ours.pk, user=user).status == "in_progress"
    assert actions.finish_task(mine.pk, user=user).status == "done"
    for task in (theirs, office):
        with pytest.raises(NotFound):
            actions.start_task(task.pk, user=user)
    for step in (actions.cancel_task, actions.reopen_task):
        with pytest.raises(Forbidden):
            step(ours.pk, user=user)


def test_a_viewer_only_looks() -> None:
    viewer, task = make_user("Просмотр"), make_task()
    assert Task.objects.visible_to(viewer).get() == task
    for step in STEPS.values():
        with pytest.raises(Forbidden):
            step(task.pk, user=viewer)


def test_strangers_and_the_dismissed_see_nothing() -> None:
    brigade = make_brigade(1)
    make_task(brigade=brigade)
    assert not Task.objects.visible_to(make_user()).exists()
    gone = make_user("Бригада", brigade)
    Employee.objects.filter(user=gone).update(is_active=False)
    gone.refresh_from_db()
    assert not Task.objects.visible_to(gone).exists()


def test_a_change_says_what_became_of_what_but_not_the_private() -> None:
    user, task = make_user("Оператор"), make_task(contact_phone="+70000000001")
    day = timezone.localdate() + timedelta(days=2)
    values = {"brigade": make_brigade(4), "due": day, "contact_phone": "+70000000002", "text": task.text}
    actions.change_task(task.pk, user=user, values=values)
    said = task.events.last().comment
    assert "бригада: нет → 4 бригада" in said
    assert f"срок: нет → {day:%d.%m.%Y}" in said
    assert "0000" not in said
    actions.change_task(task.pk, user=user, values=values)
    assert task.events.count() == 2, "nothing new, nothing told"


def test_an_overdue_task_can_be_given_to_another_brigade() -> None:
    task = make_task(due=timezone.localdate() - timedelta(days=3))
    changed = actions.change_task(task.pk, user=None, values={"due": task.due, "brigade": make_brigade(2)})
    assert changed.brigade == make_brigade(2)


def test_a_closed_task_is_not_changed() -> None:
    with pytest.raises(Conflict):
        actions.change_task(make_task(status="done").pk, user=None, values={"text": "Другое"})


def test_the_history_cannot_be_rewritten() -> None:
    event = make_task().events.get()
    event.comment = "не было этого"
    with pytest.raises(TypeError):
        event.save()
    with pytest.raises(TypeError):
        event.delete()


def test_steps_stand_in_the_audit_trail_without_the_phone() -> None:
    user, task = make_user("Менеджер"), make_task(contact_phone="+70000000001")
    actions.start_task(task.pk, user=user)
    entry = LogEntry.objects.get_for_object(task).first()
    assert entry is not None
    assert entry.changes["status"] == ["todo", "in_progress"]
    assert entry.actor == user
    assert "+70000000001" not in str(list(LogEntry.objects.get_for_object(task).values_list("changes", flat=True)))


def test_the_history_outlives_the_login() -> None:
    user, task = make_user("Оператор", first_name="Имя"), make_task()
    actions.start_task(task.pk, user=user)
    user.delete()
    event = TaskEvent.objects.filter(task=task).last()
    assert event is not None
    assert (event.author, event.author_name) == (None, "Имя")


@pytest.mark.django_db(transaction=True)
def test_two_people_at_once_make_one_line_of_history() -> None:
    task, user = make_task(), make_user("Директор")
    start = threading.Barrier(2)

    def finish() -> None:
        try:
            start.wait()
            actions.finish_task(task.pk, user=user)
        finally:
            connection.close()

    threads = [threading.Thread(target=finish) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert task.events.filter(to_status="done").count() == 1


def test_the_most_urgent_stands_first() -> None:
    today = timezone.localdate()
    done = make_task("сделано", status="done", due=today - timedelta(days=9))
    someday, tomorrow = make_task("когда-нибудь"), make_task("завтра", due=today + timedelta(days=1))
    late = make_task("просрочено", due=today - timedelta(days=1))
    assert list(Task.objects.most_urgent_first()) == [late, tomorrow, someday, done]
    assert list(Task.objects.overdue()) == [late]
    counts = Task.objects.counts()
    assert (counts.todo, counts.in_progress, counts.done, counts.cancelled, counts.overdue) == (3, 0, 1, 0, 1)


def test_a_title_hides_phones_and_fits() -> None:
    title = str(make_task("Перезвонить на +7 (000) 000-00-01 " + "и ещё " * 40))
    assert "000-00" not in title
    assert len(title) <= 80
