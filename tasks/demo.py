"""A handful of tasks on the demo's houses, in every state."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from houses.models import House
from tasks.access import setup_roles
from tasks.models import Task, TaskEvent

Status, Kind = Task.Status, Task.Kind
# Kind, text, for the house's brigade (else the office), days from today till due, days ago put, source, state, remark.
EXAMPLES: tuple[tuple[Task.Kind, str, bool, int | None, int, str, Task.Status, str], ...] = (
    (Kind.COMPLAINT, "Жалоба: во втором подъезде после уборки остались разводы на полу, просят перемыть.",
     True, 0, 1, "phone", Status.TODO, ""),
    (Kind.REQUEST, "Просят помыть перила и почтовые ящики в первом подъезде.",
     True, 2, 1, "phone", Status.IN_PROGRESS, "Возьмём с собой средство для металла"),
    (Kind.COMPLAINT, "Не убрали пятый этаж, дверь тамбура была закрыта. Договориться с жильцами о ключе.",
     True, -2, 5, "ws", Status.TODO, ""),
    (Kind.REQUEST, "Забрать у старшего дома новый ключ от подъезда.", True, 1, 0, "office", Status.TODO, ""),
    (Kind.OTHER, "Перезвонить: спрашивали, когда начнётся уборка после ремонта.",
     False, 0, 0, "phone", Status.TODO, ""),
    (Kind.OTHER, "Отправить в управляющую компанию график уборок на следующий месяц.",
     False, 3, 2, "meeting", Status.IN_PROGRESS, ""),
    (Kind.COMPLAINT, "Жалоба: запах в подвале, жильцы думают на мусоропровод.",
     True, -1, 4, "phone", Status.DONE, "Промыли, запаха нет"),
    (Kind.REQUEST, "Просили убрать снег у входа: это работа дворника, не наша.",
     False, None, 6, "web", Status.CANCELLED, "Передали в управляющую компанию"),
)  # fmt: skip
PUT_AT = time(10, 15)


def seed(*, today: date | None = None, **_signal: Any) -> int:
    """Put the examples on demo houses; nothing when they are there, or when there is no demo. Returns how many."""
    houses = list(House.objects.active().filter(is_demo=True, brigade__isnull=False).select_related("brigade")[:60:7])
    if not houses or Task.objects.filter(is_demo=True).exists():
        return 0
    setup_roles()
    today = today or timezone.localdate()
    for number, (kind, text, for_brigade, due_in, age, source, status, remark) in enumerate(EXAMPLES):
        house = houses[number % len(houses)]
        put = min(timezone.make_aware(datetime.combine(today - timedelta(days=age), PUT_AT)), timezone.now())
        task = Task.objects.create(
            text=text,
            kind=kind,
            house=house,
            brigade=house.brigade if for_brigade else None,
            due=None if due_in is None else today + timedelta(days=due_in),
            status=status,
            source=source,
            created_at=put,
            is_demo=True,
        )
        _tell(task, put, remark)
    return len(EXAMPLES)


def _tell(task: Task, put: datetime, remark: str) -> None:
    """The history that led to the task's state."""
    path = [Status.TODO, *([Status.IN_PROGRESS] if task.status == Status.DONE else []), Status(task.status)]
    steps = list(dict.fromkeys(path))
    names = [task.source_label, *(task.brigade.name if task.brigade else "Офис" for _ in steps[1:])]
    at, before = put, ""
    for step, name in zip(steps, names, strict=True):
        comment = remark if step == task.status and before else ""
        TaskEvent.objects.create(
            task=task, at=at, author_name=name, from_status=before, to_status=step, comment=comment
        )
        at, before = min(at + timedelta(hours=2), timezone.now()), step


def remove(*, removed: Counter[str] | None = None, **_signal: Any) -> int:
    """Delete the demo's tasks and those on its houses, with their history. Returns how many."""
    _, by_model = Task.objects.filter(Q(is_demo=True) | Q(house__is_demo=True)).delete()
    number = by_model.get(Task._meta.label, 0)
    if removed is not None:
        removed[str(Task._meta.verbose_name_plural)] += number
    return number
