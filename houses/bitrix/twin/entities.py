"""The three CRM entities the twin knows, with their fields by every name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from houses.bitrix.twin.calls import Call
from houses.bitrix.twin.errors import RestError
from houses.bitrix.twin.fields import COMPANY_FIELDS, CONTACT_FIELDS, DEAL_FIELDS, Field, camel_uf
from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.query import Column
from houses.bitrix.twin.records import UserField
from houses.bitrix.twin.values import as_int


@dataclass(frozen=True, slots=True)
class Entity:
    type_id: int
    fields: tuple[Field, ...]
    records: Callable[[Portal], dict[int, Any]]

    def userfields(self, portal: Portal) -> dict[str, UserField]:
        return portal.userfields if self.type_id == DEAL.type_id else {}

    def typed_columns(self, portal: Portal, *, original: bool) -> dict[str, Column]:
        """By camelCase name; custom fields by original name, or by both when the caller uses camelCase."""
        columns = {f.camel: Column(f.camel, f.kind, f.read) for f in self.fields}
        for name, userfield in self.userfields(portal).items():
            column = _uf_column(userfield)
            columns[name] = column
            if not original:
                columns[camel_uf(name)] = column
        return columns

    def old_columns(self, portal: Portal) -> dict[str, Column]:
        columns = {f.upper: Column(f.upper, f.kind, f.read) for f in self.fields}
        return columns | {name: _uf_column(userfield) for name, userfield in self.userfields(portal).items()}


def _uf_column(userfield: UserField) -> Column:
    name = userfield.name
    kind = userfield.type if userfield.type in ("date", "enumeration", "double") else "str"
    return Column(name, kind, lambda record: record.uf.get(name))


DEAL = Entity(2, DEAL_FIELDS, lambda portal: portal.deals)
CONTACT = Entity(3, CONTACT_FIELDS, lambda portal: portal.contacts)
COMPANY = Entity(4, COMPANY_FIELDS, lambda portal: portal.companies)
ENTITIES = {entity.type_id: entity for entity in (DEAL, CONTACT, COMPANY)}


def entity_of(call: Call) -> Entity:
    """The entity of `entityTypeId`. Raises RestError for one the twin does not keep."""
    entity = ENTITIES.get(as_int(call.get("entityTypeId"), -1) or -1)
    if entity is None:
        raise RestError(400, "NOT_FOUND", "Смарт-процесс не найден")
    return entity
