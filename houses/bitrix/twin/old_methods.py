"""The deprecated per-entity methods: everything a string, UPPER_CASE names, phones as PHONE [{VALUE}]."""

from __future__ import annotations

from typing import Any

from houses.bitrix.twin.calls import Call, Method, Reply
from houses.bitrix.twin.entities import COMPANY, CONTACT, DEAL, Entity
from houses.bitrix.twin.errors import RestError
from houses.bitrix.twin.fields import communications, old_uf
from houses.bitrix.twin.item_methods import options
from houses.bitrix.twin.lists import list_page
from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.records import Company, Contact, Deal
from houses.bitrix.twin.values import as_int, as_list
from houses.bitrix.values import e164

MOST_VALUES = 20


def _list(entity: Entity) -> Method:
    def method(call: Call) -> Reply:
        page = list_page(call, entity, entity.old_columns(call.portal), strict=False)
        select = [str(name).upper() for name in as_list(call.get("select"))] or ["*"]
        rows = [old_row(call.portal, entity, record, select) for record in page.rows]
        return Reply(rows, page.total, page.next)

    return method


def _get(entity: Entity) -> Method:
    def method(call: Call) -> Reply:
        record = entity.records(call.portal).get(as_int(call.get("id"), 0) or 0)
        if record is None:
            raise RestError(400, "", "Not found")
        row = old_row(call.portal, entity, record, ["*", "UF_*"])
        if isinstance(record, Company):
            row["ADDRESS"] = record.address
        if isinstance(record, Company | Contact):
            row |= communications(record)
        return Reply(row)

    return method


def old_row(portal: Portal, entity: Entity, record: Any, select: list[str]) -> dict[str, Any]:
    """`*` is all standard fields, `UF_*` all custom ones; names that do not exist are passed over."""
    row = {
        f.upper: f.text(record)
        for f in entity.fields
        if f.kind != "list" and ("*" in select or f.upper in select or f.upper == "ID")
    }
    for name, userfield in entity.userfields(portal).items():
        if "UF_*" in select or name in select:
            row[name] = old_uf(userfield, record.uf.get(name))
    if isinstance(record, Company | Contact):
        row |= {kind: rows for kind, rows in communications(record).items() if kind in select}
        if isinstance(record, Company) and ("ADDRESS" in select):
            row["ADDRESS"] = record.address
    return row


def deal_contacts(call: Call) -> Reply:
    deal: Deal | None = call.portal.deals.get(as_int(call.get("id"), 0) or 0)
    if deal is None:
        raise RestError(400, "", "Not found")
    rows = [
        {"CONTACT_ID": number, "SORT": 10 * (index + 1), "ROLE_ID": 0, "IS_PRIMARY": "N" if index else "Y"}
        for index, number in enumerate(deal.contact_ids)
    ]
    return Reply(rows)


def deal_fields(call: Call) -> Reply:
    """Standard fields by UPPER name; a custom field's `title` is its code, its label is in `formLabel`."""
    described: dict[str, Any] = {
        f.upper: {"type": {"int": "integer", "str": "string"}.get(f.kind, f.kind), "isDynamic": False, "title": f.title}
        for f in DEAL.fields
    }
    for name, userfield in call.portal.userfields.items():
        labels = dict.fromkeys(("listLabel", "formLabel", "filterLabel"), userfield.label)
        described[name] = {
            "type": userfield.type,
            "isRequired": False,
            "isMultiple": userfield.multiple,
            "isDynamic": True,
            "title": name,
            **labels,
            **({"items": options(userfield.options)} if userfield.type == "enumeration" else {}),
        }
    return Reply(described)


def find_by_communication(call: Call) -> Reply:
    """Ids by kind; a kind without any is left out, and no match at all is an empty list, as PHP writes it."""
    values = as_list(call.get("values"))
    if str(call.get("type", "")).upper() != "PHONE" or not 0 < len(values) <= MOST_VALUES:
        raise RestError(400, "", "Communication type or values are not defined")
    wanted = {number for value in values if (number := e164(str(value)))}
    kinds: dict[str, list[Contact] | list[Company]] = {
        "CONTACT": list(call.portal.contacts.values()),
        "COMPANY": list(call.portal.companies.values()),
    }
    asked = str(call.get("entity_type") or "").upper()
    found = {
        kind: [record.id for record in records if wanted & {e164(phone) for phone in record.phones}]
        for kind, records in kinds.items()
        if asked in {"", kind}
    }
    return Reply({kind: ids for kind, ids in found.items() if ids} or [])


METHODS: dict[str, Method] = {
    "crm.deal.list": _list(DEAL),
    "crm.deal.get": _get(DEAL),
    "crm.deal.fields": deal_fields,
    "crm.deal.contact.items.get": deal_contacts,
    "crm.company.list": _list(COMPANY),
    "crm.company.get": _get(COMPANY),
    "crm.contact.list": _list(CONTACT),
    "crm.contact.get": _get(CONTACT),
    "crm.duplicate.findbycomm": find_by_communication,
}
