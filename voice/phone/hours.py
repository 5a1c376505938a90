"""Working hours of a day as people write them: «09:00–18:00», «9-13, 14-18», nothing = a day off."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.core.exceptions import ValidationError

Hours = tuple[tuple[int, int], ...]
"""Spans of one day in minutes since midnight, the end not included."""

_SPAN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?\s*[-–—]\s*(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)
DAY_MINUTES = 24 * 60
HELP = "Например, 09:00–18:00 или 9–13, 14–18. Пусто — выходной, 0–24 — круглые сутки"


def parse(text: str) -> Hours:
    """Spans in their order.

    Raises:
        ValidationError: with a Russian sentence.
    """
    spans: list[tuple[int, int]] = []
    for piece in filter(None, (part.strip() for part in re.split("[,;]", text))):
        match = _SPAN.fullmatch(piece)
        if match is None:
            raise ValidationError("Часы пишутся как 09:00–18:00; несколько промежутков — через запятую.")
        start, end = _minutes(match[1], match[2]), _minutes(match[3], match[4])
        if start >= end:
            raise ValidationError("Конец раньше начала. Ночь после полуночи — часы следующего дня.")
        if spans and start < spans[-1][1]:
            raise ValidationError("Промежутки пересекаются или стоят не по порядку.")
        spans.append((start, end))
    return tuple(spans)


def validate(text: str) -> None:
    """For a model's field."""
    parse(text)


def written(hours: Hours) -> str:
    """«09:00–13:00, 14:00–18:00»."""
    return ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours)


def is_open(week: Sequence[Hours], now: datetime) -> bool:
    """`week` is Monday … Sunday; `now` in the company's time."""
    minute = now.hour * 60 + now.minute
    return any(start <= minute < end for start, end in week[now.weekday()])


def _minutes(hour: str, minute: str | None) -> int:
    value = int(hour) * 60 + int(minute or 0)
    if value > DAY_MINUTES or int(minute or 0) > 59:
        raise ValidationError("Такого времени нет: сутки — с 0 до 24 часов.")
    return value


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
