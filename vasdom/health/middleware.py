"""Answers that must come whatever is broken."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve

PATHS = frozenset({"/", "/healthz", "/readyz"})


class WithoutDatabase:
    """Answers the start page and the probes before the session and the audit trail reach for the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in PATHS:
            view = resolve(request.path_info)
            response: HttpResponse = view.func(request, *view.args, **view.kwargs)
            return response
        return self._get_response(request)
