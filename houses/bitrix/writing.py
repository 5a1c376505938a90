"""Laying one reading of the portal over our tables. Everything here runs inside the run's one transaction."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from houses.addresses import CrmAddress, search_keys
from houses.bitrix.deals import Deal
from houses.bitrix.mapping import Mapping as FieldMap
from houses.bitrix.mapping import Place
from houses.bitrix.merge import merge
from houses.bitrix.people import Company, ContactPerson
from houses.bitrix.reading import CrmStage, People
from houses.bitrix.visits import WantedVisit, drop_future_visits, plan_visits
from houses.demo.removal import demo_exists, remove_demo
from houses.models import Brigade, Contact, ContactPhone, House, ManagementCompany, Stage
from houses.quality import COORDINATES, issues_of
from houses.schedule import Slot
from vasdom.errors import VasdomError

ARCHIVED_SHARE_LIMIT = 0.1


class ArchivingRefused(VasdomError):
    """Too many houses are missing from one answer for it to be believed without a person."""

    code = "archiving_refused"


@dataclass(frozen=True, slots=True)
class Counts:
    """What a run did with the houses."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    restored: int = 0
    archived: int = 0


@dataclass(frozen=True, slots=True)
class _Links:
    """Our rows by the portal's ids: what a deal's references become. `elders` are contacts by primary key."""

    stages: frozenset[str]
    brigades: dict[int, int]
    companies: dict[int, int]
    contacts: dict[int, int]
    elders: dict[int, Contact]
    phones: dict[int, list[str]]


def write_reading(
    deals: Sequence[Deal],
    people: People,
    stages: Sequence[CrmStage] | None,
    mapping: FieldMap,
    *,
    now: datetime,
    today: date,
) -> Counts:
    """Store these deals and whom they refer to, and let the visits follow; nothing is archived here.

    The first real houses to come take the demo away: made-up and real ones never stand in one list.
    """
    if deals and demo_exists():
        remove_demo()
    links = _write_people(deals, people, stages)
    _keep_unread(deals, mapping)
    _keep_slots(deals, mapping)
    archived = set(House.objects.filter(archived_at__isnull=False).values_list("bitrix_id", flat=True))
    merged = merge(House, HOUSE_FIELDS, _house_rows(deals, links, today), always={"synced_at": now})
    restored = merged.updated & archived
    keys = _house_keys(deals)
    plan_visits(sorted(keys.values()), _wanted_visits(deals, keys))
    return Counts(
        created=len(merged.created),
        updated=len(merged.updated) - len(restored),
        unchanged=len(deals) - len(merged.created) - len(merged.updated),
        restored=len(restored),
    )


# -- archiving


def missing_houses(deal_ids: Collection[int]) -> list[int]:
    """Portal ids of active houses that a complete answer does not hold. Demo houses were never in the portal."""
    active = House.objects.active().filter(is_demo=False).values_list("bitrix_id", flat=True)
    return sorted(set(active) - set(deal_ids))


def check_archiving(missing: int, *, allowed: int = 0) -> None:
    """Refuse an answer that lacks more than a tenth of the active houses, yet at least `allowed`.

    Raises:
        ArchivingRefused: it does.
    """
    active = House.objects.active().filter(is_demo=False).count()
    if missing > max(allowed, active * ARCHIVED_SHARE_LIMIT):
        raise ArchivingRefused(
            f"В ответе Bitrix24 нет {missing} из {active} домов, это больше десятой части. Ничего не изменено: "
            "проверьте воронку и права вебхука. Если дома действительно ушли, подтвердите их уход в архив."
        )


def archive_houses(bitrix_ids: Sequence[int], *, now: datetime, today: date) -> int:
    """Archive, never delete; visits that brigades reported stay."""
    houses = House.objects.filter(bitrix_id__in=bitrix_ids, archived_at__isnull=True)
    house_ids = list(houses.values_list("pk", flat=True))
    House.objects.filter(pk__in=house_ids).update(archived_at=now)
    drop_future_visits(house_ids, today)
    return len(house_ids)


# -- people


def _write_people(deals: Sequence[Deal], people: People, stages: Sequence[CrmStage] | None) -> _Links:
    _write_stages(deals, stages or ())
    if people.brigades is not None:
        rows = ((each.id, each.number, each.name) for each in people.brigades.values())
        merge(Brigade, ("bitrix_user_id", "number", "name"), rows, fill={"is_active": True})
    if people.companies is not None:
        _write_companies(people.companies.values(), people.addresses)
    if people.contacts is not None:
        _write_contacts(people.contacts.values())
    return _links(deals, people)


def _write_stages(deals: Sequence[Deal], stages: Sequence[CrmStage]) -> None:
    """A stage the portal did not name keeps its last name, or is called by its code."""
    rows = [(each.status_id, each.name, each.sort, each.color, each.semantics) for each in stages]
    merge(Stage, ("status_id", "name", "sort", "color", "semantics"), {row[0]: row for row in rows}.values())
    used = {deal.stage_id for deal in deals if deal.stage_id}
    known = set(Stage.objects.filter(pk__in=used).values_list("pk", flat=True))
    Stage.objects.bulk_create(
        [Stage(status_id=stage_id, name=stage_id) for stage_id in sorted(used - known)], ignore_conflicts=True
    )


def _write_companies(companies: Iterable[Company], addresses: Mapping[int, str | None]) -> None:
    """An address that was not read this time stays as it is."""
    known = dict(ManagementCompany.objects.values_list("bitrix_id", "address"))
    rows = (
        (
            each.id,
            each.title,
            each.title_key,
            each.phone,
            each.email,
            each.web,
            addresses[each.id] if each.id in addresses else known.get(each.id),
            each.comments,
        )
        for each in companies
    )
    fields = ("bitrix_id", "title", "title_key", "phone", "email", "web", "address", "comments")
    merge(ManagementCompany, fields, rows)


def _write_contacts(contacts: Collection[ContactPerson]) -> None:
    rows = ((each.id, each.name, each.last_name, each.second_name, each.email, each.comments) for each in contacts)
    merge(Contact, ("bitrix_id", "name", "last_name", "second_name", "email", "comments"), rows)
    keys = _keys(Contact, "bitrix_id", [each.id for each in contacts])
    wanted = {(keys[each.id], number) for each in contacts for number in each.phones}
    rows_now = ContactPhone.objects.filter(contact_id__in=list(keys.values()))
    present = {
        (contact_id, number): pk for pk, contact_id, number in rows_now.values_list("pk", "contact_id", "number")
    }
    ContactPhone.objects.filter(pk__in=[present[pair] for pair in present.keys() - wanted]).delete()
    ContactPhone.objects.bulk_create(
        [ContactPhone(contact_id=contact_id, number=number) for contact_id, number in sorted(wanted - present.keys())],
        batch_size=2000,
    )


def _links(deals: Sequence[Deal], people: People) -> _Links:
    """What was read this time is believed alone; what could not be read is believed as last known."""
    users, companies, contacts = (
        known if (read is None) else [number for number in known if number in read]
        for known, read in (
            ({deal.assigned_by_id for deal in deals if deal.assigned_by_id}, people.brigades),
            ({deal.company_id for deal in deals if deal.company_id}, people.companies),
            ({deal.contact_id for deal in deals if deal.contact_id}, people.contacts),
        )
    )
    contact_keys = _keys(Contact, "bitrix_id", contacts)
    phones: dict[int, list[str]] = defaultdict(list)
    for contact_id, number in ContactPhone.objects.filter(contact_id__in=list(contact_keys.values())).values_list(
        "contact_id", "number"
    ):
        phones[contact_id].append(number)
    return _Links(
        stages=frozenset(Stage.objects.values_list("pk", flat=True)),
        brigades=_keys(Brigade, "bitrix_user_id", users),
        companies=_keys(ManagementCompany, "bitrix_id", companies),
        contacts=contact_keys,
        elders=Contact.objects.only("name", "last_name", "second_name").in_bulk(list(contact_keys.values())),
        phones=phones,
    )


def _keys(model: type[Any], name: str, values: Iterable[int]) -> dict[int, int]:
    """Primary keys by the portal's ids."""
    return dict(model.objects.filter(**{f"{name}__in": list(values)}).values_list(name, "pk"))


# -- houses

HOUSE_FIELDS = (
    "bitrix_id",
    "title",
    "address",
    "latitude",
    "longitude",
    "apartments",
    "entrances",
    "floors",
    "tariff",
    "monthly_amount",
    "service_start",
    "living_area",
    "contract_number",
    "passport_url",
    "general_dates",
    "general_works",
    "stage_id",
    "company_id",
    "brigade_id",
    "contact_id",
    "schedule",
    "unparsed",
    "issues",
    "street_key",
    "number_key",
    "search_keys",
    "crm_created",
    "crm_updated",
    "archived_at",
)


def _house_rows(deals: Iterable[Deal], links: _Links, today: date) -> Iterator[tuple[Any, ...]]:
    for deal in deals:
        house = _house(deal, links)
        phones = links.phones.get(house.contact_id or 0, [])
        house.issues = issues_of(house, phones=phones, today=today)
        house.schedule = json.dumps(house.schedule, ensure_ascii=False)
        house.unparsed = json.dumps(house.unparsed, ensure_ascii=False)
        yield tuple(getattr(house, name) for name in HOUSE_FIELDS)


def _house(deal: Deal, links: _Links) -> House:
    address = deal.address
    keys = search_keys(address.text[:500], deal.title)
    contact_id = links.contacts.get(deal.contact_id or 0)
    unparsed = deal.unparsed | ({COORDINATES: address.coordinates} if address.coordinates else {})
    house = House(
        bitrix_id=deal.id,
        title=deal.title,
        address=address.text[:500],
        latitude=address.latitude,
        longitude=address.longitude,
        apartments=deal.apartments,
        entrances=deal.entrances,
        floors=deal.floors,
        tariff=deal.tariff,
        monthly_amount=deal.monthly_amount,
        service_start=deal.service_start,
        living_area=deal.living_area,
        contract_number=deal.contract_number,
        passport_url=deal.passport_url,
        general_dates=list(deal.general_dates),
        general_works=list(deal.general_works),
        stage_id=deal.stage_id if deal.stage_id in links.stages else None,
        company_id=links.companies.get(deal.company_id or 0),
        brigade_id=links.brigades.get(deal.assigned_by_id or 0),
        schedule=[slot.to_json() for slot in deal.slots],
        unparsed=unparsed,
        street_key=keys.street,
        number_key=keys.number,
        search_keys=list(keys.words),
        crm_created=deal.created,
        crm_updated=deal.updated,
    )
    house.contact = links.elders.get(contact_id) if contact_id else None
    return house


def _house_keys(deals: Sequence[Deal]) -> dict[int, int]:
    return _keys(House, "bitrix_id", [deal.id for deal in deals])


_PASSPORT = (
    "apartments",
    "entrances",
    "floors",
    "tariff",
    "service_start",
    "living_area",
    "contract_number",
    "passport_url",
    "general_dates",
    "general_works",
)


def _keep_unread(deals: Sequence[Deal], mapping: FieldMap) -> None:
    """A passport field that the CRM does not have (any more), or that is not mapped, keeps its last value."""
    unread = [name for name in _PASSPORT if name not in mapping.fixed]
    if not unread and "address" in mapping.fixed:
        return
    by_id = {deal.id: deal for deal in deals}
    houses = House.objects.filter(bitrix_id__in=list(by_id))
    for house in houses.only("bitrix_id", "address", "latitude", "longitude", "unparsed", *unread).iterator():
        deal = by_id[house.bitrix_id]
        for name in unread:
            setattr(deal, name, getattr(house, name))
            if name in house.unparsed:
                deal.unparsed[name] = house.unparsed[name]
        if "address" not in mapping.fixed:
            coordinates = house.unparsed.get(COORDINATES, "")
            deal.address = CrmAddress(house.address, house.latitude, house.longitude, "", coordinates)


# -- the schedule


def _keep_slots(deals: Sequence[Deal], mapping: FieldMap) -> None:
    """Months whose CRM fields are gone or in dispute keep the dates last read; those a person dropped do not."""
    by_id = {deal.id: deal for deal in deals}
    readable: frozenset[Place] = mapping.places | mapping.dropped
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT house.bitrix_id, slot.value FROM houses_house AS house,"
            " jsonb_array_elements(house.schedule) AS slot"
            " WHERE house.bitrix_id = ANY(%s) AND NOT house.is_demo"
            " AND concat_ws('-', slot.value ->> 'year', slot.value ->> 'month', slot.value ->> 'slot') <> ALL(%s)",
            [list(by_id), ["-".join(map(str, place)) for place in readable]],
        )
        kept: dict[int, list[Slot]] = defaultdict(list)
        for deal_id, value in cursor.fetchall():
            kept[deal_id].append(Slot.from_json(json.loads(value) if isinstance(value, str) else value))
    for deal_id, slots in kept.items():
        by_id[deal_id].slots = tuple(sorted((*by_id[deal_id].slots, *slots)))


def _wanted_visits(deals: Sequence[Deal], keys: Mapping[int, int]) -> Iterator[WantedVisit]:
    """Every date of every slot once; a date that stands in two months' fields counts for its own month."""
    for deal in deals:
        house_id = keys[deal.id]
        seen: dict[tuple[date, int], str] = {}
        for slot in sorted(deal.slots):
            for day in slot.dates:
                place = (day, slot.slot)
                if place not in seen or (day.year, day.month) == (slot.year, slot.month):
                    seen[place] = slot.cleaning_type
        for (day, number), cleaning_type in seen.items():
            yield house_id, day, number, cleaning_type
