"""«Мои задачи» among the brigade's pages: what the office or a caller asked of it besides the cleanings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from houses.brigade_pages import stale_pages
from houses.brigade_pages.days import late_visits
from houses.brigade_pages.views import choose
from houses.brigade_pages.visitors import (
    Visitor,
    no_brigade,
    nothing_here,
    page,
    shared,
    sign_in_url,
    visitor_of,
)
from houses.models import Brigade
from tasks import access, actions
from tasks.models import Task
from tasks.querysets import TaskQuerySet
from vasdom.errors import Conflict, Forbidden, InvalidInput, NotFound, VasdomError

RECENT_DAYS = 14
MOST_CLOSED = 20
STATUS_OF = {InvalidInput: 400, Forbidden: 403, NotFound: 404, Conflict: 409}
STEPS: dict[str, tuple[Callable[..., Task], str]] = {
    "start": (actions.start_task, "Задача взята в работу."),
    "finish": (actions.finish_task, "Задача выполнена. Спасибо!"),
}


def tasks_of(visitor: Visitor, brigade: Brigade) -> TaskQuerySet:
    """A brigade's own see what is for it and for themselves; the office looks at the brigade's."""
    tasks = Task.objects.visible_to(visitor.user)
    return tasks.filter(brigade=brigade) if visitor.office else tasks


@page
def task_list(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    brigade = visitor.chosen_brigade(request.GET.get("brigade", ""))
    if brigade is None:
        return choose(request, visitor)
    today = timezone.localdate()
    tasks = tasks_of(visitor, brigade).select_related("house")
    since = timezone.now() - timedelta(days=RECENT_DAYS)
    closed = tasks.closed().filter(updated_at__gte=since).order_by("-updated_at", "-pk")[:MOST_CLOSED]
    context = {
        "title": "Мои задачи" if not visitor.office else "Задачи бригады",
        "open": [task_card(task, visitor) for task in tasks.open().most_urgent_first()],
        "closed": [task_card(task, visitor) for task in closed],
    }
    return render(request, "brigade/tasks.html", frame(visitor, brigade) | {"today": today} | context)


@page
def task_page(request: HttpRequest, visitor: Visitor, pk: int) -> HttpResponse:
    return show_task(request, visitor, find_task(visitor, pk))


def find_task(visitor: Visitor, pk: int) -> Task:
    """The task, or Http404 also when it is another brigade's."""
    tasks = Task.objects.visible_to(visitor.user).select_related("house", "brigade", "assignee")
    return get_object_or_404(tasks, pk=pk)


def show_task(
    request: HttpRequest, visitor: Visitor, task: Task, *, comment: str = "", problem: str = "", status: int = 200
) -> HttpResponse:
    """The page of a task, with the comment as it was typed when something was refused."""
    may_work = not visitor.office and access.may_work(visitor.user) and task.is_open
    context = {
        **task_card(task, visitor),
        "title": task.get_kind_display(),
        "text": access.readable(task.text, visitor.user),
        "events": [(event, access.readable(event.comment, visitor.user)) for event in task.events.all()],
        "may_start": may_work and task.status == Task.Status.TODO,
        "may_finish": may_work,
        "comment": comment,
        "problem": problem,
    }
    header = frame(visitor, visitor.brigade or task.brigade)
    return render(request, "brigade/task.html", header | context, status=status)


def task_card(task: Task, visitor: Visitor) -> dict[str, Any]:
    today = timezone.localdate()
    house = task.house
    may_open = house is not None and house.archived_at is None
    return {
        "task": task,
        "overdue": task.is_overdue(today),
        "is_today": task.due == today,
        # A task may be for a house that another brigade cleans; then its card is not this brigade's to open.
        "house_opens": may_open and (visitor.office or visitor.works_at(house)),  # type: ignore[arg-type]
    }


def frame(visitor: Visitor, brigade: Brigade | None) -> dict[str, Any]:
    late = late_visits(visitor, brigade, timezone.localdate()).count() if brigade else 0
    return shared(visitor, brigade, tab="tasks", late_count=late)


@csrf_exempt  # checked inside, see stale_pages
@never_cache
@require_POST
def take_step(request: HttpRequest, pk: int, step: str) -> HttpResponse:
    """«Взять в работу» or «Выполнено», by the address. The same button pressed twice does no harm."""
    address = reverse("brigade-tasks:task", args=[pk])
    stale = stale_pages.token_is_wrong(request)
    if not request.user.is_authenticated:
        return HttpResponseRedirect(sign_in_url(address))
    visitor = visitor_of(request.user)
    if visitor is None:
        return no_brigade(request)
    try:
        task = find_task(visitor, pk)
    except Http404:
        return nothing_here(request)
    comment = request.POST.get("comment", "")
    if stale:
        return show_task(request, visitor, task, comment=comment, problem=stale_pages.STALE, status=403)
    do, sentence = STEPS[step]
    try:
        if visitor.office:
            raise Forbidden("Из офиса задачу отмечают в кабинете.")
        do(pk, user=request.user, comment=comment)
    except VasdomError as error:
        status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 400)
        task.refresh_from_db()
        return show_task(request, visitor, task, comment=comment, problem=error.message, status=status)
    messages.success(request, sentence)
    return HttpResponseRedirect(address)


app_name = "brigade-tasks"
urlpatterns = [
    path("", task_list, name="list"),
    path("<int:pk>/", task_page, name="task"),
    *(path(f"<int:pk>/{step}/", take_step, {"step": step}, name=step) for step in STEPS),
]
