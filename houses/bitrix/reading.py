"""Reading the funnel: a few batches that bring everything one run needs, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.utils import timezone

from houses.bitrix.client import BATCH_COMMANDS, PAGE_ROWS, Answer, BitrixClient, Command, Outcome
from houses.bitrix.deals import STANDARD_FIELDS, Deal, read_deal
from houses.bitrix.discovery import CrmField, parse_fields
from houses.bitrix.errors import AccessRefused, BadAnswer, BitrixError, RequestRejected
from houses.bitrix.mapping import Mapping
from houses.bitrix.people import (
    BrigadeUser,
    Company,
    ContactPerson,
    read_address,
    read_brigade,
    read_company,
    read_contact,
)
from houses.bitrix.values import identifier, text

DEAL, CONTACT, COMPANY = 2, 3, 4
FIELD_PAGES = 6  # asked for at once: the real funnel has some 160 fields
DEAL_PAGES_PER_BATCH = 30  # keeps one answer below the cloud's 60 s and its parsed form below 50 MB
FEWEST_DEALS_TO_JUDGE = 20

T = TypeVar("T")
Tell = Callable[[str, int, int | None], None]
"""progress(step in Russian, done, total)."""


@dataclass(frozen=True, slots=True)
class CrmStage:
    status_id: str
    name: str
    sort: int
    color: str
    semantics: str


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What the first batch brings. `stages` and `fields` are None when they could not be read; `notes` say why."""

    stages: tuple[CrmStage, ...] | None
    fields: tuple[CrmField, ...] | None
    notes: tuple[str, ...]


@dataclass(slots=True)
class People:
    """Who the deals refer to. A dictionary is None when the webhook may not read it: what is known then stays."""

    brigades: dict[int, BrigadeUser] | None = field(default_factory=dict)
    companies: dict[int, Company] | None = field(default_factory=dict)
    contacts: dict[int, ContactPerson] | None = field(default_factory=dict)
    addresses: dict[int, str | None] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Deals:
    """The deals of the funnel, and how many of another funnel came with them against what was asked."""

    own: tuple[Deal, ...]
    total: int
    foreign: int


class PortalReader:
    """Reads one funnel through one client.

    Every method raises BitrixError when something it cannot do without was not given.
    """

    def __init__(self, client: BitrixClient, category_id: int, tell: Tell) -> None:
        self._client = client
        self._category_id = category_id
        self._tell = tell

    # -- stages and fields

    def catalogue(self) -> Catalogue:
        """Names of the stages and the list of custom fields: one request."""
        self._tell("Стадии и поля", 0, None)
        entity = f"DEAL_STAGE_{self._category_id}" if self._category_id else "DEAL_STAGE"
        commands = {"stages": Command("crm.status.list", {"filter": {"ENTITY_ID": entity}, "order": {"SORT": "ASC"}})}
        commands |= {f"fields{page}": _field_page(page * PAGE_ROWS) for page in range(FIELD_PAGES)}
        outcomes = dict(self._client.fetch(commands))
        notes: list[str] = []
        stages = outcomes.pop("stages")
        return Catalogue(_stages(stages, notes), self._fields(list(outcomes.values()), notes), tuple(notes))

    def _fields(self, pages: list[Outcome], notes: list[str]) -> tuple[CrmField, ...] | None:
        rows: list[Any] = []
        for page in pages:
            if isinstance(page, BitrixError):
                notes.append(f"Список полей CRM не прочитан, действует прежний: {page.message}")
                return None
            rows += page.result if isinstance(page.result, list) else []
        last = pages[-1]
        if isinstance(last, Answer) and last.next:
            rest = {f"fields{start}": _field_page(start) for start in _starts(last.next, last.total)}
            more = dict(self._client.fetch(rest))
            return self._fields([Answer(rows), *more.values()], notes)
        fields = parse_fields(rows)
        if not any(each.label for each in fields):
            notes.append("Bitrix24 прислал список полей без подписей, действует прежний.")
            return None
        return fields

    # -- deals

    def all_deals(self, mapping: Mapping) -> Deals:
        """The whole funnel, every stage; read once more when the count does not fit, and then failed aloud."""
        return self._counted({"categoryId": self._category_id}, mapping)

    def deals_since(self, since: datetime, mapping: Mapping) -> Deals:
        """What has changed in the funnel since then."""
        moment = timezone.localtime(since).isoformat(timespec="seconds")
        return self._counted({"categoryId": self._category_id, ">=updatedTime": moment}, mapping)

    def deals_by_id(self, ids: Sequence[int], mapping: Mapping) -> Deals:
        """These deals, of whatever funnel; those that no longer exist are simply absent."""
        commands = {
            f"deals{start}": self._deal_page({"@id": list(ids[start : start + PAGE_ROWS])}, mapping, 0)
            for start in range(0, len(ids), PAGE_ROWS)
        }
        rows = _Rows(self._category_id, mapping, wanted=set(ids))
        for _, outcome in self._client.fetch(commands, size=DEAL_PAGES_PER_BATCH):
            rows.add(_needed(outcome))
        return rows.result(len(ids))

    def _counted(self, condition: dict[str, Any], mapping: Mapping) -> Deals:
        for last_try in (False, True):
            rows = _Rows(self._category_id, mapping)
            total = self._read_pages(condition, mapping, rows)
            if rows.unique == total:
                return rows.result(total)
            if last_try:
                raise BadAnswer(
                    f"Bitrix24 сообщил о {total} домах, а прислал {rows.unique}: данные не приняты, прежние сохранены."
                )
        raise AssertionError("unreachable")

    def _read_pages(self, condition: dict[str, Any], mapping: Mapping, rows: _Rows) -> int:
        """Read page after page into `rows`; returns how many deals the portal says there are."""
        probe = self._client.call("crm.item.list", self._deal_page(condition, mapping, 0).params)
        rows.add(probe)
        total, following = probe.total or 0, probe.next
        self._tell("Дома", rows.unique, total)
        while following:
            starts = _starts(following, total)
            commands = {f"deals{start}": self._deal_page(condition, mapping, start) for start in starts}
            following = None
            for key, outcome in self._client.fetch(commands, size=DEAL_PAGES_PER_BATCH):
                answer = _needed(outcome)
                rows.add(answer)
                total = answer.total if answer.total is not None else total
                if key == f"deals{starts[-1]}":
                    following = answer.next  # deals were added while we were reading
                self._tell("Дома", rows.unique, max(total, rows.unique))
        return total

    def _deal_page(self, condition: dict[str, Any], mapping: Mapping, start: int) -> Command:
        params = {
            "entityTypeId": DEAL,
            "filter": condition,
            "order": {"id": "ASC"},
            "select": [*STANDARD_FIELDS, *mapping.select],
            "useOriginalUfNames": "Y",
            "start": start,
        }
        return Command("crm.item.list", params)

    # -- people

    def people_of(self, deals: Iterable[Deal]) -> People:
        """Brigades, companies with their addresses, and contacts the deals refer to."""
        deals = list(deals)
        users = {deal.assigned_by_id for deal in deals}
        companies = {deal.company_id for deal in deals}
        contacts = {deal.contact_id for deal in deals}
        commands: dict[str, Command] = {}
        for name, ids, command in (
            ("users", users, _user_page),
            ("companies", companies, _company_page),
            ("contacts", contacts, _contact_page),
        ):
            known = sorted(number for number in ids if number)
            for start in range(0, len(known), PAGE_ROWS):
                commands[f"{name}:{start}"] = command(known[start : start + PAGE_ROWS])
        for company_id in sorted(number for number in companies if number):
            commands[f"address:{company_id}"] = Command("crm.company.get", {"id": company_id})
        return self._read_people(commands)

    def _read_people(self, commands: dict[str, Command]) -> People:
        people = People()
        refused: set[str] = set()
        for done, (key, outcome) in enumerate(self._client.fetch(commands), start=1):
            name, _, number = key.partition(":")
            if done % BATCH_COMMANDS == 0 or done == len(commands):
                self._tell("УК, бригады и контакты", done, len(commands))
            if isinstance(outcome, AccessRefused):
                if name not in refused:
                    people.notes.append(f"{_PEOPLE_NAMES[name]}: {outcome.message} Сохранены прежние данные.")
                refused.add(name)
            elif name == "address":
                _store_address(people, int(number), outcome)
            else:
                _store_people(people, name, _needed(outcome))
        if "users" in refused:
            people.brigades = None
        if "companies" in refused:
            people.companies = None
        if "contacts" in refused:
            people.contacts = None
        return people


_PEOPLE_NAMES = {"users": "Бригады", "companies": "УК", "contacts": "Контакты", "address": "Адреса УК"}


class _Rows:
    """Collects deals page by page, each once."""

    def __init__(self, category_id: int, mapping: Mapping, wanted: Collection[int] | None = None) -> None:
        self._category_id = category_id
        self._mapping = mapping
        self._wanted = wanted
        self._deals: dict[int, Deal] = {}
        self._any_custom_field = False

    @property
    def unique(self) -> int:
        return len(self._deals)

    def add(self, answer: Answer) -> None:
        items = answer.result.get("items") if isinstance(answer.result, dict) else None
        if not isinstance(items, list):
            raise BadAnswer("Bitrix24 прислал список домов в незнакомом виде.")
        for item in items:
            deal = read_deal(item, self._mapping)
            self._any_custom_field |= any(name in item for name in self._mapping.select)
            if self._wanted is None or deal.id in self._wanted:
                self._deals[deal.id] = deal

    def result(self, total: int) -> Deals:
        if self.unique >= FEWEST_DEALS_TO_JUDGE and self._mapping.select and not self._any_custom_field:
            raise BadAnswer("Bitrix24 прислал дома без единого поля паспорта: данные не приняты, прежние сохранены.")
        own = tuple(deal for deal in self._deals.values() if deal.category_id == self._category_id)
        return Deals(own, total, self.unique - len(own))


def _needed(outcome: Outcome) -> Answer:
    if isinstance(outcome, BitrixError):
        raise outcome
    return outcome


def _starts(first: int, total: int | None) -> list[int]:
    return list(range(first, max(total or 0, first + 1), PAGE_ROWS))


def _field_page(start: int) -> Command:
    params = {"filter": {"LANG": "ru"}, "order": {"ID": "ASC"}, "start": start}
    return Command("crm.deal.userfield.list", params)


def _user_page(ids: Sequence[int]) -> Command:
    return Command("user.get", {"FILTER": {"ID": list(ids)}})


def _company_page(ids: Sequence[int]) -> Command:
    return _item_page(COMPANY, ids)


def _contact_page(ids: Sequence[int]) -> Command:
    return _item_page(CONTACT, ids)


def _item_page(entity_type_id: int, ids: Sequence[int]) -> Command:
    # Phones and mails (`fm`) are given only with all fields.
    params = {"entityTypeId": entity_type_id, "filter": {"@id": list(ids)}, "order": {"id": "ASC"}, "select": ["*"]}
    return Command("crm.item.list", params)


def _stages(outcome: Outcome, notes: list[str]) -> tuple[CrmStage, ...] | None:
    if isinstance(outcome, BitrixError):
        notes.append(f"Названия стадий не прочитаны, действуют прежние: {outcome.message}")
        return None
    rows = outcome.result if isinstance(outcome.result, list) else []
    return tuple(stage for row in rows if (stage := _stage(row)) is not None)


def _stage(row: Any) -> CrmStage | None:
    status_id = text(row.get("STATUS_ID"), 64) if isinstance(row, dict) else ""
    if not status_id:
        return None
    extra = row.get("EXTRA") if isinstance(row.get("EXTRA"), dict) else {}
    sort = identifier(row.get("SORT")) or 0
    return CrmStage(
        status_id=status_id,
        name=text(row.get("NAME"), 200) or status_id,
        sort=min(sort, 2_000_000_000),
        color=text(row.get("COLOR") or extra.get("COLOR"), 16),
        semantics=text(extra.get("SEMANTICS") or row.get("SEMANTICS"), 32),
    )


def _store_address(people: People, company_id: int, outcome: Outcome) -> None:
    """A company whose card is gone has no address; a passing failure leaves the last known one."""
    if isinstance(outcome, Answer):
        people.addresses[company_id] = read_address(outcome.result)
    elif not isinstance(outcome, RequestRejected):
        people.notes.append(f"Адрес УК {company_id} не прочитан: {outcome.message}")


def _store_people(people: People, name: str, answer: Answer) -> None:
    result = answer.result
    rows = result.get("items") if isinstance(result, dict) else result
    if not isinstance(rows, list):
        raise BadAnswer(f"{_PEOPLE_NAMES[name]}: Bitrix24 прислал список в незнакомом виде.")
    if name == "users":
        _keep(people.brigades, map(read_brigade, rows))
    elif name == "companies":
        _keep(people.companies, map(read_company, rows))
    else:
        _keep(people.contacts, map(read_contact, rows))


def _keep(target: dict[int, Any] | None, found: Iterator[Any] | Iterable[Any]) -> None:
    if target is not None:
        target.update((each.id, each) for each in found if each is not None)
