"""How often one caller may ask: counted per minute in Valkey, and not at all while Valkey is away."""

from __future__ import annotations

import hashlib
import logging
import math
import time
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.cache import caches
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from vasdom.authentication import ServicePrincipal

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 60


class MinuteThrottle(BaseThrottle):
    """Counts one caller's requests in the running minute; limits in `settings.API_REQUESTS_PER_MINUTE`.

    A key, a person and an anonymous address are counted apart. The cache down means no limit: an office that cannot
    count must still answer.
    """

    def allow_request(self, request: Request, view: Any) -> bool:
        return within_limit(*caller(request))

    def allow_failure(self, request: Request) -> bool:
        """Whether this address may try one more wrong key in this minute."""
        return within_limit("anonymous", anonymous_name(request))

    def wait(self) -> float:
        """Seconds to the next minute, at least one."""
        return float(math.ceil(WINDOW_SECONDS - time.time() % WINDOW_SECONDS) or 1)


class Outage:
    """Says that nothing is being counted, once a minute rather than at every request."""

    def __init__(self) -> None:
        self._said_at = -math.inf

    def say(self, reason: str) -> None:
        now = time.monotonic()
        if now - self._said_at >= WINDOW_SECONDS:
            self._said_at = now
            logger.warning("Requests are not being counted: %s", reason)


_outage = Outage()


def within_limit(scope: str, name: str) -> bool:
    """Count one request of a caller; False when it is one too many."""
    limit: int = settings.API_REQUESTS_PER_MINUTE[scope]
    try:
        count = hit(f"throttle:{scope}:{name}:{int(time.time()) // WINDOW_SECONDS}")
    except (RedisError, OSError) as exc:
        _outage.say(type(exc).__name__)
        return True
    return count <= limit


def hit(key: str) -> int:
    """Count one request and say how many there were."""
    cache = caches["default"]
    if cache.add(key, 1, WINDOW_SECONDS * 2):
        return 1
    try:
        return int(cache.incr(key))
    except ValueError:  # expired between the two commands
        return 1


def caller(request: Request) -> tuple[str, str]:
    """The scope (key, user, anonymous) and a name within it; no secret and no address is kept in the cache."""
    user = request.user
    if isinstance(user, ServicePrincipal):
        return "key", user.key_id
    if user.is_authenticated:
        return "user", str(user.pk)
    return "anonymous", anonymous_name(request)


def anonymous_name(request: Request) -> str:
    return hashlib.sha256(address_of(request).encode("utf-8", "replace")).hexdigest()[:32]


def address_of(request: Request) -> str:
    """The caller's address. `X-Forwarded-For` is believed only from a proxy on this machine, and only its last entry,
    the one that proxy wrote."""
    direct = str(request.META.get("REMOTE_ADDR") or "")
    forwarded = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    if forwarded and (not direct or is_loopback(direct)):
        return forwarded
    return direct


def is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
