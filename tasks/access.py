"""Who may do what with tasks, and who reads a caller's phone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from houses.access import Role, grant, sees_phones
from houses.api.plain_text import without_phones

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from tasks.models import Task

CREATE, WORK, MANAGE = "tasks.add_task", "tasks.work_task", "tasks.change_task"
_OFFICE = {"tasks.view_task", CREATE, WORK, MANAGE}
PERMISSIONS: dict[Role, set[str]] = {
    Role.DIRECTOR: _OFFICE,
    Role.MANAGER: _OFFICE,
    Role.OPERATOR: _OFFICE,
    Role.BRIGADE: {WORK},
    Role.VIEWER: {"tasks.view_task"},
}


def setup_roles(**_signal: Any) -> None:
    """Give each role its part; may be run any number of times."""
    grant(PERMISSIONS)


def may_create(user: User | AnonymousUser) -> bool:
    return user.has_perm(CREATE)


def may_work(user: User | AnonymousUser) -> bool:
    """May begin and finish the tasks that are visible to them."""
    return user.has_perm(WORK) or user.has_perm(MANAGE)


def may_manage(user: User | AnonymousUser) -> bool:
    """May change, cancel and bring back tasks."""
    return user.has_perm(MANAGE)


def readable(text: str, user: User | AnonymousUser) -> str:
    """What people wrote, without the phone numbers in it for those who may not read them."""
    return text if sees_phones(user) else without_phones(text)


def phone_for(task: Task, user: User | AnonymousUser) -> str | None:
    """The caller's phone; None when this role may not see it, "" when none was left."""
    return task.contact_phone if sees_phones(user) else None
