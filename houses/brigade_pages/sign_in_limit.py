"""A cap on guessing passwords: per account and per network address, counted in the shared cache."""

from __future__ import annotations

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

WINDOW_SECONDS = 3600
FAILURES_PER_ACCOUNT = 10
# Phones of all brigades may leave through one address of the mobile operator.
FAILURES_PER_ADDRESS = 60


def _keys(username: str, address: str) -> dict[str, int]:
    """Cache keys and their limits. Both are hashed: they may be anything, and the cache keeps no addresses."""
    return {
        f"sign-in-failures:account:{_digest(username.strip().casefold())}": FAILURES_PER_ACCOUNT,
        f"sign-in-failures:address:{_digest(address)}": FAILURES_PER_ADDRESS,
    }


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def blocked(username: str, address: str) -> bool:
    """Whether this account or this address has failed too often within the hour.

    A cache that does not answer blocks nobody: brigades must reach their day, and passwords still protect it.
    """
    try:
        counts = cache.get_many(_keys(username, address))
    except RedisError:
        logger.warning("Sign-in limits are off: the cache does not answer")
        return False
    return any(counts.get(key, 0) >= limit for key, limit in _keys(username, address).items())


def count_failure(username: str, address: str) -> None:
    try:
        for key in _keys(username, address):
            if not cache.add(key, 1, WINDOW_SECONDS):
                cache.incr(key)
    except (RedisError, ValueError):  # ValueError: the key ran out between the two calls
        logger.warning("A failed sign-in was not counted")


def forget(username: str) -> None:
    """A successful sign-in clears the account's failures, never the address's."""
    try:
        cache.delete(next(iter(_keys(username, ""))))
    except RedisError:
        logger.warning("Failed sign-ins were not forgotten")
