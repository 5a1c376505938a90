"""Lists of CRM records, page by page, with the data faults that spoil them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any

from houses.bitrix.twin.calls import Call
from houses.bitrix.twin.entities import DEAL, Entity
from houses.bitrix.twin.faults import FaultKind
from houses.bitrix.twin.query import PAGE_SIZE, Column, compile_filter, first_rows, page_of, sort_records
from houses.bitrix.twin.values import as_int, as_map


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Any]
    next: int | None
    total: int | None


def list_page(call: Call, entity: Entity, columns: dict[str, Column], *, strict: bool) -> Page:
    """The page the call asks for; `strict` refuses unknown fields as `crm.item.list` does."""
    if as_int(call.get("start"), 0) == -1 and _by_id(call):
        return _uncounted_page(call, entity, columns, strict=strict)
    key = call.list_key()
    rows = call.exchange.lists.get(key)
    if rows is None:
        rows = call.exchange.lists[key] = _all_rows(call, entity, columns, strict=strict)
    if entity is DEAL:
        return _spoiled_page(call, rows)
    return Page(*page_of(rows, call.get("start")))


def _all_rows(call: Call, entity: Entity, columns: dict[str, Column], *, strict: bool) -> list[Any]:
    test = compile_filter(call.get("filter"), columns.get, strict=strict)
    records = entity.records(call.portal)
    rows = [record for _, record in sorted(records.items()) if test(record)]
    return sort_records(rows, call.get("order"), columns.get, strict=strict)


def _by_id(call: Call) -> bool:
    order = {name.lower(): str(direction).upper() for name, direction in as_map(call.get("order")).items()}
    return order in ({}, {"id": "ASC"})


def _uncounted_page(call: Call, entity: Entity, columns: dict[str, Column], *, strict: bool) -> Page:
    """`start=-1`: from the first id after the filter's bound, no further than a page."""
    conditions = as_map(call.get("filter"))
    test = compile_filter(conditions, columns.get, strict=strict)
    after = max((as_int(conditions.get(name), 0) or 0 for name in (">id", ">ID")), default=0)
    records = entity.records(call.portal)
    ids = sorted(records)
    rows = first_rows((records[number] for number in ids[bisect_right(ids, after) :]), test)
    if entity is DEAL and call.exchange.data_fault(FaultKind.EMPTY, call.method):
        rows = []
    return Page(rows, None, None)


def _spoiled_page(call: Call, rows: list[Any]) -> Page:
    exchange, start = call.exchange, as_int(call.get("start"), 0) or 0
    if exchange.data_fault(FaultKind.EMPTY, call.method):
        rows = []
    shrink = exchange.data_fault(FaultKind.SHRINK, call.method)
    if shrink is not None:
        percent = 50.0 if shrink.value is None else shrink.value
        rows = rows[: round(len(rows) * (100 - percent) / 100)]
    page, following, total = page_of(rows, start)
    if start >= PAGE_SIZE and page:
        # A row came in before this page while paging went on: the last row of the page before is seen again, and the
        # last row of this one slips between two answers.
        doubled = exchange.data_fault(FaultKind.DUPLICATE_ROW, call.method)
        if doubled is not None and exchange.doubled_start in (None, start):
            exchange.doubled_start = start
            page = rows[start - 1 : start - 1 + len(page)]
    if total is not None:
        wrong = exchange.data_fault(FaultKind.WRONG_TOTAL, call.method)
        if wrong is not None:
            total += 7 if wrong.value is None else int(wrong.value)
    return Page(page, following, total)
