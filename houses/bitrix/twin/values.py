"""PHP's ways with values: bracketed form keys, arrays that are lists or maps, dates and flags as text."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from houses.bitrix.twin.records import PORTAL_ZONE


def parse_form(text: str) -> dict[str, Any]:
    """`filter[>id]=5&select[]=id` -> {"filter": {">id": "5"}, "select": {"0": "id"}}; every value is a string."""
    result: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        head, brackets = re.match(r"([^\[]*)(.*)", key, re.S).groups()  # type: ignore[union-attr]
        _put(result, [head, *re.findall(r"\[([^\]]*)\]", brackets)], value)
    return result


def _put(target: dict[str, Any], path: list[str], value: str) -> None:
    key = path[0] or str(len(target))
    if len(path) == 1:
        target[key] = value
        return
    inner = target.get(key)
    if not isinstance(inner, dict):
        inner = target[key] = {}
    _put(inner, path[1:], value)


def as_list(value: Any) -> list[Any]:
    """The values of a PHP array however it was sent; a lone value is a list of one, nothing is none."""
    if value is None or value == "":
        return []
    if isinstance(value, dict):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else [value]


def as_map(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return {str(key): item for key, item in value.items()}
    if isinstance(value, list):
        return {str(index): item for index, item in enumerate(value)}
    return {}


def php_array(values: dict[str, Any]) -> dict[str, Any] | list[Any]:
    """What PHP's json_encode makes of an array: a list when empty or keyed 0…n-1, otherwise an object."""
    if list(values) == [str(index) for index in range(len(values))]:
        return list(values.values())
    return values


def as_int(value: Any, default: int | None = None) -> int | None:
    try:
        return int(value)
    except (TypeError, ValueError):
        return default


def is_yes(value: Any) -> bool:
    return str(value).upper() in {"Y", "1", "TRUE"}


def iso(moment: datetime) -> str:
    return moment.astimezone(PORTAL_ZONE).isoformat(timespec="seconds")


def parse_moment(text: Any) -> datetime:
    """An ISO date or date-time; without an offset it is the portal's time. Raises ValueError."""
    moment = datetime.fromisoformat(str(text).strip())
    return moment if moment.tzinfo else moment.replace(tzinfo=PORTAL_ZONE)
