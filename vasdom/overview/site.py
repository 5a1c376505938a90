"""What every page of ours inside the admin shares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from houses.access import sees_all_houses

View = Callable[..., HttpResponse]


def office_page(view: View) -> View:
    """A page for signed-in office people: others are sent to sign in, and those without a role are refused."""

    def for_the_office(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not sees_all_houses(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    guarded: View = admin.site.admin_view(for_the_office)
    return guarded


def page(request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
    """A page with the admin's header and sidebar."""
    return TemplateResponse(request, template, {**admin.site.each_context(request), "title": title, **context})


def viewer_of(user: Any) -> str:
    """Names in cache keys whose figures these are: all who see every house see the same ones."""
    return "all" if sees_all_houses(user) else f"user{user.pk}"
