"""The OpenAPI description at /api/schema/ and its page at /api/docs/, which loads nothing from outside."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.negotiation import DefaultContentNegotiation


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "vasdom.authentication.KeyAuthentication"
    name = "ключ"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-API-Key",
            "description": "Ключ из переменной API_SECRET_KEY: видит всё, не меньше 600 запросов в минуту.",
        }


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "vasdom.authentication.TokenAuthentication"
    name = "токен"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "«Token …» с токеном из раздела «Токены API»; действует роль владельца.",
        }


@lru_cache(maxsize=1)
def description() -> Any:
    """The description, which does not change while the process lives."""
    return SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]


class CachedGenerator(SchemaGenerator):
    def get_schema(self, request: Any = None, public: bool = False) -> Any:
        return description()


class SchemaView(SpectacularAPIView):
    """OpenAPI 3 в YAML; `?format=json` — в JSON."""

    content_negotiation_class = DefaultContentNegotiation
    authentication_classes: Any = []
    generator_class = CachedGenerator


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI из своих файлов."""

    content_negotiation_class = DefaultContentNegotiation
    authentication_classes: Any = []
