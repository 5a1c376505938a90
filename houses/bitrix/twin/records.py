"""What a portal keeps: deals, companies, contacts, users, stages, fields. Mutable on purpose: tests edit them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

# Every date of the portal carries this offset; Moscow has had no summer time since 2014.
PORTAL_ZONE = timezone(timedelta(hours=3))


@dataclass(slots=True)
class Deal:
    """A deal of any funnel. `uf` holds only filled custom fields, by original name; an absent one is empty.

    Values are as `crm.item.list` types them: dates as ISO strings, list options as integer ids.
    """

    id: int
    title: str
    category_id: int
    stage_id: str
    created: datetime
    updated: datetime
    assigned_by_id: int = 1
    company_id: int = 0
    contact_id: int = 0
    contact_ids: list[int] = field(default_factory=list)
    opportunity: float = 0.0
    comments: str = ""
    uf: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Company:
    id: int
    title: str
    created: datetime
    updated: datetime
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    webs: list[str] = field(default_factory=list)
    address: str | None = None
    comments: str = ""


@dataclass(slots=True)
class Contact:
    id: int
    name: str
    created: datetime
    updated: datetime
    last_name: str = ""
    second_name: str = ""
    phones: list[str] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    comments: str = ""


@dataclass(slots=True)
class User:
    id: int
    name: str
    last_name: str = ""
    second_name: str = ""
    email: str = ""
    active: bool = True
    position: str = ""
    departments: list[int] = field(default_factory=lambda: [1])


@dataclass(slots=True)
class Stage:
    """A status of a directory; `entity_id` is `DEAL_STAGE_34` for the stages of funnel 34."""

    id: int
    entity_id: str
    status_id: str
    name: str
    sort: int
    color: str
    semantics: str = "process"  # process | success | failure | apology


@dataclass(slots=True)
class UserField:
    """A custom field of deals. `options` are (id, text) of a list field; `label` is what the office sees."""

    id: int
    name: str
    type: str  # string | double | date | enumeration | address | url | file
    label: str
    multiple: bool = False
    sort: int = 100
    options: list[tuple[int, str]] = field(default_factory=list)

    @property
    def empty(self) -> Any:
        return [] if self.multiple else None


@dataclass(slots=True)
class Category:
    id: int
    name: str
    sort: int
