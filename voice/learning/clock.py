"""A day that does not pass: questions of «завтра» are the same questions whenever they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from django.utils import timezone


@contextmanager
def standing_at(moment: datetime) -> Iterator[None]:
    """Django's clock begins at this moment; for a process of its own, which serves nobody meanwhile."""
    real = timezone.now
    ahead = moment - datetime.now(UTC)
    timezone.now = lambda: datetime.now(UTC) + ahead
    try:
        yield
    finally:
        timezone.now = real
