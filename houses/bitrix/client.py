"""The thin client of the Bitrix24 REST API: reads only, through an incoming webhook.

One HTTP request carries up to 50 commands (`batch`); each command's error is classified like an error of its own. What
happens after an error depends on its code, see `houses.bitrix.errors` and
https://apidocs.bitrix24.com/limits.html
"""

from __future__ import annotations

import ipaddress
import json
import logging
import random
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard
from urllib.parse import quote_plus, urlsplit

from django.conf import settings

from houses.bitrix.errors import (
    AccessRefused,
    BitrixError,
    MethodParked,
    NotConfigured,
    OutOfTime,
    PortalOverloaded,
    PortalUnavailable,
    TooManyRequests,
    from_code,
)
from houses.bitrix.throttle import MethodLoad, Throttle
from houses.bitrix.transport import Transport

logger = logging.getLogger(__name__)

PAGE_ROWS = 50
BATCH_COMMANDS = 50
QUERY_LIMIT_TRIES = 5
FAILURE_TRIES = 3
FIRST_PAUSE_SECONDS = 1.0  # doubles with every failure, less up to a half at random
LONGEST_PAUSE_SECONDS = 16.0
DEFAULT_DEADLINE_SECONDS = 300.0
_WEBHOOK_PATH = re.compile(r"^(/rest/\d+/[^/]+)(?:/.*)?$")
# Refusals of the whole webhook, against which a second value (set while the webhook is being changed) may help.
_WEBHOOK_CODES = frozenset(
    {"NO_AUTH_FOUND", "EXPIRED_TOKEN", "INVALID_TOKEN", "INVALID_CREDENTIALS", "USER_ACCESS_ERROR"}
)


@dataclass(frozen=True, slots=True)
class Command:
    """One method call; `params` is a tree of dicts, lists and scalars as the REST documentation writes it."""

    method: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: the result, how many rows there are in all, and where the next page starts."""

    result: Any
    total: int | None = None
    next: int | None = None


Outcome = Answer | BitrixError


@dataclass(frozen=True, slots=True, repr=False)
class Webhook:
    """A checked webhook address. Its repr and str show the portal only."""

    url: str
    portal: str
    loopback: bool

    def __repr__(self) -> str:
        return f"Webhook({self.portal})"

    @classmethod
    def parse(cls, value: str) -> Webhook:
        """Take what a person pasted, with or without a method at the end.

        Raises:
            NotConfigured: it is not an incoming webhook, or is not protected by https.
        """
        parts = urlsplit(value.strip())
        path = _WEBHOOK_PATH.match(parts.path)
        host = parts.hostname or ""
        if path is None or parts.scheme not in {"http", "https"} or not host:
            raise NotConfigured("BITRIX24_WEBHOOK_URL: ожидается адрес вида https://портал.bitrix24.ru/rest/1/код/.")
        loopback = _is_loopback(host)
        if parts.scheme == "http" and not loopback:
            raise NotConfigured("BITRIX24_WEBHOOK_URL: адрес портала должен начинаться с https://.")
        return cls(f"{parts.scheme}://{parts.netloc}{path.group(1)}/", host, loopback)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class BitrixClient:
    """Talks to one portal on behalf of one run.

    Args:
        webhook_url: one address, or two separated by a comma while the webhook is being changed.
        deadline_seconds: for all requests of this client together.
        by_hand: a person asked for this run, so it may pass an open circuit once; success closes the circuit.
    """

    def __init__(
        self,
        webhook_url: str,
        *,
        deadline_seconds: float = DEFAULT_DEADLINE_SECONDS,
        by_hand: bool = False,
    ) -> None:
        self._webhooks = [Webhook.parse(value) for value in webhook_url.split(",") if value.strip()]
        if not self._webhooks:
            raise NotConfigured("Bitrix24 не подключён: задайте BITRIX24_WEBHOOK_URL.")
        self._deadline = time.monotonic() + deadline_seconds
        self._passes = 1 if by_hand else 0
        self.requests = 0
        self._use(self._webhooks.pop(0))

    @classmethod
    def from_settings(cls, **options: Any) -> BitrixClient:
        """The client of the configured portal.

        Raises:
            NotConfigured: BITRIX24_WEBHOOK_URL is empty or is no webhook.
        """
        return cls(settings.BITRIX24_WEBHOOK_URL, **options)

    def __repr__(self) -> str:
        return f"BitrixClient({self.portal})"

    def close(self) -> None:
        self._transport.close()

    def seconds_left(self) -> float:
        return self._deadline - time.monotonic()

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Answer:
        """Call one method.

        Raises:
            BitrixError: see the subclasses; retries, where they make sense, have been made.
        """
        payload = self._exchange(method, dict(params or {}), methods=(method,))
        if "result" not in payload:
            raise PortalUnavailable(f"Bitrix24 ответил на {method} без результата.")
        self.throttle.note_load(_loads({method: payload.get("time")}))
        return Answer(payload["result"], _integer(payload.get("total")), _integer(payload.get("next")))

    def batch(self, commands: Mapping[str, Command]) -> dict[str, Outcome]:
        """Send up to 50 commands in one request; each key gets its answer or its own error.

        Commands whose method is parked are not sent.

        Raises:
            BitrixError: the request as a whole failed.
        """
        if len(commands) > BATCH_COMMANDS:
            raise ValueError(f"a batch holds {BATCH_COMMANDS} commands, not {len(commands)}")
        parked = self.throttle.parked_until(*(command.method for command in commands.values()))
        outcomes: dict[str, Outcome] = {
            key: MethodParked(command.method, parked[command.method])
            for key, command in commands.items()
            if command.method in parked
        }
        sent = {key: command for key, command in commands.items() if key not in outcomes}
        if sent:
            lines = {key: f"{command.method}?{php_query(command.params)}" for key, command in sent.items()}
            payload = self._exchange("batch", {"halt": 0, "cmd": lines}, methods=())
            outcomes |= self._read_batch(payload, sent)
        return {key: outcomes[key] for key in commands}

    def fetch(self, commands: Mapping[str, Command], *, size: int = BATCH_COMMANDS) -> Iterator[tuple[str, Outcome]]:
        """Any number of commands in batches of `size`; each key comes once, with its final outcome.

        Commands that failed for a passing reason are sent again with the next batch.

        Raises:
            BitrixError: a whole request failed, or the portal stopped us altogether.
        """
        pending = dict(commands)
        failures = 0
        while pending:
            answered = self.batch({key: pending[key] for key in list(pending)[:size]})
            failed = [outcome for outcome in answered.values() if is_retryable(outcome)]
            failures = failures + 1 if failed else 0
            pause = self._pause_after(failed[0], failures) if failed else 0.0
            for key in list(answered):
                outcome = answered.pop(key)  # a big answer must not be kept while the next one is read
                if pause is None or not is_retryable(outcome):
                    del pending[key]
                    yield key, outcome
            if pause:
                time.sleep(pause)

    # -- one request and what follows from its outcome

    def _use(self, webhook: Webhook) -> None:
        self._webhook = webhook
        self.portal = webhook.portal
        self.throttle = Throttle(webhook.url)
        self._transport = Transport(loopback=webhook.loopback)

    def _exchange(self, method: str, params: dict[str, Any], *, methods: Sequence[str]) -> dict[str, Any]:
        body = json.dumps(params, ensure_ascii=False, separators=(",", ":")).encode()
        failures = 0
        while True:
            passed = self._wait_for_turn(methods)
            try:
                payload = self._once(method, body)
            except BitrixError as error:
                if isinstance(error, AccessRefused) and self._try_next_webhook(error):
                    continue
                failures += 1
                self._take_measures(error, method)
                pause = self._pause_after(error, failures)
                if pause is None:
                    raise
                logger.info("Bitrix24 %s: %s, retry %d in %.1f s", method, error.code, failures, pause)
            else:
                if passed:
                    self.throttle.close_circuit()
                return payload
            time.sleep(pause)

    def _wait_for_turn(self, methods: Iterable[str]) -> bool:
        """Wait until the shared limits let us send; true when an open circuit was passed."""
        passed = False
        if until := self.throttle.circuit_open_until():
            if not self._passes:
                raise PortalOverloaded(until)
            self._passes -= 1
            passed = True
        if names := tuple(methods):
            for method, until in self.throttle.parked_until(*names).items():
                raise MethodParked(method, until)
        wait = self.throttle.take(self.seconds_left())
        if wait is None or self.seconds_left() <= 0:
            raise OutOfTime("Синхронизация не уложилась в отведённое время.")
        time.sleep(wait)
        return passed

    def _once(self, method: str, body: bytes) -> dict[str, Any]:
        self.requests += 1
        reply = self._transport.post(self._webhook.url + method, body, seconds=max(1.0, self.seconds_left()))
        payload = _decode(reply.body)
        if payload is None:
            raise _unreadable(reply.status)
        if error := payload.get("error"):
            code, description = _error_parts(error, payload.get("error_description"))
            self.throttle.note_load(_loads({method: payload.get("time")}))
            raise from_code(code, description, status=reply.status, method="" if method == "batch" else method)
        if reply.status >= 300:
            raise from_code(str(payload.get("error", "")), "", status=reply.status, method=method)
        return payload

    def _try_next_webhook(self, error: AccessRefused) -> bool:
        if not self._webhooks or error.portal_code not in _WEBHOOK_CODES:
            return False
        logger.warning("Bitrix24 refused the first webhook (%s); using the next", error.portal_code)
        self.close()
        self._use(self._webhooks.pop(0))
        return True

    def _take_measures(self, error: BitrixError, method: str) -> None:
        """What all processes must know: a full bucket, an open circuit, a parked method."""
        if isinstance(error, TooManyRequests):
            self.throttle.empty_bucket()
        elif isinstance(error, PortalOverloaded):
            raise PortalOverloaded(self.throttle.open_circuit())
        elif isinstance(error, MethodParked):
            raise MethodParked(method, self.throttle.park(method, self.throttle.reset_of(method)))

    def _pause_after(self, error: BitrixError, failures: int) -> float | None:
        """Seconds to wait before trying again; None when it should not be tried again."""
        tries = QUERY_LIMIT_TRIES if isinstance(error, TooManyRequests) else FAILURE_TRIES
        if not error.retryable or failures >= tries:
            return None
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2 ** (failures - 1)) * random.uniform(0.5, 1.0)
        return pause if pause < self.seconds_left() else None

    def _read_batch(self, payload: dict[str, Any], commands: Mapping[str, Command]) -> dict[str, Outcome]:
        parts = payload.get("result")
        if not isinstance(parts, dict):
            raise PortalUnavailable("Bitrix24 ответил на пакет запросов без результата.")
        results, errors, totals, nexts, times = (
            # PHP writes an empty map as an empty list
            part if isinstance(part := parts.get(name), dict) else {}
            for name in ("result", "result_error", "result_total", "result_next", "result_time")
        )
        self.throttle.note_load(_loads({commands[key].method: times.get(key) for key in commands}))
        outcomes: dict[str, Outcome] = {}
        for key, command in commands.items():
            if key in errors:
                outcomes[key] = self._nested_error(errors[key], command.method)
            elif key in results:
                outcomes[key] = Answer(results[key], _integer(totals.get(key)), _integer(nexts.get(key)))
            else:
                outcomes[key] = PortalUnavailable("Bitrix24 прислал не весь пакет ответов.")
        return outcomes

    def _nested_error(self, raw: object, method: str) -> BitrixError:
        code, description = _error_parts(raw, None)
        error = from_code(code, description, method=method)
        try:
            self._take_measures(error, method)
        except MethodParked as parked:
            return parked
        return error


def is_retryable(outcome: Outcome) -> TypeGuard[BitrixError]:
    return isinstance(outcome, BitrixError) and outcome.retryable


def php_query(params: Mapping[str, Any]) -> str:
    """The tree as PHP reads a query string: `filter[categoryId]=34&select[0]=id`."""
    return "&".join(f"{name}={quote_plus(value, safe='[]')}" for name, value in _leaves("", params))


def _leaves(prefix: str, node: Any) -> Iterable[tuple[str, str]]:
    if isinstance(node, Mapping):
        children: Iterable[tuple[Any, Any]] = node.items()
    elif isinstance(node, (list, tuple)):
        children = enumerate(node)
    else:
        yield prefix, {True: "Y", False: "N"}.get(node, str(node)) if isinstance(node, bool) else str(node)
        return
    for key, child in children:
        name = quote_plus(str(key))
        yield from _leaves(f"{prefix}[{name}]" if prefix else name, child)


def _decode(body: bytes) -> dict[str, Any] | None:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return payload if isinstance(payload, dict) else None


def _unreadable(status: int) -> BitrixError:
    if 300 <= status < 400:
        return NotConfigured("Bitrix24 перенаправляет на другой адрес: проверьте адрес портала в BITRIX24_WEBHOOK_URL.")
    if status in {401, 403, 404}:
        return from_code("", "", status=403 if status == 404 else status)
    return PortalUnavailable(f"Bitrix24 прислал нечитаемый ответ (код {status}).")


def _error_parts(error: object, description: object) -> tuple[str, str]:
    """Code and text of an error in any of the portal's shapes: a word, or {"error": …}, or {"code": …}."""
    if isinstance(error, dict):
        code = error.get("error") or error.get("code") or ""
        return str(code), str(error.get("error_description") or error.get("message") or "")
    return str(error), str(description or "")


def _integer(value: object) -> int | None:
    try:
        return int(value) if isinstance(value, (int, str)) else None
    except ValueError:
        return None


def _loads(times: Mapping[str, object]) -> dict[str, MethodLoad]:
    loads = {}
    for method, spent in times.items():
        if not isinstance(spent, dict):
            continue
        try:
            seconds, reset = float(spent.get("operating") or 0), float(spent.get("operating_reset_at") or 0)
        except (TypeError, ValueError):
            continue
        loads[method] = MethodLoad(seconds, datetime.fromtimestamp(reset, UTC) if reset > 0 else None)
    return loads
