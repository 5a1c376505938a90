"""Companies, contacts and brigades, read into what our rows are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from houses.bitrix import values
from houses.text import plain

_BRIGADE = re.compile(r"бригад", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)(\d{1,3})(?!\d)")


@dataclass(frozen=True, slots=True)
class Company:
    id: int
    title: str
    title_key: str
    phone: str
    email: str
    web: str
    comments: str


@dataclass(frozen=True, slots=True)
class ContactPerson:
    """`phones` are E.164; what cannot be dialled is left out."""

    id: int
    name: str
    last_name: str
    second_name: str
    email: str
    comments: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BrigadeUser:
    """A portal user that is a brigade: one whose name contains «бригад»."""

    id: int
    name: str
    number: int | None


def read_company(item: Any) -> Company | None:
    company_id = values.identifier(item.get("id")) if isinstance(item, dict) else None
    if company_id is None:
        return None
    title = values.text(item.get("title"), 300)
    return Company(
        id=company_id,
        title=title,
        title_key=plain(title)[:300],
        phone=values.text(_channel(item, "PHONE"), 64),
        email=values.text(_channel(item, "EMAIL"), 254),
        web=values.text(_channel(item, "WEB"), 300),
        comments=values.long_text(item.get("comments")),
    )


def read_contact(item: Any) -> ContactPerson | None:
    contact_id = values.identifier(item.get("id")) if isinstance(item, dict) else None
    if contact_id is None:
        return None
    return ContactPerson(
        id=contact_id,
        name=values.text(item.get("name"), 200),
        last_name=values.text(item.get("lastName"), 200),
        second_name=values.text(item.get("secondName"), 200),
        email=values.text(_channel(item, "EMAIL"), 254),
        comments=values.long_text(item.get("comments")),
        phones=values.phones(_channels(item, "PHONE")),
    )


def read_brigade(row: Any) -> BrigadeUser | None:
    """The brigade a portal user stands for («4 бригада», or name «1 » and surname «бригада»); None for a person."""
    user_id = values.identifier(row.get("ID")) if isinstance(row, dict) else None
    if user_id is None:
        return None
    name = " ".join(part for part in (values.text(row.get(key), 60) for key in ("NAME", "LAST_NAME")) if part)
    if not _BRIGADE.search(name):
        return None
    number = _NUMBER.search(name)
    return BrigadeUser(user_id, name, int(number[1]) if number else None)


def read_address(card: Any) -> str | None:
    """The address on a company's card; None when it has none."""
    if isinstance(card, list):
        card = card[0] if card else None
    address = values.text(card.get("ADDRESS"), 500) if isinstance(card, dict) else ""
    return address or None


def _channels(item: dict[str, Any], kind: str) -> Iterable[str]:
    rows = item.get("fm")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and str(row.get("typeId", "")).upper() == kind:
            yield values.text(row.get("value"), 300)


def _channel(item: dict[str, Any], kind: str) -> str:
    return next((value for value in _channels(item, kind) if value), "")
