"""What people and the assistant do with tasks: each function is one transaction under a row lock, written to the
task's history and audited.

The same step taken twice changes nothing and returns the same row; one that contradicts an earlier step raises
Conflict. `user` is who does it; None is a trusted script, whose right to do it the caller has checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from houses.access import employee_of
from houses.audit import acting
from houses.models import Brigade, Employee, House
from tasks import access
from tasks.models import LONGEST_TEXT, SOURCES, Task, TaskEvent
from vasdom.errors import Conflict, Forbidden, InvalidInput, NotFound

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Person = User | AnonymousUser | None

Status = Task.Status
PHONE = re.compile(r"\+?\d{2,15}")
CHANGEABLE = ("text", "kind", "house", "brigade", "assignee", "due", "contact_phone")
PRIVATE = {"text", "contact_phone"}  # the history says that they changed, not from what to what


def create_task(
    text: str,
    *,
    house: House | None = None,
    brigade: Brigade | None = None,
    assignee: Employee | None = None,
    due: date | None = None,
    author: Person = None,
    source: str = "",
    kind: str = Task.Kind.OTHER,
    contact_phone: str = "",
    comment: str = "",
) -> Task:
    """Put a task. Without `brigade` and `assignee` it is the office's; a house's own brigade is not put by itself.

    `source` is where it came from (`SOURCES`, or a word of the caller's); `comment` stands in the first line of the
    history. Whether `author` may do this is the caller's to check: a complaint on the phone is taken from anyone.

    Raises:
        InvalidInput: the text is empty or too long, the day is over, the phone is none, the brigade does not work.
    """
    values = checked(
        {
            "text": text,
            "kind": kind,
            "house": house,
            "brigade": brigade,
            "assignee": assignee,
            "due": due,
            "contact_phone": contact_phone,
        }
    )
    person = _person(author)
    with transaction.atomic(), acting(person):
        task = Task.objects.create(
            **values, author=person, source=source.strip()[:32], is_demo=bool(house and house.is_demo)
        )
        name = _name(person) or SOURCES.get(source, source)
        _record(task, person, before="", comment=_text(comment, "comment"), name=name)
        return task


def start_task(task_id: int, *, user: Person, comment: str = "") -> Task:
    """Take a task into work."""
    with _locked(task_id, user) as task:
        _require(user is None or access.may_work(user))
        if task.status == Status.DONE:
            raise Conflict("Задача уже выполнена. Если это ошибка, её может вернуть офис.")
        if task.status == Status.CANCELLED:
            raise Conflict("Задача отменена, браться за неё не нужно.")
        return _move(task, Status.IN_PROGRESS, user, comment)


def finish_task(task_id: int, *, user: Person, comment: str = "") -> Task:
    """Close a task as done, begun or not."""
    with _locked(task_id, user) as task:
        _require(user is None or access.may_work(user))
        if task.status == Status.CANCELLED:
            raise Conflict("Задача отменена, отметить её выполненной нельзя.")
        return _move(task, Status.DONE, user, comment)


def cancel_task(task_id: int, *, user: Person, comment: str = "") -> Task:
    """Close a task that need not be done any more; the office's right."""
    with _locked(task_id, user) as task:
        _require(user is None or access.may_manage(user))
        if task.status == Status.DONE:
            raise Conflict("Задача уже выполнена, отменить её нельзя. Сначала верните её.")
        return _move(task, Status.CANCELLED, user, comment)


def reopen_task(task_id: int, *, user: Person, comment: str = "") -> Task:
    """Bring a task back to «К выполнению», whatever became of it; the office's right."""
    with _locked(task_id, user) as task:
        _require(user is None or access.may_manage(user))
        return _move(task, Status.TODO, user, comment)


def change_task(task_id: int, *, user: Person, values: Mapping[str, Any]) -> Task:
    """Correct what a task says or who does it; `values` are fields out of `CHANGEABLE`.

    Raises:
        InvalidInput: as `create_task`.
        Conflict: the task is closed.
    """
    with _locked(task_id, user) as task:
        _require(user is None or access.may_manage(user))
        wanted = {name: value for name, value in values.items() if getattr(task, name) != value}
        wanted = {name: value for name, value in checked(wanted).items() if getattr(task, name) != value}
        if not wanted:
            return task
        if not task.is_open:
            raise Conflict("Задача закрыта. Чтобы изменить, сначала верните её.")
        said = "; ".join(_told(task, name, value) for name, value in wanted.items())
        for name, value in wanted.items():
            setattr(task, name, value)
        task.save(update_fields=[*wanted, "updated_at"])
        person = _person(user)
        _record(task, person, before=task.status, comment=said)
        return task


# --- what is kept


def checked(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as kept; each is looked at only when it is given.

    Raises:
        InvalidInput: with the field's name.
    """
    kept = dict(values)
    if "text" in kept:
        kept["text"] = _text(kept["text"], "text")
        if not kept["text"]:
            raise InvalidInput("Напишите, что нужно сделать.", field="text")
    if "kind" in kept and kept["kind"] not in Task.Kind.values:
        raise InvalidInput("Выберите вид из списка.", field="kind")
    if kept.get("due") and kept["due"] < timezone.localdate():
        raise InvalidInput("Этот день уже прошёл. Выберите сегодня или позже.", field="due")
    if "contact_phone" in kept:
        kept["contact_phone"] = _phone(kept["contact_phone"])
    for name, message in (("brigade", "Эта бригада не работает."), ("assignee", "Этот сотрудник не работает.")):
        if kept.get(name) and not kept[name].is_active:
            raise InvalidInput(message, field=name)
    return kept


def _text(text: str, field: str) -> str:
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(f"Слишком длинно, не больше {LONGEST_TEXT} знаков.", field=field)
    return text


def _phone(text: str) -> str:
    """+7XXXXXXXXXX where it can be one; an inside number is kept as it is."""
    digits = re.sub(r"[\s()\-.\u00a0]", "", text)
    if not digits:
        return ""
    if not PHONE.fullmatch(digits) or not digits.isascii():
        raise InvalidInput("Телефон нужен цифрами, например +7XXXXXXXXXX.", field="contact_phone")
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    return f"+7{digits}" if len(digits) == 10 and digits[0] in "3489" else digits


def _told(task: Task, name: str, value: Any) -> str:
    """A change in words: «срок: нет → 21.11.2026»."""
    field = Task._meta.get_field(name)
    label = str(field.verbose_name)  # type: ignore[union-attr]
    if name in PRIVATE:
        return f"{label}: изменено"
    return f"{label}: {_shown(name, getattr(task, name))} → {_shown(name, value)}"


def _shown(name: str, value: Any) -> str:
    if value is None:
        return "нет"
    if name == "due":
        return f"{value:%d.%m.%Y}"
    return str(Task.Kind(value).label) if name == "kind" else str(value)


# --- who, and the row


@contextmanager
def _locked(task_id: int, user: Person) -> Iterator[Task]:
    """The task under a lock, if this person may see it at all."""
    with transaction.atomic(), acting(_person(user)):
        rows = Task.objects.all() if user is None else Task.objects.visible_to(user)
        related: Iterable[str] = ("house", "brigade", "assignee")
        task = rows.select_for_update(of=("self",)).select_related(*related).filter(pk=task_id).first()
        if task is None:
            raise NotFound("Задача не найдена.")
        yield task


def _require(allowed: bool) -> None:
    if not allowed:
        raise Forbidden("Ваша роль не позволяет этого.")


def _move(task: Task, status: Status, user: Person, comment: str) -> Task:
    comment = _text(comment, "comment")
    if task.status == status:
        return task
    before, task.status = task.status, status
    task.save(update_fields=["status", "updated_at"])
    _record(task, _person(user), before=before, comment=comment)
    return task


def _record(task: Task, person: User | None, *, before: str, comment: str = "", name: str = "") -> None:
    TaskEvent.objects.create(
        task=task,
        author=person,
        author_name=name or _name(person),
        from_status=before,
        to_status=task.status,
        comment=comment,
    )


def _person(user: Person) -> User | None:
    """The person's row; None for a script and for the service key, which is nobody's."""
    return user if isinstance(user, User) else None


def _name(person: User | None) -> str:
    if person is None:
        return ""
    employee = employee_of(person)
    return employee.full_name if employee else person.get_full_name() or person.get_username()
