"""The audit trail's middleware, deaf to headers that anybody can write."""

from __future__ import annotations

import ipaddress

from auditlog.middleware import AuditlogMiddleware
from django.http import HttpRequest

from houses.brigade_pages.sign_in import address_of


class AuditTrailMiddleware(AuditlogMiddleware):  # type: ignore[misc]
    """Records the caller's address as our own proxy names it; words in its place would break the write."""

    @staticmethod
    def _get_remote_addr(request: HttpRequest) -> str | None:
        try:
            return str(ipaddress.ip_address(address_of(request)))
        except ValueError:
            return None

    @staticmethod
    def _get_remote_port(request: HttpRequest) -> None:
        """Nobody asks for it, and the header may hold a number too large for its column."""
