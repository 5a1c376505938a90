"""From a request to an answer: limits, faults, methods, batches and the `time` block."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from houses.bitrix.twin import catalog_methods, item_methods, old_methods
from houses.bitrix.twin.batch import Command, run_batch
from houses.bitrix.twin.calls import Call, Exchange, Method, Reply
from houses.bitrix.twin.errors import RestError, method_not_found
from houses.bitrix.twin.faults import Fault, Faults
from houses.bitrix.twin.limits import OperatingBudget, RequestBucket
from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.records import PORTAL_ZONE
from houses.bitrix.twin.values import as_map

METHODS: dict[str, Method] = {
    **item_methods.METHODS,
    **old_methods.METHODS,
    **catalog_methods.METHODS,
    "methods": lambda call: Reply(sorted([*METHODS, "batch"])),
}

Answer = tuple[int, dict[str, Any]]  # HTTP status, body


@dataclass(slots=True)
class Dispatcher:
    portal: Portal
    faults: Faults
    bucket: RequestBucket | None = None  # None: no limits
    operating: OperatingBudget = field(default_factory=OperatingBudget)

    def answer(self, method: str, params: dict[str, Any], fault: Fault | None = None) -> Answer:
        """Never raises RestError: an error is an answer too. `fault` is one of ERROR_KINDS."""
        started = time.time()
        try:
            if fault is not None:
                raise fault.error(started)
            if self.bucket is not None:
                self.bucket.take()
            with self.portal.lock:
                exchange = Exchange(self.portal, self.faults)
                if method == "batch":
                    reply, timing = self._batch(params, exchange, started), time_block(started)
                else:
                    reply, timing = self._one(method, params, exchange)
        except RestError as error:
            reset = {} if error.reset_at is None else {"time": time_block(started, 0.0, error.reset_at)}
            return error.status, {**error.body(), **reset}
        body: dict[str, Any] = {"result": reply.result}
        if reply.next is not None:
            body["next"] = reply.next
        if reply.total is not None:
            body["total"] = reply.total
        return 200, {**body, "time": timing}

    def _one(self, method: str, params: dict[str, Any], exchange: Exchange) -> tuple[Reply, dict[str, Any]]:
        handler = METHODS.get(method)
        if handler is None:
            raise method_not_found()
        if self.bucket is not None:
            self.operating.check(method)
        started = time.time()
        reply = handler(Call(method, params, exchange))
        used, reset_at = self.operating.charge(method, time.time() - started)
        return reply, time_block(started, used, reset_at)

    def _batch(self, params: dict[str, Any], exchange: Exchange, now: float) -> Reply:
        partial = self.faults.partial_batch()
        keys = list(as_map(params.get("cmd")))
        failing = set(keys[-int(partial.value or 1) :]) if partial is not None else set()

        def run(command: Command, own: dict[str, Any]) -> tuple[Reply, dict[str, Any]]:
            if partial is not None and command.key in failing:
                raise RestError(200, partial.code, "The command of the batch failed")
            fault = self.faults.for_command(command.method)
            if fault is not None:
                raise fault.error(now)
            return self._one(command.method, own, exchange)

        return run_batch(params, run)


def time_block(started: float, operating: float = 0.0, reset_at: int | None = None) -> dict[str, Any]:
    finish = time.time()
    return {
        "start": started,
        "finish": finish,
        "duration": finish - started,
        "processing": finish - started,
        "date_start": datetime.fromtimestamp(started, PORTAL_ZONE).isoformat(timespec="seconds"),
        "date_finish": datetime.fromtimestamp(finish, PORTAL_ZONE).isoformat(timespec="seconds"),
        "operating_reset_at": reset_at if reset_at is not None else int(finish) + 600,
        "operating": operating,
    }
