"""What the evaluation asks about: documents, houses and their visits, all of them made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group, User
from django.utils import timezone

from houses.models import (
    Brigade,
    CleaningVisit,
    Contact,
    ContactPhone,
    Employee,
    House,
    ManagementCompany,
    Stage,
    SyncRun,
)
from houses.schedule import Slot
from knowledge import actions, demo
from knowledge.index import rebuild
from knowledge.models import Document, KnowledgeBase

NOW = datetime(2026, 10, 14, 10, 30, tzinfo=ZoneInfo("Europe/Moscow"))
"""A Wednesday."""
OWN = Path(__file__).parent / "documents"
STAFF_BASE = "office"
Status, Reason = CleaningVisit.Status, CleaningVisit.Reason


@dataclass(frozen=True, slots=True)
class Text:
    """A document of the evaluation."""

    base: str
    title: str
    path: Path


DOCUMENTS = {
    "company": Text("general", demo.TITLES["general"], demo.SAMPLES / "general.md"),
    "tech": Text("tech", demo.TITLES["tech"], demo.SAMPLES / "tech.md"),
    "prices": Text("general", "Прайс дополнительных работ", OWN / "prices.md"),
    "res24": Text("general", "Памятка жильцам, 2024 год", OWN / "residents-2024.md"),
    "res26": Text("general", "Памятка жильцам, 2026 год", OWN / "residents-2026.md"),
    "tenants": Text("general", "Арендаторам первых этажей", OWN / "tenants.md"),
    "ordering": Text("general", "Отдел оборудования", OWN / "ordering.md"),
    "machines": Text("tech", "Каталог испытательных машин", OWN / "machines.md"),
    "staff": Text(STAFF_BASE, "Внутренний регламент", OWN / "staff.md"),
}


@dataclass(frozen=True, slots=True)
class People:
    """Who asks: by the name a case calls them."""

    office: User
    brigade: User

    def get(self, name: str) -> User | None:
        return getattr(self, name, None)


def build() -> People:
    """Fill an empty, migrated database. Inside `clock.standing_at(NOW)`."""
    teach()
    make_houses()
    return make_people()


def teach() -> None:
    KnowledgeBase.objects.get_or_create(
        slug=STAFF_BASE, defaults={"title": "Для сотрудников", "visibility": KnowledgeBase.Visibility.STAFF}
    )
    for text in DOCUMENTS.values():
        base = KnowledgeBase.objects.get(slug=text.base)
        document = Document.objects.create(base=base, title=text.title)
        version = actions.write(document, text.path.read_text(encoding="utf-8"), author=None)
        actions.confirm(version, user=None)
    for base in KnowledgeBase.objects.all():
        rebuild(base)


def make_people() -> People:
    manager = User.objects.create_user("evaluation-manager", is_staff=True)
    manager.groups.add(Group.objects.get_or_create(name="Менеджер")[0])
    cleaner = User.objects.create_user("evaluation-cleaner")
    cleaner.groups.add(Group.objects.get_or_create(name="Бригада")[0])
    Employee.objects.create(user=cleaner, brigade=Brigade.objects.get(number=3), full_name="Уборщица")
    return People(manager, cleaner)


# --- houses

STREETS = {"Московская": "Московская улица", "8 Марта": "улица 8 Марта", "Октябрьская": "Октябрьская улица"}
HOUSES: tuple[tuple[str, int | None, str, str], ...] = (
    ("Кибальчича 3", 3, "Уют", "2:T3:done 9:T1:done 16:T1 23:T3 30:T1"),
    ("Кибальчича 5", 3, "Уют", "7:T1:no_access 14:T3:in_progress 21:T1"),
    ("Билибина 6", 1, "Уют", "6:T1:done 13:T3 20:T1"),
    ("Билибина 26", 1, "Берёзка", "12:T3:done 15:T2"),
    ("Ленина 10", 2, "Берёзка", "5:T1:done 19:T1"),
    ("Ленина 100", 2, "Берёзка", ""),
    ("Московская 62", 2, "Уют", "10:T1:done 17:T3"),
    ("8 Марта 5", 1, "Берёзка", "14:T1"),
    ("Никитина 85а", 3, "Уют", "22:T1"),
    ("Октябрьская 12", 2, "Берёзка", "9:T1:repair 31:T1"),
    ("Хрустальная 44 к1", 1, "Уют", "15:T1 29:T3"),
    ("Хрустальная 44 к2", 1, "Уют", "15:T1 29:T3"),
    ("Маршала Жукова 18", None, "Берёзка", "20:T3"),
    ("Суворова 121", 2, "Уют", "archived"),
    ("Пухова 23", 2, "Берёзка", "-30:T1:done"),
)
"""Title, brigade, company, and the visits: day of this month (with a minus of the last), type, what became of it."""


def make_houses() -> None:
    now = timezone.now()
    SyncRun.objects.create(kind=SyncRun.Kind.FULL, state=SyncRun.State.DONE, data_as_of=now, finished_at=now)
    stage = Stage.objects.create(status_id="C34:UC_PG9Y90", name="Обслуживаем")
    brigades = {number: Brigade.objects.create(number=number, name=f"{number} бригада") for number in (1, 2, 3)}
    companies = {
        "Уют": ManagementCompany.objects.create(bitrix_id=1, title="ООО «Уют»", phone="+7 000 000-00-21"),
        "Берёзка": ManagementCompany.objects.create(bitrix_id=2, title="ТСЖ «Берёзка»"),
    }
    elder = Contact.objects.create(bitrix_id=1, last_name="Петрова", name="Анна", second_name="Сергеевна")
    ContactPhone.objects.create(contact=elder, number="+70000000011")
    for number, (title, brigade, company, visits) in enumerate(HOUSES, 1):
        house = _house(number, title, visits)
        house.stage, house.company, house.contact = stage, companies[company], elder if number == 1 else None
        house.brigade = brigades[brigade] if brigade else None
        if number == 1:
            house.general_dates = [date(2026, 4, 20), date(2026, 10, 27)]
        house.save()
        for visit in visits.split() if visits != "archived" else []:
            _visit(house, *visit.split(":"))


def _house(number: int, title: str, visits: str) -> House:
    street, _, rest = title.partition(" ")
    while (rest and not rest[0].isdecimal()) or street == "8":
        more, _, rest = rest.partition(" ")
        street = f"{street} {more}"
    days = [_day(visit.split(":")[0]) for visit in visits.split() if not visit.startswith(("-", "archived"))]
    slots = [Slot(2026, 10, 1, "T1", "Влажная уборка всех этажей", tuple(days)).to_json()] if days else []
    return House(
        bitrix_id=number,
        title=title,
        address=f"{STREETS.get(street, f'улица {street}')}, {rest}, Калуга, Калужская область, Россия, 248000",
        apartments=72 if number == 1 else 40 + number,
        entrances=4 if number == 1 else 2,
        floors=5,
        schedule=slots,
        synced_at=timezone.now(),
        archived_at=timezone.now() - timedelta(days=30) if visits == "archived" else None,
    )


def _day(text: str) -> date:
    return date(2026, 10, int(text)) if not text.startswith("-") else date(2026, 9, int(text[1:]))


def _visit(house: House, day: str, kind: str, state: str = "") -> None:
    values: dict[str, Any] = {"status": Status.PLANNED}
    if state in Status.values:
        values["status"] = state
    elif state:
        values |= {"status": Status.NOT_POSSIBLE, "reason": state}
    when = _day(day)
    if state == Status.DONE:
        values["finished_at"] = datetime(when.year, when.month, when.day, 11, 20, tzinfo=NOW.tzinfo)
    if state:
        values["brigade"] = house.brigade
    CleaningVisit.objects.create(house=house, date=when, crm_date=when, slot=1, cleaning_type=kind, **values)
