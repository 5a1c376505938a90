"""The address Bitrix24 sends its events to."""

from __future__ import annotations

import logging
from typing import Any

import kombu.exceptions
import redis
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from houses.bitrix import inbox
from vasdom.errors import Forbidden, InvalidInput

logger = logging.getLogger(__name__)

LARGEST_BODY_BYTES = 256 * 1024


@csrf_exempt  # the sender is a server: the application token stands in for the session
def webhook(request: HttpRequest) -> JsonResponse:
    """Store the event and answer at once; working it off is the worker's business."""
    if request.method != "POST":
        answer = _error(405, "method_not_allowed", "Ожидается POST.")
        answer["Allow"] = "POST"
        return answer
    if not settings.BITRIX24_APPLICATION_TOKENS:
        return _error(403, "forbidden", "Приём событий выключен: BITRIX24_APPLICATION_TOKEN не задан.")
    body = _body(request)
    if body is None:
        return _error(413, "too_large", f"Тело запроса больше {LARGEST_BODY_BYTES // 1024} КБ.")
    try:
        notice = inbox.read_notice(body)
    except Forbidden as error:
        return _error(403, error.code, error.message)
    except InvalidInput as error:
        return _error(400, error.code, error.message, error.field)
    if notice is None:
        return JsonResponse({"status": "ignored"})
    with transaction.atomic():
        created = inbox.store(notice)
        if created:
            transaction.on_commit(ring)
    return JsonResponse({"status": "accepted" if created else "duplicate"})


def ring() -> None:
    """Wake the worker. The row is stored; should the broker be down, the minute's sweep finds it."""
    from houses.jobs import drain_events

    try:
        drain_events.apply_async(retry=False)
    except (kombu.exceptions.KombuError, redis.RedisError, OSError) as error:
        logger.warning("the doorbell did not ring: %s", type(error).__name__)


def _body(request: HttpRequest) -> bytes | None:
    """The body, or None when it is too large; a length that is announced too large is not read at all."""
    announced = str(request.META.get("CONTENT_LENGTH") or "0")
    if announced.isdecimal() and int(announced[:12]) > LARGEST_BODY_BYTES:
        return None
    body = request.read(LARGEST_BODY_BYTES + 1)
    return bytes(body) if len(body) <= LARGEST_BODY_BYTES else None


def _error(status: int, code: str, message: str, field: str | None = None) -> JsonResponse:
    content: dict[str, Any] = {"error": {"code": code, "message": message, "field": field}}
    return JsonResponse(content, status=status, json_dumps_params={"ensure_ascii": False})
