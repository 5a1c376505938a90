"""A stand-in for the company's Bitrix24 portal: a local server with its REST protocol, limits and faults.

    with PortalTwin(houses=490, limits=False) as twin:
        requests.post(twin.url + "crm.item.list", json={"entityTypeId": 2, "filter": {"categoryId": 34}})

`twin.portal` is the data (mutable, with mutators that bump `updatedTime`), `twin.faults` what goes wrong, and
`twin.requests` / `twin.http_requests` what was asked. No Django inside.
"""

from houses.bitrix.twin.faults import FaultKind, Faults
from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.server import PortalTwin

__all__ = ["FaultKind", "Faults", "Portal", "PortalTwin"]
