"""Whose number is it: found at once in our own index, asked of the CRM only in the background."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from houses.bitrix import values
from houses.models import ContactPhone, Employee, House, ManagementCompany, PhoneContact

logger = logging.getLogger(__name__)

Role, Source = PhoneContact.Role, PhoneContact.Source
BELIEVED_FOR = timedelta(days=30)
"""What the CRM said of a number, asked by itself, is asked again after so long."""
STRANGER_FOR = timedelta(days=3)
"""So long a number that the CRM did not know is not asked again."""
KEPT_FOR = timedelta(days=90)
MOST_ROWS = 20
_WEIGHT = {Role.EMPLOYEE: 0, Role.ELDER: 1, Role.COMPANY: 2, Role.RESIDENT: 3}


@dataclass(frozen=True, slots=True)
class CallerCard:
    """Who calls.

    Attributes:
        number: E.164.
        house: theirs, when there is only one; `houses` are all.
        source: a `PhoneContact.Source`; `seen_at` is the age of what it says.
    """

    number: str
    name: str
    role: str
    house: House | None
    houses: tuple[House, ...]
    company: ManagementCompany | None
    source: str
    seen_at: datetime

    @property
    def role_label(self) -> str:
        return str(Role(self.role).label)

    @property
    def is_employee(self) -> bool:
        return self.role == Role.EMPLOYEE


@dataclass(frozen=True, slots=True)
class Known:
    """What the index holds of a number. `is_fresh`: nothing need be asked of the CRM."""

    card: CallerCard | None = None
    is_fresh: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """What the CRM knows of a number: `house_ids` and `company_id` are the portal's."""

    name: str = ""
    house_ids: tuple[int, ...] = ()
    company_id: int | None = None
    is_person: bool = field(default=False)

    def __bool__(self) -> bool:
        return bool(self.is_person or self.company_id)


def normal(number: str) -> str:
    """E.164, or nothing for what is no number («anonymous», an inside one)."""
    return values.e164(number) or ""


def find(number: str) -> CallerCard | None:
    """Whose number it is, as far as we know without asking anybody; one indexed query, none for no number."""
    return known(number).card


def known(number: str) -> Known:
    """Like `find`, and whether the CRM should be asked."""
    e164 = normal(number)
    if not e164:
        return Known(is_fresh=True)
    rows = list(PhoneContact.objects.filter(number=e164).select_related("house", "company")[:MOST_ROWS])
    return Known(_card(e164, rows), any(map(_is_fresh, rows)))


def _is_fresh(row: PhoneContact) -> bool:
    if row.source == Source.SYNC:
        return True
    return timezone.now() - row.seen_at < (STRANGER_FOR if row.role == Role.STRANGER else BELIEVED_FOR)


def _card(number: str, rows: list[PhoneContact]) -> CallerCard | None:
    """The rows as one person: the closest to us gives the name and the role."""
    told = sorted((row for row in rows if row.role != Role.STRANGER), key=lambda row: (_WEIGHT[Role(row.role)], row.pk))
    if not told:
        return None
    houses = {row.house_id: row.house for row in told if row.house and row.house.archived_at is None}
    first = told[0]
    return CallerCard(
        number=number,
        name=first.name,
        role=first.role,
        house=next(iter(houses.values())) if len(houses) == 1 else None,
        houses=tuple(houses.values()),
        company=next((row.company for row in told if row.company), None),
        source=first.source,
        seen_at=first.seen_at,
    )


# --- how the index is made


@transaction.atomic
def refresh_contact_index() -> int:
    """Make the index anew of the elders, the companies and the employees; returns how many rows it has.

    What the CRM was asked besides stays, unless the index now knows the number itself.
    """
    wanted = {_key(row): row for row in _of_sync()}
    present = {_key(row): row for row in PhoneContact.objects.filter(source=Source.SYNC)}
    gone = [row.pk for key, row in present.items() if key not in wanted]
    numbers = {row.number for row in wanted.values()}
    PhoneContact.objects.filter(Q(pk__in=gone) | Q(role=Role.STRANGER, number__in=numbers)).delete()
    changed = [row for key, row in wanted.items() if key not in present or present[key].name != row.name]
    _put(changed, timezone.now())
    return len(wanted)


def _of_sync() -> Iterator[PhoneContact]:
    """The rows that the data of the synchronisation and the employees come to."""
    houses = House.objects.active().filter(contact__isnull=False).select_related("contact")
    numbers: dict[int, list[str]] = {}
    for contact_id, number in ContactPhone.objects.values_list("contact_id", "number"):
        numbers.setdefault(contact_id, []).append(number)
    for house in houses.only("pk", "contact__name", "contact__last_name", "contact__second_name"):
        for number in numbers.get(house.contact_id or 0, ()):
            yield PhoneContact(number=number, name=str(house.contact), role=Role.ELDER, house_id=house.pk)
    for company in ManagementCompany.objects.exclude(phone="").only("pk", "title", "phone"):
        for number in values.phones([company.phone]):
            yield PhoneContact(number=number, name=company.title, role=Role.COMPANY, company_id=company.pk)
    for name, phone in Employee.objects.filter(is_active=True).exclude(phone="").values_list("full_name", "phone"):
        if number := normal(phone):
            yield PhoneContact(number=number, name=name, role=Role.EMPLOYEE)


def remember(number: str, found: Found) -> None:
    """Keep what the CRM said of a number, also that it does not know it."""
    e164 = normal(number)
    if not e164:
        return
    with transaction.atomic():
        PhoneContact.objects.filter(number=e164, source=Source.CRM).delete()
        known_already = PhoneContact.objects.filter(number=e164).exists()
        _put([] if known_already else list(_of_crm(e164, found)), timezone.now())


def _of_crm(number: str, found: Found) -> Iterator[PhoneContact]:
    if not found:
        yield PhoneContact(number=number, role=Role.STRANGER, source=Source.CRM)
        return
    company = ManagementCompany.objects.filter(bitrix_id=found.company_id).first() if found.company_id else None
    houses = list(House.objects.active().filter(bitrix_id__in=found.house_ids)[:MOST_ROWS])
    role = Role.COMPANY if company and not found.is_person else Role.RESIDENT
    keys: list[int | None] = [house.pk for house in houses]
    for key in keys or [None]:
        yield PhoneContact(
            number=number, name=found.name[:300], role=role, house_id=key, company=company, source=Source.CRM
        )


def purge() -> None:
    """Forget numbers that only the CRM knew and nobody has called from for long."""
    PhoneContact.objects.filter(source=Source.CRM, seen_at__lt=timezone.now() - KEPT_FOR).delete()


def _put(rows: Iterable[PhoneContact], now: datetime) -> None:
    for row in rows:
        row.seen_at = now
    PhoneContact.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["number", "role", "house", "company"],
        update_fields=["name", "source", "seen_at"],
        batch_size=1_000,
    )


def _key(row: PhoneContact) -> tuple[object, ...]:
    return row.number, row.role, row.house_id, row.company_id
