"""Every failure of the API in one shape: `{"error": {"code", "message", "field"}}`.

`code` is a stable word for programs, `message` a Russian sentence for people, `field` the parameter at fault or null.
"""

from __future__ import annotations

import dataclasses
import logging
import sys
from dataclasses import dataclass
from typing import Any

from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.views import defaults
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from vasdom.errors import Conflict, Forbidden, NotFound, VasdomError
from vasdom.throttling import MinuteThrottle

logger = logging.getLogger(__name__)
API_PREFIX = "/api/"
STATUSES: tuple[tuple[type[VasdomError], int], ...] = ((NotFound, 404), (Conflict, 409), (Forbidden, 403))
PLAIN: dict[type[drf.APIException], tuple[str, str]] = {
    drf.NotAuthenticated: ("not_authenticated", "Войдите на сайт либо пришлите токен или ключ X-API-Key."),
    drf.PermissionDenied: ("forbidden", "Ваша роль не позволяет этого."),
    drf.NotFound: ("not_found", "Такого адреса или такой записи нет."),
    drf.UnsupportedMediaType: ("unsupported_media_type", "Тело запроса этого вида не принимается."),
    drf.NotAcceptable: ("not_acceptable", "Ответ есть только в JSON."),
    drf.ParseError: ("parse_error", "Тело запроса не читается."),
}


@dataclass(frozen=True, slots=True)
class Failure:
    """One failure on its way out."""

    status: int
    code: str
    message: str
    field: str | None = None
    headers: dict[str, str] = dataclasses.field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        return {"error": {"code": self.code, "message": self.message, "field": self.field}}


DATABASE_AWAY = Failure(503, "unavailable", "База данных недоступна, повторите позже.", headers={"Retry-After": "5"})
UNEXPECTED = Failure(500, "internal_error", "Внутренняя ошибка, она записана в журнал.")


def handle_exception(exc: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: whatever happened, an answer in the one shape."""
    if isinstance(exc, drf.AuthenticationFailed):
        exc = guessing(exc, context)
    failure = translate(exc)
    set_rollback()
    return Response(failure.body, status=failure.status, headers=failure.headers)


def guessing(exc: drf.AuthenticationFailed, context: dict[str, Any]) -> drf.APIException:
    """Wrong keys count as anonymous requests: whoever tries many of them has to wait."""
    throttle = MinuteThrottle()
    if throttle.allow_failure(context["request"]):
        return exc
    return drf.Throttled(throttle.wait())


def translate(exc: Exception) -> Failure:
    """What happened, in words; the unexpected is logged with its traceback and never shown."""
    if isinstance(exc, VasdomError):
        status = next((status for kind, status in STATUSES if isinstance(exc, kind)), 400)
        return Failure(status, exc.code, exc.message, exc.field)
    if isinstance(exc, Http404):
        exc = drf.NotFound()
    if isinstance(exc, django_errors.PermissionDenied):
        exc = drf.PermissionDenied()
    if isinstance(exc, drf.APIException):
        return of_framework(exc)
    return of_django(exc)


def of_framework(exc: drf.APIException) -> Failure:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if isinstance(exc, drf.ValidationError):
        name, message = first_error(exc.detail)
        return Failure(400, "invalid", message, name)
    if isinstance(exc, drf.AuthenticationFailed):
        return Failure(exc.status_code, str(exc.get_codes()), str(exc.detail), headers=headers)
    if isinstance(exc, drf.Throttled):
        wait = max(int(getattr(exc, "wait", None) or 1), 1)
        message = f"Слишком много запросов, повторите через {wait} с."
        return Failure(429, "throttled", message, headers={"Retry-After": str(wait)})
    if isinstance(exc, drf.MethodNotAllowed):
        return Failure(405, "method_not_allowed", "Этот метод здесь не поддерживается.")
    for kind, (code, message) in PLAIN.items():
        if isinstance(exc, kind):
            return Failure(exc.status_code, code, message, headers=headers)
    return Failure(exc.status_code, exc.default_code, str(exc.detail), headers=headers)


def of_django(exc: Exception) -> Failure:
    if isinstance(exc, django_errors.RequestDataTooBig):
        return Failure(413, "too_large", "Запрос слишком большой.")
    if isinstance(exc, django_errors.ValidationError):
        return Failure(400, "invalid", " ".join(exc.messages))
    broken = (django_errors.BadRequest, django_errors.SuspiciousOperation, MultiPartParserError)
    if isinstance(exc, (*broken, RawPostDataException, UnreadablePostError)):
        return Failure(400, "parse_error", "Запрос не читается.")
    if isinstance(exc, (OperationalError, InterfaceError)):
        logger.error("The database is unavailable", exc_info=exc)
        return DATABASE_AWAY
    logger.error("Unexpected error in the API", exc_info=exc)
    return UNEXPECTED


def first_error(detail: Any, name: str | None = None) -> tuple[str | None, str]:
    """The first message of DRF's nested errors and the dotted name of its field."""
    if isinstance(detail, dict) and detail:
        key, inner = next(iter(detail.items()))
        own = None if key == "non_field_errors" else str(key)
        return first_error(inner, ".".join(part for part in (name, own) if part) or None)
    if isinstance(detail, list) and detail:
        return first_error(next((item for item in detail if item), detail[0]), name)
    return name, str(detail)


# --- failures outside the API's views: in a middleware, or before any view was found


def is_api(request: HttpRequest) -> bool:
    return request.path.startswith(API_PREFIX)


def as_json(failure: Failure) -> HttpResponse:
    return JsonResponse(failure.body, status=failure.status, headers=failure.headers)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """`handler400`: JSON below /api/, Django's own page elsewhere."""
    if is_api(request):
        return as_json(Failure(400, "parse_error", "Запрос не читается."))
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """`handler500`: JSON below /api/, Django's own page elsewhere. Django has already logged the traceback."""
    if is_api(request):
        away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
        return as_json(DATABASE_AWAY if away else UNEXPECTED)
    return defaults.server_error(request)
