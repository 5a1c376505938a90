"""CRM values as the portal writes them, turned into ours. Whatever cannot be read becomes None, never a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import phonenumbers

LARGEST_INTEGER = 2_147_483_647
# «119», «119.0», «1 190»; «5 9» is no number.
_WHOLE = re.compile(r"^(\d{1,10}|\d{1,3}(?: \d{3})+)(?:[.,]0+)?$", re.ASCII)
_RUSSIAN_DATE = re.compile(r"^(\d{2})\.(\d{2})\.(\d{4})")
_PHONE_SEPARATORS = re.compile(r"[;/\n]|,\s*(?=[+\d(])")
_SPACES = re.compile(r"[\s\xa0\u202f]+")


def text(value: Any, limit: int) -> str:
    """One line, without the zero characters PostgreSQL cannot keep, cut to `limit`."""
    return " ".join(_plain(value).split())[:limit].rstrip()


def long_text(value: Any) -> str:
    return _plain(value).strip()


def _plain(value: Any) -> str:
    if value is None or value is False or isinstance(value, (list, dict)):
        return ""
    return str(value).replace("\x00", "").encode("utf-8", "replace").decode()


def first(value: Any) -> Any:
    """The single value of a field that the portal may give as a list."""
    if isinstance(value, list):
        return value[0] if value else None
    return value


def identifier(value: Any) -> int | None:
    """A positive id, or None for 0, "", null and everything else."""
    value = first(value)
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        return None
    digits = str(value).strip()
    return int(digits) if digits.isascii() and digits.isdecimal() and 0 < int(digits[:19]) < 2**63 else None


def whole_number(value: Any) -> tuple[int | None, str]:
    """The number, and the raw text when there is one that is not a whole number («5-9», «12.5»)."""
    raw = text(first(value), 100)
    if not raw:
        return None, ""
    written = _WHOLE.match(_SPACES.sub(" ", raw))
    number = int(written[1].replace(" ", "")) if written else LARGEST_INTEGER + 1
    return (number, "") if number <= LARGEST_INTEGER else (None, raw)


def amount(value: Any, *, digits: int) -> Decimal | None:
    """Money or an area with two places; «12 300,50» and «20349|RUB» are read, what does not fit `digits` is not."""
    raw = _SPACES.sub("", text(first(value), 60).partition("|")[0]).replace(",", ".")
    try:
        number = Decimal(raw).quantize(Decimal("0.01")) if raw else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() and abs(number) < 10 ** (digits - 2) else None


@lru_cache(maxsize=8192)
def _day(raw: str) -> date | None:
    if russian := _RUSSIAN_DATE.match(raw):
        raw = f"{russian[3]}-{russian[2]}-{russian[1]}"
    try:
        return date.fromisoformat(raw[:10])
    except ValueError:
        return None


def day(value: Any) -> date | None:
    """The date as written: converting local midnight to UTC would give the day before."""
    value = first(value)
    return _day(value.strip()) if isinstance(value, str) else None


def days(value: Any) -> tuple[date, ...]:
    """The dates of a multiple field, each once, in the order of time."""
    values: Iterable[Any] = value if isinstance(value, list) else re.split("[,;]", _plain(value))
    return tuple(sorted({found for item in values if (found := day(item)) is not None}))


def moment(value: Any) -> datetime | None:
    """A point in time; one without an offset is not believed."""
    try:
        parsed = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        return None
    return parsed if parsed is not None and parsed.tzinfo is not None else None


def web_address(value: Any, limit: int) -> str:
    address = text(first(value), 2000)
    return address if address.startswith(("https://", "http://")) and len(address) <= limit else ""


def phones(values: Iterable[Any]) -> tuple[str, ...]:
    """Numbers in E.164, each once; what cannot be dialled is left out."""
    found: dict[str, None] = {}
    for value in values:
        for piece in _PHONE_SEPARATORS.split(_plain(value)):
            if number := e164(piece):
                found.setdefault(number)
    return tuple(found)


@lru_cache(maxsize=4096)
def e164(raw: str) -> str | None:
    try:
        number = phonenumbers.parse(raw.strip(), "RU")
    except phonenumbers.NumberParseException:
        return None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return written if len(written) <= 16 else None
