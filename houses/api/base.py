"""What all views of the API share: JSON in, JSON out, and the audit trail's name for whoever asks."""

from __future__ import annotations

import json
from typing import Any

from auditlog.context import auditlog_value
from django.contrib.auth.models import User
from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from houses import access
from houses.models import Employee
from vasdom.errors import Forbidden


class JsonBody(BaseParser):
    """A JSON object in UTF-8. `charset` of the content type is not read: JSON has no other (RFC 8259 §8.1)."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> dict[str, Any]:
        try:
            # `body`, unlike the stream, keeps to DATA_UPLOAD_MAX_MEMORY_SIZE.
            text = parser_context["request"].body.decode("utf-8")
            body = json.loads(text, parse_constant=not_a_number)
        except (ValueError, RecursionError) as exc:
            raise ParseError from exc
        if not isinstance(body, dict):
            raise ParseError
        return body


def not_a_number(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class JsonAlways(BaseContentNegotiation):
    """Answers in JSON whatever `Accept` says: a browser that asks for HTML gets the data, not a 406."""

    def select_parser(self, request: Request, parsers: Any) -> BaseParser | None:
        kind = (request.content_type or "application/json").partition(";")[0].strip().lower()
        return next((parser for parser in parsers if parser.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        return renderers[0], renderers[0].media_type


class ApiView(APIView):
    """The base of every view below /api/."""

    parser_classes: Any = [JsonBody]
    content_negotiation_class = JsonAlways

    def initialize_request(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Request:
        if request.encoding is not None:  # the caller's charset; some that Python knows are no text encodings at all
            request.encoding = "utf-8"
        return super().initialize_request(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        # The audit trail's middleware knows only the session's user; tokens and keys are recognised here.
        context = auditlog_value.get(None)
        if context is not None:
            context["actor"] = account(request)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Response:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        if isinstance(response, Response):
            response.add_post_render_callback(let_go)
        return response  # type: ignore[no-any-return]


def let_go(response: Any) -> None:
    """Drop the data once they are text. DRF's request, view and response refer to each other in a ring, which would
    keep the thousands of small objects of a page for the garbage collector to find."""
    response.data = None
    response.renderer_context = {}


class FormBody(MultiPartParser):
    """A form with files. A part's header may name an encoding nobody knows, which Django does not expect."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except (LookupError, UnicodeError) as exc:
            raise ParseError from exc


class UploadView(ApiView):
    """A view that takes files."""

    parser_classes = [FormBody]


def account(request: Request) -> User | None:
    """The person's row; None for the service key, which is nobody's."""
    return request.user if isinstance(request.user, User) else None


def reporter(request: Request) -> Employee | None:
    """Who reports on a visit; None for the service key and for office people, who may correct any report."""
    person = account(request)
    employee = access.employee_of(person) if person else None
    if person and employee is None and not access.may_correct_visits(person):
        raise Forbidden("Отчитываться об уборках может бригада или офис.")
    return employee


def require(allowed: bool) -> None:
    """Raises `Forbidden` unless the role allows it."""
    if not allowed:
        raise Forbidden("Ваша роль не позволяет этого.")


def checked(body: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The request's body as the serializer takes it; what it does not take is a 400 that names the field."""
    serializer = body(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
