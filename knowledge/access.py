"""Who may read which base, and who teaches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User
    from django.db.models import QuerySet

    from knowledge.models import KnowledgeBase

PUBLIC, STAFF = "public", "staff"
STAFF_ROLES = frozenset({STAFF, "Директор", "Менеджер", "Оператор", "Бригада", "Просмотр"})
"""Names of roles whose people work here; whoever else asks sees public bases only."""


def visibilities(role: str) -> list[str]:
    """What a role may read: values of `KnowledgeBase.visibility`. An unknown role is a stranger's."""
    return [PUBLIC, STAFF] if role in STAFF_ROLES else [PUBLIC]


def role_of(user: User | AnonymousUser) -> str:
    """`public` or `staff`, for `search`."""
    return STAFF if user.is_active and user.has_perm("knowledge.view_document") else PUBLIC


def may_teach(user: User | AnonymousUser) -> bool:
    """May upload, correct, confirm and restore documents."""
    return bool(user.is_active and user.has_perm("knowledge.change_document"))


def may_read(user: User | AnonymousUser) -> bool:
    """May look at documents, passages and builds."""
    return bool(user.is_active and user.has_perm("knowledge.view_document"))


def readable_bases(role: str) -> QuerySet[KnowledgeBase]:
    """The bases a role may read, the default one first."""
    from knowledge.models import KnowledgeBase

    return KnowledgeBase.objects.filter(visibility__in=visibilities(role))


def _each(actions: str, names: str) -> set[str]:
    return {f"{action}_{name}" for action in actions.split() for name in names.split()}


_READ = _each("view", "knowledgebase document documentversion passage indexbuild glossaryterm")
_TEACH = _READ | _each("add change", "document") | _each("add", "documentversion") | {"rebuild_index"}
_TEACH |= _each("add change delete", "glossaryterm")
_RULE = _TEACH | _each("add change delete", "knowledgebase") | _each("delete", "document")
PERMISSIONS = {"Директор": _RULE, "Менеджер": _TEACH | {"delete_document"}, "Оператор": _READ, "Просмотр": _READ}


def setup_roles(**_signal: Any) -> None:
    """Give the office's groups what their roles need here; permissions are only added."""
    from django.contrib.auth.models import Group, Permission

    found = {
        permission.codename: permission for permission in Permission.objects.filter(content_type__app_label="knowledge")
    }
    for name, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*(found[codename] for codename in sorted(wanted) if codename in found))
