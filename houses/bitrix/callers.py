"""Asking the CRM whose number it is. Slow and limited, so only ever in the background."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from houses.bitrix.client import BitrixClient
from houses.bitrix.people import read_contact
from houses.bitrix.values import identifier
from houses.contacts import Found

DEADLINE_SECONDS = 20.0
DEAL, CONTACT, COMPANY = 2, 3, 4


def look_up(number: str, client: BitrixClient | None = None) -> Found:
    """What the portal knows of a number in E.164: the contact with their houses, else the company.

    https://apidocs.bitrix24.com/api-reference/crm/duplicates/crm-duplicate-find-by-comm.html

    Raises:
        BitrixError: the portal is away, overloaded or not connected.
    """
    client = client or BitrixClient.from_settings(deadline_seconds=DEADLINE_SECONDS)
    try:
        matches = _ids(client.call("crm.duplicate.findbycomm", {"type": "PHONE", "values": [number]}).result)
        if contacts := matches.get("CONTACT"):
            return _person(client, contacts[0])
        companies = matches.get("COMPANY")
        return Found(company_id=companies[0]) if companies else Found()
    finally:
        client.close()


def _person(client: BitrixClient, contact_id: int) -> Found:
    card = client.call("crm.item.get", {"entityTypeId": CONTACT, "id": contact_id}).result
    contact = read_contact(card.get("item") if isinstance(card, dict) else None)
    conditions = {"categoryId": settings.BITRIX24_CATEGORY_ID, "contactId": contact_id}
    parameters = {"entityTypeId": DEAL, "filter": conditions, "select": ["id"]}
    deals = client.call("crm.item.list", parameters).result
    items = deals.get("items") if isinstance(deals, dict) else None
    houses = tuple(found for item in items or () if (found := identifier(item.get("id"))) is not None)
    name = " ".join(filter(None, (contact.last_name, contact.name, contact.second_name))) if contact else ""
    return Found(name, houses, is_person=True)


def _ids(result: Any) -> dict[str, list[int]]:
    """The ids by kind; an empty answer is a list in place of a map."""
    if not isinstance(result, dict):
        return {}
    return {kind: [found for each in ids if (found := identifier(each)) is not None] for kind, ids in result.items()}
