"""Users and roles. Nobody but a superuser touches superusers or gives rights one by one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as DjangoGroupAdmin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from houses.admin.base import OfficeAdmin

admin.site.unregister(User)
admin.site.unregister(Group)
# Django's own, which say nothing to an office; all others stand in the form, as saving a role drops what it lacks.
HIDDEN_APPS = ("admin", "contenttypes", "sessions")
ACTIONS = {"add": "добавлять", "change": "менять", "delete": "удалять", "view": "видеть"}


def right_label(permission: Permission) -> str:
    """«Уборка: менять»; a right of our own is named in Russian already."""
    action, _, model = permission.codename.partition("_")
    kind = permission.content_type.name
    if action in ACTIONS and model == permission.content_type.model:
        return f"{kind[:1].upper()}{kind[1:]}: {ACTIONS[action]}"
    return permission.name


class PermissionChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rights in the words of the pages: «Уборка: менять»; Django keeps its own names of them in English."""

    def label_from_instance(self, obj: Permission) -> str:
        return right_label(obj)


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    permissions = PermissionChoice(
        label="Права",
        required=False,
        queryset=Permission.objects.exclude(content_type__app_label__in=HIDDEN_APPS)
        .select_related("content_type")
        .order_by("content_type__app_label", "content_type__model", "codename"),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    class Meta:
        model = Group
        fields = ("name", "permissions")


@admin.register(User)
class UserAdmin(DjangoUserAdmin, OfficeAdmin):  # type: ignore[misc,type-arg]
    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    change_list_template = OfficeAdmin.change_list_template  # type: ignore[misc]
    list_display = ("username", "name_cell", "roles_cell", "state_cell", "last_login")
    list_filter = ()
    search_fields = ("username", "first_name", "last_name", "email")
    search_help_text = "Логин, имя или почта"
    ordering = ("username",)
    filter_horizontal = ()
    autocomplete_fields = ("groups",)
    fieldsets = (
        (None, {"fields": ("username", "password", ("last_name", "first_name"), "email")}),
        ("Доступ", {"fields": ("is_active", "is_staff", "is_superuser", "groups")}),
        ("Даты", {"fields": (("last_login", "date_joined"),)}),
    )
    add_fieldsets = ((None, {"fields": ("username", "password1", "password2")}),)
    readonly_fields = ("last_login", "date_joined")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("groups")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        sets = super().get_fieldsets(request, obj)
        if obj is None or request.user.is_superuser:
            return sets
        access = ("Доступ", {"fields": ("is_active", "is_staff", "groups")})
        return [access if title == "Доступ" else (title, options) for title, options in sets]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """People leave traces: they are switched off, not deleted."""
        return bool(request.user.is_superuser and (obj is None or obj.pk != request.user.pk))

    @admin.display(description="Имя", ordering="last_name")
    def name_cell(self, user: User) -> str:
        return user.get_full_name() or "—"

    @admin.display(description="Роли")
    def roles_cell(self, user: User) -> str:
        roles = [group.name for group in user.groups.all()]
        return ", ".join((["Администратор"] if user.is_superuser else []) + roles) or "нет ролей"

    @admin.display(description="Состояние", ordering="is_active")
    def state_cell(self, user: User) -> SafeString:
        if not user.is_active:
            return format_html('<span class="of of-chip is-bad">{}</span>', "выключен")
        return format_html('<span class="of of-chip is-good">{}</span>', "в админке" if user.is_staff else "работает")


@admin.register(Group)
class GroupAdmin(DjangoGroupAdmin, OfficeAdmin):  # type: ignore[misc]
    change_list_template = OfficeAdmin.change_list_template  # type: ignore[misc]
    form = GroupForm
    filter_horizontal = ()
    list_display = ("name", "people")
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).annotate(members=Count("user"))

    @admin.display(description="Человек", ordering="members")
    def people(self, group: Any) -> int:
        return int(group.members)
