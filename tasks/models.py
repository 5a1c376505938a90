"""Work for a person: a caller's complaint, a request, anything the office hands out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import timezone
from django.utils.text import Truncator

from houses.api.plain_text import without_phones
from houses.models import Brigade, Employee, House
from tasks.querysets import OPEN, TaskQuerySet

if TYPE_CHECKING:
    from datetime import date

LONGEST_TEXT = 2000
TITLE_LENGTH = 80
SOURCES = {
    "office": "Офис",
    "phone": "Телефон",
    "web": "Чат в кабинете",
    "ws": "Чат на сайте",
    "api": "API",
    "meeting": "Планёрка",
    "telegram": "Telegram",
}
"""How the ways in are called; a source that is not listed is shown as it is written."""


class Task(models.Model):
    """One thing to be done. Without a brigade and an assignee it is the office's own.

    Rows change through `tasks.actions` only, which write the history.
    """

    class Status(models.TextChoices):
        TODO = "todo", "К выполнению"
        IN_PROGRESS = "in_progress", "В работе"
        DONE = "done", "Выполнено"
        CANCELLED = "cancelled", "Отменено"

    class Kind(models.TextChoices):
        COMPLAINT = "complaint", "Жалоба"
        REQUEST = "request", "Заявка"
        OTHER = "other", "Другое"

    text = models.TextField("что сделать", max_length=LONGEST_TEXT, validators=[MaxLengthValidator(LONGEST_TEXT)])
    kind = models.CharField("вид", max_length=16, choices=Kind.choices, default=Kind.OTHER)
    house = models.ForeignKey(House, models.PROTECT, null=True, blank=True, related_name="tasks", verbose_name="дом")
    brigade = models.ForeignKey(
        Brigade, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name="бригада"
    )
    assignee = models.ForeignKey(
        Employee, models.SET_NULL, null=True, blank=True, related_name="tasks", verbose_name="исполнитель"
    )
    due = models.DateField("срок", null=True, blank=True)
    status = models.CharField("состояние", max_length=16, choices=Status.choices, default=Status.TODO)
    source = models.CharField("откуда", max_length=32, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто поставил"
    )
    contact_phone = models.CharField("телефон обратившегося", max_length=16, blank=True)
    created_at = models.DateTimeField("поставлена", default=timezone.now, editable=False)
    updated_at = models.DateTimeField("изменена", auto_now=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = "задача"
        verbose_name_plural = "задачи"
        ordering = ["-created_at", "-id"]
        indexes = [
            models.Index(fields=["status", "due"], name="task_status_due"),
            models.Index(fields=["brigade", "status"], name="task_brigade_status"),
            models.Index(fields=["-created_at", "-id"], name="task_newest"),
        ]
        permissions = [("work_task", "Может брать задачи в работу и закрывать их")]

    def __str__(self) -> str:
        """The first words, without phones: the title is shown to every role."""
        return Truncator(without_phones(" ".join(self.text.split()))).chars(TITLE_LENGTH)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN

    @property
    def source_label(self) -> str:
        return SOURCES.get(self.source, self.source)

    def is_overdue(self, today: date | None = None) -> bool:
        """Open, and its day is over."""
        return self.is_open and self.due is not None and self.due < (today or timezone.localdate())


class TaskEvent(models.Model):
    """One line of a task's history. Written once: a line is never changed, and goes only with its task."""

    task = models.ForeignKey(Task, models.CASCADE, related_name="events", verbose_name="задача")
    at = models.DateTimeField("когда", default=timezone.now)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто"
    )
    # The name as it was then; it stays when the login is gone.
    author_name = models.CharField("имя", max_length=200, blank=True)
    from_status = models.CharField("было", max_length=16, choices=Task.Status.choices, blank=True)
    to_status = models.CharField("стало", max_length=16, choices=Task.Status.choices)
    comment = models.TextField("комментарий", blank=True)

    class Meta:
        verbose_name = "запись истории"
        verbose_name_plural = "история задач"
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.at:%d.%m.%Y %H:%M} {self.get_to_status_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("the history of a task is append-only")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("the history of a task is append-only")

    @property
    def is_transition(self) -> bool:
        """Says that the state changed, and not something else about the task."""
        return self.from_status != self.to_status
