"""Tokens of the API in the admin: made once, shown once, revoked with one button."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from unfold.decorators import action, display

from houses.admin.base import OfficeAdmin
from vasdom.models import ApiToken


class ApiTokenAdmin(OfficeAdmin):
    """Whoever works in the office manages tokens of their own, which can do no more than they themselves; the
    director sees everybody's and may revoke them; only the superuser makes one for another person."""

    list_display = ["label", "owner", "created_at", "last_used_at", "state"]
    list_select_related = ["owner"]
    search_fields = ["label", "owner__username"]
    search_help_text = "Название или владелец"
    actions = ["revoke_selected"]
    actions_submit_line = ["revoke_this"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApiToken]:
        tokens: QuerySet[ApiToken] = super().get_queryset(request)
        return tokens if sees_all(request) else tokens.filter(owner_id=request.user.pk)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and request.user.is_staff)

    def has_view_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        return self.has_module_permission(request) and (
            obj is None or sees_all(request) or obj.owner_id == request.user.pk
        )

    has_change_permission = has_view_permission

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """A token is revoked, so that its trace stays; it goes only together with its owner."""
        return bool(request.user.is_superuser)

    def get_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> list[str]:
        owner = ["owner"] if obj or request.user.is_superuser else []
        return [*owner, "label", *(["created_at", "last_used_at", "revoked_at"] if obj else [])]

    def get_readonly_fields(self, request: HttpRequest, obj: ApiToken | None = None) -> list[str]:
        return ["owner", "created_at", "last_used_at", "revoked_at"] if obj else []

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"owner": request.user.pk}

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)  # runs the button, if it was that
            return
        if not request.user.is_superuser:
            obj.owner = User.objects.get(username=request.user.get_username())
        key = obj.set_new_key()
        obj.save()
        shown = format_html(
            "Токен показывается один раз, сохраните его сейчас: <code>{}</code>. "
            "Заголовок запроса: <code>Authorization: Token {}</code>",
            key,
            key,
        )
        self.message_user(request, shown, messages.WARNING)

    def response_add(self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None) -> HttpResponse:
        """Say nothing but the key: Django's own «добавлен» would push it down."""
        shown: HttpResponse = self.response_post_save_add(request, obj)
        return shown

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """The button stands only on a token that still works."""
        working = ApiToken.objects.filter(pk=object_id, revoked_at__isnull=True)
        return super().get_actions_submit_line(request, object_id) if object_id and working.exists() else []

    @display(description="состояние", label={"действует": "success", "отозван": "danger"})  # type: ignore[untyped-decorator]
    def state(self, token: ApiToken) -> str:
        return "отозван" if token.revoked_at else "действует"

    @admin.action(description="Отозвать")
    def revoke_selected(self, request: HttpRequest, tokens: QuerySet[ApiToken]) -> None:
        for token in tokens:
            token.revoke()
        self.message_user(request, "Токены отозваны, доступ по ним закрыт.", messages.SUCCESS)

    @action(description="Отозвать")  # type: ignore[untyped-decorator]
    def revoke_this(self, request: HttpRequest, obj: ApiToken) -> None:
        obj.revoke()
        self.message_user(request, "Токен отозван, доступ по нему закрыт.", messages.SUCCESS)


def sees_all(request: HttpRequest) -> bool:
    return bool(request.user.has_perm("vasdom.view_apitoken"))


admin.site.register(ApiToken, ApiTokenAdmin)
