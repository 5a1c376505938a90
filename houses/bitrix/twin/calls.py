"""One call of one method, as its handler sees it, and what a handler answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from houses.bitrix.twin.faults import Fault, FaultKind, Faults
from houses.bitrix.twin.portal import Portal


@dataclass(frozen=True, slots=True)
class Reply:
    result: Any
    total: int | None = None
    next: int | None = None


@dataclass(slots=True)
class Exchange:
    """What the calls of one HTTP request share: the same list asked by page is filtered once; faults count once."""

    portal: Portal
    faults: Faults
    lists: dict[str, list[Any]] = field(default_factory=dict)
    shown: list[Fault] = field(default_factory=list)
    doubled_start: int | None = None  # the page where DUPLICATE_ROW showed

    def data_fault(self, kind: FaultKind, method: str) -> Fault | None:
        """A fault of the data that is due. It stays due for the rest of this request."""
        known = next((fault for fault in self.shown if fault.kind == kind), None)
        if known is not None and known.method in (None, method):
            return known
        fault = self.faults.peek(kind, method)
        if fault is not None:
            self.show(fault)
        return fault

    def show(self, fault: Fault) -> None:
        if fault not in self.shown:
            self.shown.append(fault)
            self.faults.used(fault)


@dataclass(slots=True)
class Call:
    """Parameters are looked up without regard to case, as the portal's older methods do."""

    method: str
    params: dict[str, Any]
    exchange: Exchange

    @property
    def portal(self) -> Portal:
        return self.exchange.portal

    def get(self, name: str, default: Any = None) -> Any:
        if name in self.params:
            return self.params[name]
        wanted = name.lower()
        return next((value for key, value in self.params.items() if key.lower() == wanted), default)

    def list_key(self) -> str:
        """Names the list this call asks for, whatever page of it."""
        parts = [self.get("entityTypeId"), self.get("filter"), self.get("order"), self.get("useOriginalUfNames")]
        return json.dumps([self.method, *parts], sort_keys=False, default=str)


Method = Callable[[Call], Reply]
