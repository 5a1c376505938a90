"""CSRF for pages that stay open for days in a phone.

Signing in changes the token, so a page opened before it is refused by Django's middleware with a page of its own, and
what was typed is gone. These views are exempt from the middleware and ask here instead, so that they can answer with
the form as it was and a fresh token.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware, get_token

STALE = "Страница была открыта слишком давно. Проверьте введённое и нажмите ещё раз."


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def token_is_wrong(request: HttpRequest) -> bool:
    """Whether Django's own check refuses this request; then the answer carries a fresh token in the cookie."""
    check = CsrfViewMiddleware(_nothing)
    check.process_request(request)
    wrong = check.process_view(request, _nothing, (), {}) is not None
    if wrong:
        get_token(request)
    return wrong
