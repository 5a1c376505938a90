"""A bare caller of the portal twin for its tests: no retries, no throttle, what came is what is seen."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import requests

from houses.bitrix.twin import PortalTwin


def post(twin: PortalTwin, method: str, params: Any = None, **options: Any) -> requests.Response:
    return requests.post(twin.url + method, json=params or {}, timeout=options.pop("timeout", 10), **options)


def call(twin: PortalTwin, method: str, params: Any = None) -> Any:
    response = post(twin, method, params)
    assert response.status_code == 200, response.text
    return response.json()


def houses(twin: PortalTwin, **params: Any) -> Any:
    """A page of `crm.item.list` over funnel 34; `filter` adds conditions."""
    conditions = {"categoryId": 34, **params.pop("filter", {})}
    return call(twin, "crm.item.list", {"entityTypeId": 2, "filter": conditions, **params})


def ids(answer: Any) -> list[int]:
    return [item["id"] for item in answer["result"]["items"]]


def command(method: str, **params: Any) -> str:
    """A line of a batch; keys may carry brackets: `**{"filter[categoryId]": 34}`."""
    return f"{method}?{urlencode(params)}"


def page_command(start: int) -> str:
    return command("crm.item.list", entityTypeId=2, start=start, **{"filter[categoryId]": 34, "select[]": "id"})


def every_house(twin: PortalTwin, **params: Any) -> list[int]:
    """Ids by paging through `next`, as they came."""
    found, start = [], 0
    while True:
        answer = houses(twin, start=start, select=["id"], **params)
        found += ids(answer)
        if "next" not in answer:
            return found
        start = answer["next"]
