"""The list of tasks, a task's card, and the forms behind them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from houses.access import sees_phones
from houses.admin.base import OfficeChangeList, ReadOnlyAdmin, history_address
from houses.admin.downloads import download
from houses.reports.tables import csv_file
from houses.templatetags.admin_houses import NO_DATA
from tasks import access, actions
from tasks.admin.filters import OVERDUE, TaskFilterForm, search_tasks
from tasks.admin.forms import TaskForm
from tasks.models import Task
from tasks.reports import header, rows
from vasdom.errors import VasdomError

Status = Task.Status
STATUS_CLASSES = {Status.TODO: "", Status.IN_PROGRESS: "is-busy", Status.DONE: "is-good", Status.CANCELLED: "is-off"}
STEPS: dict[str, tuple[Callable[..., Task], str]] = {
    "start": (actions.start_task, "Задача в работе."),
    "finish": (actions.finish_task, "Задача выполнена."),
    "cancel": (actions.cancel_task, "Задача отменена."),
    "reopen": (actions.reopen_task, "Задача снова к выполнению."),
}


def status_chip(task: Task) -> SafeString:
    return format_html(
        '<span class="of-chip {}">{}</span>', STATUS_CLASSES[Status(task.status)], task.get_status_display()
    )


class TaskChangeList(OfficeChangeList):
    filter_form: TaskFilterForm

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str] | None = None) -> QuerySet[Any]:
        queryset = super().get_queryset(request, exclude_parameters)
        return queryset if self.params.get("o") else queryset.most_urgent_first()  # type: ignore[attr-defined]

    def get_ordering_field_columns(self) -> dict[int, str]:
        """No column is marked as sorted until somebody sorts by one: the list's own order is that of urgency."""
        return super().get_ordering_field_columns() if self.params.get("o") else {}

    @cached_property
    def counts(self) -> list[tuple[str, str, int, str, bool]]:
        """Code, label, number, address and «chosen» of each state, for the filters without that of the state."""
        queryset: Any = self.root_queryset
        if not self.filter_form.is_valid():
            queryset = queryset.none()
        if self.query:
            queryset, _ = self.model_admin.get_search_results(self.request, queryset, self.query)
        wanted = {name: value for name, value in self.filter_form.cleaned_data.items() if value}
        found = self.filter_form.narrow_but_status(queryset, wanted).counts()
        chosen = wanted.get("status", "")
        labels = {OVERDUE: "Просрочено", **dict(Status.choices)}
        order = (Status.TODO, Status.IN_PROGRESS, OVERDUE, Status.DONE, Status.CANCELLED)
        return [
            (
                str(code),
                str(labels[code]),
                getattr(found, str(code)),
                self.get_query_string({"status": str(code)}, ["p"]),
                code == chosen,
            )
            for code in order
        ]


@admin.register(Task)
class TaskAdmin(ReadOnlyAdmin):
    """Every write goes through `tasks.actions`; a task is never deleted, only cancelled."""

    form = TaskForm
    filter_form_class = TaskFilterForm
    change_list_template = "admin/tasks/task/list.html"
    card_template = "admin/tasks/task/card.html"
    toolbar_template = "admin/tasks/task/toolbar.html"
    search_fields = ("text",)
    search_help_text = "Слова задачи, адрес дома или исполнитель"
    list_select_related = ("house", "brigade", "assignee")
    list_display = ("task_cell", "status_cell", "due_cell", "who_cell", "created_cell")
    list_display_links = None
    autocomplete_fields = ("house",)
    fieldsets = ((None, {"fields": ("text", ("kind", "due"), "house", ("brigade", "assignee"), "contact_phone")}),)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return TaskChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Opened without a question, the list shows the open tasks."""
        if not request.GET:
            return HttpResponseRedirect("?status=open")
        return super().changelist_view(request, extra_context)  # type: ignore[no-any-return]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (search_tasks(queryset, search_term, request.user) if search_term.strip() else queryset), False

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        steps = [
            path(f"<int:task_id>/{name}/", wrap(require_POST(partial(self.step, name=name))), name=f"tasks_task_{name}")
            for name in STEPS
        ]
        own = [
            path("export/csv/", wrap(self.export), name="tasks_task_export"),
            path("<int:task_id>/edit/", wrap(self.edit), name="tasks_task_edit"),
        ]
        return own + steps + super().get_urls()  # type: ignore[no-any-return]

    # --- the card

    def card_context(self, request: HttpRequest, row: Task) -> dict[str, Any]:
        user = request.user
        events = [(event, access.readable(event.comment, user)) for event in row.events.all()]
        manage, work = access.may_manage(user), access.may_work(user)
        buttons = {
            "start": work and row.status == Status.TODO,
            "finish": work and row.is_open,
            "cancel": manage and row.is_open,
            "reopen": manage and row.status != Status.TODO,
        }
        return {
            "task": row,
            "text": access.readable(row.text, user),
            "chip": status_chip(row),
            "overdue": row.is_overdue(),
            "phone": access.phone_for(row, user),
            "events": events,
            "buttons": buttons,
            "any_button": any(buttons.values()),
            "may_edit": manage and row.is_open,
            "history_address": history_address(Task, row.pk),
        }

    def step(self, request: HttpRequest, task_id: int, *, name: str) -> HttpResponse:
        """One of the buttons of the card."""
        do, sentence = STEPS[name]
        try:
            do(task_id, user=request.user, comment=request.POST.get("comment", "")[:2000])
        except VasdomError as exc:
            messages.error(request, exc.message)
        else:
            messages.success(request, sentence)
        return HttpResponseRedirect(card_address(task_id))

    # --- typing in

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_create(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return access.may_manage(request.user)

    def edit(self, request: HttpRequest, task_id: int) -> HttpResponse:
        """The form of an open task; a closed one is first brought back."""
        task = self.get_object(request, str(task_id))
        if task is None:
            raise Http404
        if not self.has_change_permission(request, task):
            raise PermissionDenied
        if not task.is_open:
            messages.warning(request, "Задача закрыта. Чтобы изменить, сначала верните её.")
            return HttpResponseRedirect(card_address(task_id))
        title = {"title": "Изменить задачу", "show_save_and_add_another": False, "show_save_and_continue": False}
        return self.changeform_view(request, str(task_id), "", title)  # type: ignore[no-any-return]

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        title = {"title": "Новая задача", "show_save_and_continue": False}
        return super().add_view(request, form_url, title | (extra_context or {}))  # type: ignore[no-any-return]

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["fields"] = list(actions.CHANGEABLE)
        form = super().get_form(request, obj, change, **kwargs)
        for name in ("house", "brigade", "assignee"):  # chosen here, made and changed in their own places
            widget = form.base_fields[name].widget
            for button in ("add", "change", "delete", "view"):
                setattr(widget, f"can_{button}_related", False)
        return form

    def save_model(self, request: HttpRequest, obj: Task, form: TaskForm, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in actions.CHANGEABLE}
        if change:
            actions.change_task(obj.pk, user=request.user, values={name: values[name] for name in form.changed_data})
            return
        task = actions.create_task(**values, author=request.user, source="office")
        obj.pk, obj._state.adding = task.pk, False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The task's own history and the audit trail say it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The task's own history and the audit trail say it."""

    def response_post_save_add(self, request: HttpRequest, obj: Task) -> HttpResponse:
        return HttpResponseRedirect(card_address(obj.pk))

    def response_post_save_change(self, request: HttpRequest, obj: Task) -> HttpResponse:
        return HttpResponseRedirect(card_address(obj.pk))

    # --- the list

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Exactly the rows that the list with this address shows, all pages of it."""
        if not request.user.has_perm("houses.export") or not self.has_view_permission(request):
            raise PermissionDenied
        changelist = self.get_changelist_instance(request)
        phones = sees_phones(request.user)
        file = csv_file(header(phones=phones), rows(changelist.queryset, phones=phones))
        return download(request, file, f"задачи_{timezone.localtime():%Y%m%d_%H%M%S}.csv", "csv")

    @admin.display(description="Задача")
    def task_cell(self, task: Task) -> SafeString:
        return format_html(
            '<div class="of of-house"><a href="{}">{}</a><small>{}{}</small></div>',
            f"{task.pk}/change/",
            task,
            task.get_kind_display(),
            f" · {task.house}" if task.house else "",
        )

    @admin.display(description="Состояние", ordering="status")
    def status_cell(self, task: Task) -> SafeString:
        return format_html('<span class="of">{}</span>', status_chip(task))

    @admin.display(description="Срок", ordering="due")
    def due_cell(self, task: Task) -> SafeString:
        if task.due is None:
            return format_html('<span class="of-none">{}</span>', "без срока")
        day = f"{task.due:%d.%m.%Y}"
        if task.is_overdue():
            return format_html('<span class="of of-chip is-bad of-nowrap" title="Просрочено">{}</span>', day)
        if task.is_open and task.due == timezone.localdate():
            return format_html('<span class="of of-chip is-warn of-nowrap" title="Сегодня">{}</span>', day)
        return format_html('<span class="of-nowrap">{}</span>', day)

    @admin.display(description="Кому", ordering="brigade__number")
    def who_cell(self, task: Task) -> SafeString:
        return format_html(
            '<span class="of-when"><span>{}</span><small class="of-small of-muted">{}</small></span>',
            task.brigade or ("Офис" if task.assignee is None else task.assignee),
            task.assignee if task.brigade and task.assignee else "",
        )

    @admin.display(description="Поставлена", ordering="created_at")
    def created_cell(self, task: Task) -> SafeString:
        return format_html(
            '<span class="of-when"><span>{}</span><small class="of-small of-muted">{}</small></span>',
            f"{timezone.localtime(task.created_at):%d.%m.%Y %H:%M}",
            task.source_label or NO_DATA,
        )


def card_address(task_id: int) -> str:
    return reverse("admin:tasks_task_change", args=[task_id])
