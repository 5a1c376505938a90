"""`/api/tasks`: the list, a new one, and the steps of one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from houses.api import docs
from houses.api.base import ApiView, account, checked, require
from houses.api.docs import endpoint
from houses.api.house_json import moment
from houses.api.houses import find_house
from houses.api.query import Page, Query
from houses.models import Brigade, Employee, House
from tasks import access, actions
from tasks.api.schema import StepBody, TaskBody, TaskDetailsSchema, TaskListSchema
from tasks.models import Task
from tasks.querysets import TaskQuerySet
from vasdom.errors import InvalidInput, NotFound

TAG = "Задачи"
TASK_ID = docs.path_id("task_id", "Номер задачи")
OPENED, OVERDUE = "open", "overdue"
STATES = (*Task.Status.values, OPENED, OVERDUE)
LARGEST_KEY = 2**63 - 1


def task_json(task: Task, user: Any) -> dict[str, Any]:
    """One task; house, brigade and assignee must have been selected with it."""
    house, brigade, assignee = task.house, task.brigade, task.assignee
    return {
        "id": task.pk,
        "text": access.readable(task.text, user),
        "kind": task.kind,
        "kind_title": task.get_kind_display(),
        "status": task.status,
        "status_title": task.get_status_display(),
        "house": {"id": house.bitrix_id, "title": house.title, "address": house.address} if house else None,
        "brigade": {"id": brigade.pk, "name": brigade.name} if brigade else None,
        "assignee": {"id": assignee.pk, "name": assignee.full_name} if assignee else None,
        "due": task.due.isoformat() if task.due else None,
        "overdue": task.is_overdue(),
        "source": task.source,
        "contact_phone": access.phone_for(task, user) or None,
        "created_at": moment(task.created_at),
        "updated_at": moment(task.updated_at),
    }


def details_json(task: Task, user: Any) -> dict[str, Any]:
    events = [
        {
            "at": moment(event.at),
            "author": event.author_name,
            "from_status": event.from_status or None,
            "to_status": event.to_status,
            "comment": access.readable(event.comment, user),
        }
        for event in task.events.all()
    ]
    return task_json(task, user) | {"events": events}


def tasks_seen_by(request: Request) -> TaskQuerySet:
    return Task.objects.visible_to(request.user).select_related("house", "brigade", "assignee")


def find_task(request: Request, task_id: str) -> Task:
    """The task with this number, if this reader may see it."""
    known = task_id.isascii() and task_id.isdecimal() and len(task_id) <= 18
    task = tasks_seen_by(request).filter(pk=int(task_id)).first() if known else None
    if task is None:
        raise NotFound("Задача не найдена.")
    return task


def narrow(tasks: TaskQuerySet, query: Query) -> TaskQuerySet:
    """All filters but that of the state. A date filter leaves out tasks without a due date."""
    start, end = query.days()
    kind, brigade = query.choice("kind", Task.Kind.values), query.text("brigade")
    house = query.integer("house", low=1)
    if start:
        tasks = tasks.filter(due__gte=start)
    if end:
        tasks = tasks.filter(due__lte=end)
    if kind:
        tasks = tasks.filter(kind=kind)
    if house is not None:
        tasks = tasks.filter(house__bitrix_id=house) if house <= LARGEST_KEY else tasks.none()
    return tasks.for_brigade_text(brigade) if brigade else tasks


def by_state(tasks: TaskQuerySet, state: str) -> TaskQuerySet:
    if state == OPENED:
        return tasks.open()
    if state == OVERDUE:
        return tasks.overdue()
    return tasks.filter(status=state) if state else tasks


class TaskListView(ApiView):
    """Задачи и новая задача."""

    @endpoint(
        "Список задач",
        TaskListSchema,
        tag=TAG,
        description="Офис видит все задачи, бригада — свои. Сначала открытые, по сроку.",
        parameters=(
            docs.choice("status", "Состояние; open — все открытые, overdue — открытые с прошедшим сроком", STATES),
            docs.choice("kind", "Вид", Task.Kind.values),
            docs.text("brigade", "Бригада: цифры — номер, иначе часть названия"),
            docs.integer("house", "Номер сделки Bitrix24", 1),
            docs.day("date_from", "Срок с этой даты (можно без date_to)"),
            docs.day("date_to", "Срок по эту дату (можно без date_from)"),
            *docs.PAGING,
        ),
        operation_id="tasks",
    )
    def get(self, request: Request) -> Response:
        query = Query(request)
        state = query.choice("status", STATES)
        tasks = narrow(tasks_seen_by(request), query)
        rows, paging = Page.read(query).cut(by_state(tasks, state).most_urgent_first())
        shown = [task_json(task, request.user) for task in rows]
        return Response({"tasks": shown, "counts": asdict(tasks.counts()), **paging})

    @endpoint(
        "Поставить задачу",
        TaskDetailsSchema,
        tag=TAG,
        status=201,
        description="Без бригады и исполнителя задача остаётся за офисом.",
        body=TaskBody,
        errors=(404,),
        operation_id="task_create",
    )
    def post(self, request: Request) -> Response:
        require(access.may_create(request.user))
        sent = checked(TaskBody, request)
        house = find_house(House.objects.visible_to(request.user), sent["house_id"]) if sent.get("house_id") else None
        task = actions.create_task(
            sent["text"],
            kind=sent["kind"],
            house=house,
            brigade=_row(Brigade, sent.get("brigade_id"), "brigade_id", "Такой бригады нет."),
            assignee=_row(Employee, sent.get("assignee_id"), "assignee_id", "Такого сотрудника нет."),
            due=sent.get("due"),
            author=account(request),
            source="api",
            contact_phone=sent.get("contact_phone") or "",
        )
        return Response(details_json(find_task(request, str(task.pk)), request.user), status=201)


def _row(model: Any, key: int | None, field: str, message: str) -> Any:
    if key is None:
        return None
    row = model.objects.filter(pk=key).first() if key <= LARGEST_KEY else None
    if row is None:
        raise InvalidInput(message, field=field)
    return row


class TaskView(ApiView):
    @endpoint(
        "Одна задача с историей", TaskDetailsSchema, tag=TAG, parameters=(TASK_ID,), errors=(404,), operation_id="task"
    )
    def get(self, request: Request, task_id: str) -> Response:
        return Response(details_json(find_task(request, task_id), request.user))


def step(summary: str, operation_id: str) -> Callable[[docs.Method], docs.Method]:
    return endpoint(
        summary,
        TaskDetailsSchema,
        tag=TAG,
        description=f"{summary}. Повтор ничего не меняет; шаг, который противоречит сделанному, — 409.",
        parameters=(TASK_ID,),
        body=StepBody,
        errors=(404, 409),
        operation_id=operation_id,
    )


class StepView(ApiView):
    """What the four steps share."""

    def take(self, request: Request, task_id: str, do: Callable[..., Task]) -> Response:
        task = find_task(request, task_id)
        sent = checked(StepBody, request)
        # The service key is nobody's row, and may do everything.
        do(task.pk, user=account(request), comment=sent["comment"])
        return Response(details_json(find_task(request, task_id), request.user))


class TaskStartView(StepView):
    @step("Взять задачу в работу", "task_start")
    def post(self, request: Request, task_id: str) -> Response:
        return self.take(request, task_id, actions.start_task)


class TaskFinishView(StepView):
    @step("Задача выполнена", "task_finish")
    def post(self, request: Request, task_id: str) -> Response:
        return self.take(request, task_id, actions.finish_task)


class TaskCancelView(StepView):
    @step("Отменить задачу (офис)", "task_cancel")
    def post(self, request: Request, task_id: str) -> Response:
        return self.take(request, task_id, actions.cancel_task)


class TaskReopenView(StepView):
    @step("Вернуть задачу к выполнению (офис)", "task_reopen")
    def post(self, request: Request, task_id: str) -> Response:
        return self.take(request, task_id, actions.reopen_task)
