"""Links from our pages to the CRM."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from houses.models import House


def portal_origin() -> str | None:
    """«https://company.bitrix24.ru», None without a webhook. Only scheme, host and port: the path holds the secret."""
    parts = urlsplit(settings.BITRIX24_WEBHOOK_URL.split(",")[0].strip())
    if not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port}" if parts.port else f"{parts.scheme}://{host}"


def bitrix_url(house: House) -> str | None:
    """The card of the house in Bitrix24; None when no portal is connected or the house is a demo one."""
    origin = portal_origin()
    if origin is None or house.is_demo:
        return None
    return f"{origin}/crm/deal/details/{house.bitrix_id}/"
