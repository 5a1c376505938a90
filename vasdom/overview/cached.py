"""Figures that may be a few minutes old, with the moment they were counted."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import redis
from django.core.cache import cache
from django.utils import timezone

from vasdom.version import version

Value = TypeVar("Value")
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Aged(Generic[Value]):
    """A value and the moment it was true."""

    value: Value
    at: datetime


def aged(key: str, seconds: int, count: Callable[[], Value]) -> Aged[Value]:
    """The value kept under the key, or counted now; without Valkey it is counted every time.

    The running version is part of the key: what another version of the code has kept may have another shape.
    """
    full_key = f"overview:{hashlib.sha256(f'{version()}:{key}'.encode()).hexdigest()}"
    try:
        kept: Aged[Value] | None = cache.get(full_key)
    except redis.RedisError:
        logger.warning("Cache does not answer, counting afresh")
        return Aged(count(), timezone.now())
    if kept is None:
        kept = Aged(count(), timezone.now())
        try:
            cache.set(full_key, kept, seconds)
        except redis.RedisError:
            logger.warning("Cache does not take a value")
    return kept
