"""The addresses below /api/: the apps' own, the description, and a JSON answer for everything else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from django.http import HttpResponseBase
from django.http.response import HttpResponseRedirectBase
from django.urls import Resolver404, URLPattern, URLResolver, include, path, resolve
from rest_framework import exceptions, permissions
from rest_framework.request import Request
from rest_framework.response import Response

from houses.api.base import ApiView
from vasdom.api_docs import DocsView, SchemaView
from vasdom.overview.api import AnalyticsView, CalendarView

INDEX = {
    "houses": "/api/cleaning/houses",
    "filters": "/api/cleaning/filters",
    "stats": "/api/dashboard/stats",
    "visits": "/api/visits",
    "brigades": "/api/brigades",
    "acts": "/api/acts",
    "tasks": "/api/tasks",
    "logs": "/api/logs",
    "analytics": "/api/analytics",
    "calendar": "/api/calendar",
    "sync": "/api/sync/status",
    "knowledge": "/api/knowledge/search",
    "chat": "/api/ai/chat",
    "dialog": "/api/dialog",
    "normalize": "/api/normalize",
    "prompts": "/api/prompts",
    "settings": "/api/settings",
    "schema": "/api/schema/",
    "docs": "/api/docs/",
}


class IndexView(ApiView):
    """Where what is."""

    schema = None
    permission_classes = [permissions.AllowAny]

    def get(self, request: Request) -> Response:
        return Response({"name": "ВасДом API", "endpoints": INDEX})


class UnknownView(ApiView):
    """Any other address: the same one with or without its closing slash if that exists, else 404."""

    schema = None
    permission_classes = [permissions.AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        raise exceptions.NotFound

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        other = request.path.removesuffix("/") if request.path.endswith("/") else f"{request.path}/"
        if is_unknown(other):
            return super().dispatch(request, *args, **kwargs)
        query = request.META.get("QUERY_STRING", "")
        return SameMethodRedirect(quote(other) + (f"?{query}" if query else ""))


class SameMethodRedirect(HttpResponseRedirectBase):
    """308 keeps the method and the body, which 301 need not."""

    status_code = 308


def is_unknown(address: str) -> bool:
    """Whether the address would come to the catch-all again, or nowhere."""
    try:
        return getattr(resolve(address).func, "cls", None) is UnknownView
    except Resolver404:
        return True


urlpatterns: list[URLPattern | URLResolver] = [
    path("", IndexView.as_view()),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocsView.as_view(url_name="schema")),
    path("", include("houses.api.urls")),
    path("", include("tasks.api.urls")),
    path("", include("calls.api.urls")),
    path("", include("vasdom.knowledge_api.urls")),
    path("analytics", AnalyticsView.as_view()),
    path("calendar", CalendarView.as_view()),
    path("", include("voice.chat.api_urls")),
    path("", include("voice.api.urls")),
    # Later parts go above this line.
    path("<path:rest>", UnknownView.as_view()),
]
