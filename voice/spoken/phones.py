"""Telephone numbers, by the groups in which people say them."""

from __future__ import annotations

import re

from voice.spoken.numbers import cardinal, with_zeros

_PHONE = re.compile(
    r"(?<![\w+])(?:"
    r"(?P<solid>(?:\+7|8)\d{10})"
    r"|(?P<country>\+\d{1,3}|8)[\s\u00a0-]*\(?(?P<area>\d{3,5})\)?[\s\u00a0-]*(?P<rest>\d{1,3}(?:[\s\u00a0-]?\d{2,3}){1,2})"
    r"|\(?(?P<town>\d{3,5})\)?[\s\u00a0]+(?P<local>\d{1,3}-\d\d-\d\d)"
    r"|(?P<short>\d{2,3}-\d\d-\d\d)"
    r")(?![\w-])(?P<extension>(?:,?\s*(?:доб|вн)\.?\s*\d{1,5})?)"
)
_DIGITS = re.compile(r"\d+")


def say_phones(text: str) -> str:
    """«+7 495 000-00-00» → «плюс семь, четыреста девяносто пять, ноль ноль ноль, ноль ноль, ноль ноль»."""
    return _PHONE.sub(_say_phone, text)


def _say_phone(found: re.Match[str]) -> str:
    groups = _groups(found)
    if groups is None:
        return found[0]
    said = ", ".join(groups)
    if found["extension"]:
        said += f", добавочный {with_zeros(_DIGITS.findall(found['extension'])[0])}"
    return said


def _groups(found: re.Match[str]) -> list[str] | None:
    if found["solid"]:
        written = found["solid"].lstrip("+")
        plus = found["solid"].startswith("+")
        return _said(("+" if plus else "") + written[0], written[1:4], re.sub(r"\D", "", written[4:]))
    if found["country"]:
        rest = re.sub(r"\D", "", found["rest"])
        if len(found["area"]) + len(rest) != 10 and not found["country"].startswith("+"):
            return None
        return _said(found["country"], found["area"], rest)
    if found["town"]:
        return _said("", found["town"], re.sub(r"\D", "", found["local"]))
    return [_group(part) for part in found["short"].split("-")]


def _said(country: str, area: str, rest: str) -> list[str]:
    first = [("плюс " if country.startswith("+") else "") + with_zeros(country.lstrip("+"))] if country else []
    head = len(rest) % 2 + (2 if len(rest) % 2 or len(rest) > 6 else 0) if len(rest) > 4 else 0
    parts = [rest[:head], *(rest[place : place + 2] for place in range(head, len(rest), 2))]
    return [*first, *_area(area), *(_group(part) for part in parts if part)]


def _area(area: str) -> list[str]:
    """A code of up to three digits is one number, a longer one is said in two parts."""
    return [_group(area)] if len(area) <= 3 else [_group(area[:2]), _group(area[2:])]


def _group(digits: str) -> str:
    if len(digits) == 3 and digits[1:] == "00" and digits[0] != "0":
        return cardinal(int(digits))
    return with_zeros(digits)
