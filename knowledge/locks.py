"""One builder a base, whoever and wherever it is: an advisory lock of PostgreSQL, which dies with its holder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

LOCK_SPACE = 0x4B42  # "KB"


@contextmanager
def base_lock(base_id: int) -> Iterator[bool]:
    """Hold the base's lock if it is free; yields whether it was."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK_SPACE, base_id])
        (taken,) = cursor.fetchone()
    try:
        yield bool(taken)
    finally:
        if taken:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK_SPACE, base_id])
