"""Who sees what: the roles are groups, and a brigade sees its own houses only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User

    from houses.models import Brigade, Employee


class Role(models.TextChoices):
    """The value is the group's name."""

    DIRECTOR = "Директор", "Директор"
    MANAGER = "Менеджер", "Менеджер"
    OPERATOR = "Оператор", "Оператор"
    BRIGADE = "Бригада", "Бригада"
    VIEWER = "Просмотр", "Просмотр"


OFFICE = frozenset({Role.DIRECTOR, Role.MANAGER, Role.OPERATOR})
"""Those who work with the data: they see phones, correct visits and note acts."""
SEE_ALL_HOUSES = OFFICE | {Role.VIEWER}


def roles_of(user: User | AnonymousUser) -> frozenset[str]:
    """Names of the user's groups; one query per user object, none for a stranger or a switched-off login."""
    if not user.is_active or not user.is_authenticated:
        return frozenset()
    known: frozenset[str] | None = getattr(user, "_vasdom_roles", None)
    if known is None:
        known = frozenset(user.groups.values_list("name", flat=True))
        user._vasdom_roles = known  # type: ignore[attr-defined]
    return known


def sees_all_houses(user: User | AnonymousUser) -> bool:
    """Office roles and the superuser. A login without any role sees nothing, staff or not."""
    return bool(user.is_active and (user.is_superuser or roles_of(user) & SEE_ALL_HOUSES))


def sees_phones(user: User | AnonymousUser) -> bool:
    """May read the elders' phone numbers."""
    return bool(user.is_active and (user.is_superuser or roles_of(user) & OFFICE))


def may_correct_visits(user: User | AnonymousUser) -> bool:
    """May report in a brigade's stead, late, and take its reports back."""
    return bool(user.is_active and (user.is_superuser or roles_of(user) & OFFICE))


def may_sign_acts(user: User | AnonymousUser) -> bool:
    """May note acts as signed, by role or by a permission the office gave."""
    return bool(user.is_active and (user.is_superuser or roles_of(user) & OFFICE or user.has_perm("houses.sign_act")))


def is_brigade(user: User | AnonymousUser) -> bool:
    """Is confined to a brigade's own houses."""
    return Role.BRIGADE in roles_of(user) and not sees_all_houses(user)


def employee_of(user: User | AnonymousUser) -> Employee | None:
    """The working employee behind a login."""
    if not user.is_authenticated or not user.is_active:
        return None
    try:
        employee: Employee = user.employee
    except ObjectDoesNotExist:
        return None
    return employee if employee.is_active else None


def brigade_of(user: User | AnonymousUser) -> Brigade | None:
    """The brigade a login works in; None for office people, for the dismissed and for a brigade login without one."""
    employee = employee_of(user)
    return employee.brigade if employee else None


# --- permissions of the groups: "app.codename"; of models, "app.action_model"


def _each(actions: str, names: str, app: str = "houses") -> set[str]:
    return {f"{app}.{action}_{name}" for action in actions.split() for name in names.split()}


_READ = _each("view", "house managementcompany stage brigade cleaningvisit visitphoto act syncrun")
_PEOPLE = _each("view", "contact contactphone employee")
_OPERATOR = (
    _READ | _PEOPLE | _each("change", "cleaningvisit") | {"houses.sign_act", "houses.export", "houses.view_phones"}
)
_MANAGER = (
    _OPERATOR
    | _each("add change", "brigade employee act")
    | _each("add", "cleaningvisit visitphoto")
    | _each("delete", "act visitphoto")
    | _each("view", "schedulefield fieldmapping enumoption officesettings")
    | _each("view", "logentry", "auditlog")
    | {"houses.sync_now", "houses.reopen_visit"}
)
_DIRECTOR = (
    _MANAGER
    | _each("change", "house schedulefield fieldmapping enumoption officesettings")
    | _each("delete", "employee")
    | _each("add view change", "user", "auth")
    | _each("view", "group", "auth")
    | _each("view change", "periodictask", "django_celery_beat")
    | _each("add view change", "crontabschedule intervalschedule", "django_celery_beat")
    | _each("view", "apitoken", "vasdom")
    | {"houses.accept_archiving"}
)
PERMISSIONS: dict[Role, set[str]] = {
    Role.DIRECTOR: _DIRECTOR,
    Role.MANAGER: _MANAGER,
    Role.OPERATOR: _OPERATOR,
    Role.BRIGADE: {"houses.report_visit"},
    Role.VIEWER: _READ | {"houses.export"},
}


def setup_roles(**_signal: Any) -> None:
    """Make the five groups and give each what its role needs; may be run any number of times."""
    grant(PERMISSIONS)


def grant(permissions: Mapping[Role, set[str]]) -> None:
    """Give roles permissions ("app.codename"); applications above houses call it with their own.

    Permissions are only added. What an office gave a group on top stays; what it took from a role's own set comes back
    with the next migration, so a narrower role is a group of its own.
    """
    from django.contrib.auth.models import Group, Permission

    codenames = {codename.partition(".")[2] for wanted in permissions.values() for codename in wanted}
    found = Permission.objects.filter(codename__in=codenames).select_related("content_type")
    by_name = {f"{permission.content_type.app_label}.{permission.codename}": permission for permission in found}
    for role, wanted in permissions.items():
        group, _ = Group.objects.get_or_create(name=role.value)
        group.permissions.add(*(by_name[name] for name in sorted(wanted) if name in by_name))
