"""The request as this site reads it: UTF-8, whatever charset its header names."""

from __future__ import annotations

from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.utils.http import parse_header_parameters


class Utf8Request(ASGIRequest):
    """Django believes the charset of `Content-Type` and decodes the query string with it, before any middleware; one
    that Python knows but that is no text encoding (`base64`), or a header that cannot be parsed, would be an error 500
    on every page. Browsers send our forms in UTF-8, and JSON has no other encoding."""

    def _set_content_type_params(self, meta: dict[str, Any]) -> None:
        try:
            self.content_type, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (ValueError, LookupError):
            self.content_type, self.content_params = "application/octet-stream", {}
