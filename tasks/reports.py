"""Tasks as rows of a table."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from houses.api.plain_text import without_phones
from houses.reports.export import CHUNK
from houses.reports.tables import Cell
from tasks.querysets import TaskQuerySet

COLUMNS = (
    "№", "Задача", "Вид", "Состояние", "Срок", "Дом", "Адрес", "Бригада", "Исполнитель", "Откуда", "Поставлена",
    "Изменена",
)  # fmt: skip
PHONE = "Телефон обратившегося"


def header(*, phones: bool) -> tuple[str, ...]:
    return (*COLUMNS, PHONE) if phones else COLUMNS


def rows(tasks: TaskQuerySet, *, phones: bool) -> Iterator[tuple[Cell, ...]]:
    """One row a task in the order of the queryset, read through a server-side cursor."""
    for task in tasks.select_related("house", "brigade", "assignee").iterator(chunk_size=CHUNK):
        row = (
            task.pk,
            task.text if phones else without_phones(task.text),
            task.get_kind_display(),
            task.get_status_display(),
            task.due,
            task.house.title if task.house else "",
            task.house.address if task.house else "",
            task.brigade.name if task.brigade else "",
            task.assignee.full_name if task.assignee else "",
            task.source_label,
            f"{timezone.localtime(task.created_at):%d.%m.%Y %H:%M}",
            f"{timezone.localtime(task.updated_at):%d.%m.%Y %H:%M}",
        )
        yield (*row, task.contact_phone) if phones else row
