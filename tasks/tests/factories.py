"""Tasks for tests, each valid with no arguments."""

from __future__ import annotations

from typing import Any

from tasks.actions import create_task
from tasks.models import Task


def make_task(text: str = "Помыть перила", **values: Any) -> Task:
    """A task through the action; `status` and a `due` in the past are set behind its back."""
    past = {name: values.pop(name) for name in ("status", "due", "created_at") if name in values}
    task = create_task(text, **values)
    if past:
        Task.objects.filter(pk=task.pk).update(**past)
        task.refresh_from_db()
    return task
