"""The state of the twin portal and the ways it changes."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from typing import Any

from houses.bitrix.twin.records import (
    PORTAL_ZONE,
    Category,
    Company,
    Contact,
    Deal,
    Stage,
    User,
    UserField,
)


class Portal:
    """Everything the portal keeps. Tests may edit it directly; hold `lock` to change several things at once."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.deals: dict[int, Deal] = {}
        self.companies: dict[int, Company] = {}
        self.contacts: dict[int, Contact] = {}
        self.users: dict[int, User] = {}
        self.stages: list[Stage] = []
        self.categories: list[Category] = []
        self.userfields: dict[str, UserField] = {}  # by original name

    def houses(self, category_id: int = 34) -> list[Deal]:
        """The deals of the cleaning funnel by id."""
        with self.lock:
            return sorted((d for d in self.deals.values() if d.category_id == category_id), key=lambda deal: deal.id)

    def touch(self, deal_id: int, at: datetime | None = None) -> Deal:
        """Bumps `updatedTime`, always to a later second. Raises KeyError for an unknown deal."""
        with self.lock:
            deal = self.deals[deal_id]
            now = (at or datetime.now(PORTAL_ZONE)).replace(microsecond=0)
            deal.updated = max(now, deal.updated + timedelta(seconds=1))
            return deal

    def move_date(self, deal_id: int, old: date, new: date) -> str:
        """Moves a cleaning to another day within its field; returns the field's name.

        Raises KeyError when no date field of the deal holds `old`.
        """
        with self.lock:
            deal = self.deals[deal_id]
            for name, value in deal.uf.items():
                if isinstance(value, list) and self.userfields[name].type == "date":
                    moved = [crm_date(new) if str(item)[:10] == old.isoformat() else item for item in value]
                    if moved != value:
                        deal.uf[name] = moved
                        self.touch(deal_id)
                        return name
        raise KeyError(f"deal {deal_id} has no cleaning on {old}")

    def set_field(self, deal_id: int, name: str, value: Any) -> None:
        """Sets a custom field by its original name; None empties it."""
        with self.lock:
            deal = self.touch(deal_id)
            if value is None:
                deal.uf.pop(name, None)
            else:
                deal.uf[name] = value

    def set_stage(self, deal_id: int, stage_id: str) -> None:
        with self.lock:
            self.touch(deal_id).stage_id = stage_id

    def leave_funnel(self, deal_id: int, category_id: int = 2) -> None:
        """Moves the deal to another funnel: no event is sent for that, and lists of the old one lose it."""
        with self.lock:
            deal = self.touch(deal_id)
            deal.category_id = category_id
            deal.stage_id = f"C{category_id}:NEW" if category_id else "NEW"

    def delete_deal(self, deal_id: int) -> None:
        with self.lock:
            del self.deals[deal_id]

    def add_deal(self, **values: Any) -> Deal:
        """A new deal of funnel 34, by default without anything but a title; returns it with its new id."""
        with self.lock:
            now = datetime.now(PORTAL_ZONE).replace(microsecond=0)
            number = max([*self.deals, 20000]) + 2
            defaults = {"title": f"Новый дом {number}", "category_id": 34, "stage_id": "C34:NEW"}
            deal = Deal(**{"id": number, "created": now, "updated": now, **defaults, **values})
            self.deals[deal.id] = deal
            return deal

    def rename_user(self, user_id: int, name: str, last_name: str = "") -> None:
        with self.lock:
            user = self.users[user_id]
            user.name, user.last_name = name, last_name


def crm_date(day: date) -> str:
    """A day as the portal writes it in a date field."""
    return f"{day.isoformat()}T03:00:00+03:00"
