"""What goes wrong on demand: scripted by tests and by `manage.py bitrix_twin --fault`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from houses.bitrix.twin import errors
from houses.bitrix.twin.errors import RestError


class FaultKind(StrEnum):
    QUERY_LIMIT = "query_limit"  # 503 QUERY_LIMIT_EXCEEDED
    OVERLOAD = "overload"  # 503 OVERLOAD_LIMIT
    OPERATION_LIMIT = "operation_limit"  # 429 OPERATION_TIME_LIMIT; value: seconds until the reset (600)
    AUTH = "auth"  # value 401 (default): expired_token; 403: insufficient_scope
    SERVER_ERROR = "server_error"  # 500 INTERNAL_SERVER_ERROR
    HTML = "html"  # 200 with a page instead of JSON
    HALF = "half"  # 200 with JSON cut in the middle, Content-Length as of the half
    HANG = "hang"  # no answer for `value` seconds (60), then the connection is closed
    SLOW = "slow"  # a right answer, `value` seconds late (1)
    RESET = "reset"  # the connection is reset without an answer
    BATCH_PARTIAL = "batch_partial"  # the last `value` (1) commands of a batch fail with `code`
    WRONG_TOTAL = "wrong_total"  # `total` of deal lists is off by `value` (7)
    DUPLICATE_ROW = "duplicate_row"  # data shifts during paging: one deal comes twice, another not at all
    SHRINK = "shrink"  # deal lists lack `value` per cent (50) of the deals
    EMPTY = "empty"  # deal lists are empty, total 0


# These spoil the data of an answer, the others the answer itself.
DATA_KINDS = {FaultKind.WRONG_TOTAL, FaultKind.DUPLICATE_ROW, FaultKind.SHRINK, FaultKind.EMPTY}
ERROR_KINDS = {
    FaultKind.QUERY_LIMIT,
    FaultKind.OVERLOAD,
    FaultKind.OPERATION_LIMIT,
    FaultKind.AUTH,
    FaultKind.SERVER_ERROR,
}


@dataclass(slots=True, eq=False)
class Fault:
    kind: FaultKind
    method: str | None = None  # None: any method
    value: float | None = None
    code: str = "INTERNAL_SERVER_ERROR"
    remaining: int | None = None  # None: until cleared

    def error(self, now: float) -> RestError:
        """The REST error of a fault of ERROR_KINDS."""
        match self.kind:
            case FaultKind.QUERY_LIMIT:
                return errors.query_limit()
            case FaultKind.OVERLOAD:
                return errors.overload()
            case FaultKind.OPERATION_LIMIT:
                return errors.operation_limit(int(now + (self.value if self.value is not None else 600)))
            case FaultKind.AUTH if self.value == 403:
                return RestError(403, "insufficient_scope", "The request requires higher privileges than provided")
            case FaultKind.AUTH:
                return RestError(401, "expired_token", "The access token provided has expired")
            case _:
                return errors.server_error()


class Faults:
    """A thread-safe list of faults; the first that fits a request acts.

    `times` counts HTTP requests in which the fault showed. A fault for a method acts on HTTP requests of it and, for
    error kinds, on the commands of a batch; one without a method acts on whole HTTP requests.
    """

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def next_n(
        self,
        times: int,
        kind: FaultKind | str,
        value: float | None = None,
        *,
        method: str | None = None,
        code: str = "INTERNAL_SERVER_ERROR",
    ) -> None:
        self._add(Fault(FaultKind(kind), method, value, code, times))

    def always(
        self,
        kind: FaultKind | str,
        value: float | None = None,
        *,
        method: str | None = None,
        code: str = "INTERNAL_SERVER_ERROR",
    ) -> None:
        self._add(Fault(FaultKind(kind), method, value, code, None))

    def shrink(self, percent: float) -> None:
        """From now on deal lists lack this share of the deals."""
        self.always(FaultKind.SHRINK, percent)

    def clear(self, kind: FaultKind | str | None = None) -> None:
        with self._lock:
            self._faults = [] if kind is None else [fault for fault in self._faults if fault.kind != FaultKind(kind)]

    def script(self, text: str) -> None:
        """Adds a fault written as `kind[=value][:times][@method]`, e.g. `slow=0.5`, `query_limit:3@batch`.

        Raises ValueError for anything else.
        """
        text, _, method = text.partition("@")
        text, _, times = text.partition(":")
        kind, _, value = text.partition("=")
        number = float(value) if value else None
        if times:
            self.next_n(int(times), kind, number, method=method or None)
        else:
            self.always(kind, number, method=method or None)

    def waiting(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def for_request(self, method: str) -> Fault | None:
        """The fault that spoils this HTTP request as a whole, counted as used."""
        kinds = set(FaultKind) - DATA_KINDS - {FaultKind.BATCH_PARTIAL}
        return self._take(kinds, lambda fault: fault.method in (None, method))

    def for_command(self, method: str) -> Fault | None:
        """The error fault that spoils one command of a batch, counted as used."""
        return self._take(ERROR_KINDS, lambda fault: fault.method == method)

    def partial_batch(self) -> Fault | None:
        return self._take({FaultKind.BATCH_PARTIAL}, lambda fault: True)

    def peek(self, kind: FaultKind, method: str) -> Fault | None:
        """A data fault that is due for a list call; the caller says `used` once per HTTP request where it showed."""
        with self._lock:
            return next((f for f in self._faults if f.kind == kind and f.method in (None, method)), None)

    def used(self, fault: Fault) -> None:
        with self._lock:
            self._count(fault)

    def _add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def _take(self, kinds: set[FaultKind], fits: Callable[[Fault], bool]) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.kind in kinds and fits(fault):
                    self._count(fault)
                    return fault
        return None

    def _count(self, fault: Fault) -> None:
        if fault.remaining is None or fault not in self._faults:
            return
        fault.remaining -= 1
        if fault.remaining <= 0:
            self._faults = [other for other in self._faults if other is not fault]
