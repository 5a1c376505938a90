"""How the OpenAPI description is written: every endpoint with its parameters, errors and examples in Russian."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers

from houses.api.query import DEFAULT_LIMIT, LONGEST_TEXT, MAX_LIMIT

Method = TypeVar("Method", bound=Callable[..., Any])


class ErrorBody(serializers.Serializer[Any]):
    code = serializers.CharField(help_text="Постоянное слово для программ")
    message = serializers.CharField(help_text="Что случилось, по-русски")
    field = serializers.CharField(allow_null=True, help_text="Какой параметр не принят; null, если дело не в нём")


class ApiError(serializers.Serializer[Any]):
    """Так выглядит любая ошибка."""

    error = ErrorBody()


class TextField(serializers.CharField):
    """Text and nothing else: DRF's own field would take a number for its digits."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


MONTH_PATTERN = "(?!0000)[0-9]{4}-(0[1-9]|1[0-2])"
REASONS = {
    400: ("Параметр или тело не принято", "invalid", "Параметр page: ожидается целое число от 1.", "page"),
    401: ("Нет входа, или ключ не подходит", "wrong_key", "Ключ X-API-Key не подходит.", None),
    403: ("Роль не позволяет", "forbidden", "Ваша роль не позволяет этого.", None),
    404: ("Нет такой записи, или она не видна этой роли", "not_found", "Дом не найден", None),
    409: ("Состояние записи не позволяет", "conflict", "Уборка уже закончена.", None),
    413: ("Запрос слишком большой", "too_large", "Запрос слишком большой.", None),
    415: ("Тело другого вида", "unsupported_media_type", "Тело запроса этого вида не принимается.", None),
    429: ("Слишком часто; Retry-After в секундах", "throttled", "Слишком много запросов, повторите через 12 с.", None),
    503: ("База данных недоступна", "unavailable", "База данных недоступна, повторите позже.", None),
}
ALWAYS = (400, 401, 403, 429, 503)


def failure(status: int) -> OpenApiResponse:
    title, code, message, field = REASONS[status]
    value = {"error": {"code": code, "message": message, "field": field}}
    return OpenApiResponse(ApiError, title, [OpenApiExample(title, value, status_codes=[str(status)])])


def endpoint(
    summary: str,
    answer: Any,
    *,
    tag: str,
    description: str = "",
    status: int = 200,
    parameters: Sequence[OpenApiParameter] = (),
    body: Any = None,
    errors: Sequence[int] = (),
    example: Any = None,
    operation_id: str | None = None,
) -> Callable[[Method], Method]:
    """Describe one method of a view; the errors that any endpoint may give are added."""
    also = (413, 415) if body is not None else ()
    examples = [] if example is None else [OpenApiExample("Пример", example, status_codes=[str(status)])]
    responses: dict[Any, Any] = {status: OpenApiResponse(answer, "Готово", examples)}
    if isinstance(answer, dict):  # by (status, media type), as drf-spectacular takes it
        responses = dict(answer)
    responses |= {code: failure(code) for code in sorted({*ALWAYS, *also, *errors})}
    decorate: Callable[[Method], Method] = extend_schema(
        summary=summary,
        description=description or summary,
        tags=[tag],
        parameters=list(parameters),
        request=body,
        responses=responses,
        operation_id=operation_id,
    )
    return decorate


def text(name: str, description: str, **more: Any) -> OpenApiParameter:
    kind = {"type": "string", "maxLength": LONGEST_TEXT}
    return OpenApiParameter(name, kind, description=description, **more)


def choice(name: str, description: str, values: Sequence[str]) -> OpenApiParameter:
    return OpenApiParameter(name, str, description=description, enum=list(values))


def day(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.DATE, description=f"{description}, вид 2026-11-05")


def month(name: str, description: str) -> OpenApiParameter:
    kind = {"type": "string", "pattern": f"^(|{MONTH_PATTERN})$"}
    return OpenApiParameter(name, kind, description=f"{description}, вид 2026-11")


def integer(name: str, description: str, low: int, high: int | None = None, **more: Any) -> OpenApiParameter:
    kind: dict[str, Any] = {"type": "integer", "minimum": low}
    if high is not None:
        kind["maximum"] = high
    return OpenApiParameter(name, kind, description=description, **more)


def path_id(name: str, description: str) -> OpenApiParameter:
    """A number in the address; what is no number is a row that does not exist: 404."""
    return OpenApiParameter(name, {"type": "integer"}, OpenApiParameter.PATH, description=description)


PAGING = (
    integer("page", "Страница, с 1; за концом списка — пустой список", 1),
    integer("limit", f"Строк на странице, по умолчанию {DEFAULT_LIMIT}", 1, MAX_LIMIT),
)
DATES = (
    day("date_from", "С этой даты (можно без date_to)"),
    day("date_to", "По эту дату (можно без date_from)"),
)


class Paged(serializers.Serializer[Any]):
    """Конец каждого списка."""

    total = serializers.IntegerField(min_value=0, help_text="Всего строк под фильтром")
    page = serializers.IntegerField(min_value=1)
    limit = serializers.IntegerField(min_value=1, max_value=MAX_LIMIT)
    pages = serializers.IntegerField(min_value=0)


class Aged(serializers.Serializer[Any]):
    """Возраст данных, полученных из Bitrix24."""

    data_as_of = serializers.DateTimeField(
        allow_null=True, help_text="Последняя удачная синхронизация; null — её ещё не было"
    )
    stale = serializers.BooleanField(help_text="true — последняя синхронизация не удалась или данным больше 15 минут")


def path_text(name: str, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, str, OpenApiParameter.PATH, description=description)
