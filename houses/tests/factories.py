"""Rows for tests, each valid with no arguments."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from django.contrib.auth.models import Group, User
from django.utils import timezone

from houses.models import Brigade, CleaningVisit, Contact, ContactPhone, Employee, House, ManagementCompany, Stage
from houses.schedule import Slot

_numbers = itertools.count(1)


def make_stage(**values: Any) -> Stage:
    return Stage.objects.get_or_create(status_id="C34:UC_PG9Y90", defaults={"name": "Обслуживаем"} | values)[0]


def make_company(**values: Any) -> ManagementCompany:
    number = next(_numbers)
    title = values.pop("title", f"ООО «УК {number}»")
    return ManagementCompany.objects.create(**{"bitrix_id": number, "title": title} | values)


def make_brigade(number: int = 1, **values: Any) -> Brigade:
    defaults = {"name": f"{number} бригада", "bitrix_user_id": 1400 + number} | values
    return Brigade.objects.get_or_create(number=number, defaults=defaults)[0]


def make_contact(*numbers: str, **values: Any) -> Contact:
    number = next(_numbers)
    contact = Contact.objects.create(**{"bitrix_id": number, "name": "Имя", "last_name": f"Фамилия{number}"} | values)
    for phone in numbers:
        ContactPhone.objects.create(contact=contact, number=phone)
    return contact


def make_slot(text: str, kind: str = "T1", slot: int = 1, wording: str = "Влажная уборка всех этажей") -> Slot:
    """A slot from its dates: make_slot("2026-11-05 2026-11-19", "T3", slot=2). The month is the first date's."""
    days = tuple(date.fromisoformat(day) for day in text.split())
    return Slot(days[0].year, days[0].month, slot, kind, wording, days)


def make_house(**values: Any) -> House:
    number = next(_numbers)
    defaults: dict[str, Any] = {
        "bitrix_id": 20_000 + number,
        "title": f"Аллейная {number}",
        "address": f"Аллейная улица, {number}, Калуга, Калужская область, Россия, 248009",
        "apartments": 60,
        "entrances": 4,
        "floors": 5,
        "synced_at": timezone.now(),
    }
    if "stage" not in values:
        defaults["stage"] = make_stage()
    return House.objects.create(**defaults | values)


def make_visit(house: House | None = None, day: date | None = None, **values: Any) -> CleaningVisit:
    day = day or timezone.localdate()
    defaults: dict[str, Any] = {"house": house or make_house(), "date": day, "crm_date": day, "slot": 1}
    return CleaningVisit.objects.create(**defaults | {"cleaning_type": "T1"} | values)


def make_user(role: str | None = None, brigade: Brigade | None = None, **values: Any) -> User:
    """A user with a role's group; with an employee row when a brigade is given or the role is «Бригада»."""
    number = next(_numbers)
    user = User.objects.create_user(f"user{number}", password="pass", is_staff=role != "Бригада", **values)
    if role:
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    if brigade or role == "Бригада":
        Employee.objects.create(user=user, brigade=brigade, full_name=f"Сотрудник {number}")
    return user
