"""The twin's HTTP server and its switchboard `PortalTwin`."""

from __future__ import annotations

import json
import logging
import os
import socket
import struct
import threading
import time
from dataclasses import dataclass
from datetime import date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import unquote, urlsplit

from houses.bitrix.twin import errors
from houses.bitrix.twin.batch import Command, parse_commands
from houses.bitrix.twin.cards import deal_page
from houses.bitrix.twin.dispatch import Answer, Dispatcher, time_block
from houses.bitrix.twin.errors import RestError
from houses.bitrix.twin.events import EventSender
from houses.bitrix.twin.faults import ERROR_KINDS, Fault, FaultKind, Faults
from houses.bitrix.twin.limits import OperatingBudget, RequestBucket
from houses.bitrix.twin.portal import Portal
from houses.bitrix.twin.records import PORTAL_ZONE
from houses.bitrix.twin.seed import seed_portal
from houses.bitrix.twin.values import parse_form

logger = logging.getLogger(__name__)

USER_ID, CODE = "1", "twin"
HTML_PAGE = "<!DOCTYPE html><html><head><title>Портал временно недоступен</title></head><body>502</body></html>"


@dataclass(frozen=True, slots=True)
class LoggedRequest:
    """One HTTP request as it came; `commands` are those of a batch, `at` is epoch seconds."""

    method: str
    params: dict[str, Any]
    at: float
    commands: tuple[Command, ...] = ()
    status: int = 0


class PortalTwin:
    """A portal on loopback. `url` is the incoming webhook's address, with the slash at its end.

    `today` rules which months have schedules (the previous, this and the next); default: today in Moscow.
    """

    def __init__(
        self,
        houses: int = 490,
        port: int = 0,
        limits: bool = True,
        seed: int = 1,
        today: date | None = None,
        host: str = "127.0.0.1",
    ) -> None:
        self.portal: Portal = seed_portal(houses, seed, today or datetime.now(PORTAL_ZONE).date())
        self.faults = Faults()
        self.operating = OperatingBudget()
        self.events = EventSender(seed)
        self.requests: list[LoggedRequest] = []
        self.stopping = threading.Event()
        bucket = RequestBucket() if limits else None
        self.dispatcher = Dispatcher(self.portal, self.faults, bucket, self.operating)
        self._address = (host, port)
        self._server: _Server | None = None
        self._lock = threading.Lock()

    def start(self) -> PortalTwin:
        """Raises OSError when the port is taken."""
        self.stopping.clear()
        self._server = _Server(self._address, self)
        self._address = self._server.server_address[:2]  # type: ignore[assignment]
        threading.Thread(target=self._server.serve_forever, args=(0.05,), name="portal-twin", daemon=True).start()
        return self

    def stop(self) -> None:
        """Ends hanging answers too. A stopped twin starts again on the same port."""
        self.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def __enter__(self) -> PortalTwin:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        host, port = self._address
        return f"http://{host}:{port}/rest/{USER_ID}/{CODE}/"

    @property
    def http_requests(self) -> int:
        return len(self.requests)

    def forget_requests(self) -> None:
        with self._lock:
            self.requests.clear()

    def log(self, request: LoggedRequest) -> None:
        with self._lock:
            self.requests.append(request)

    def send_event(self, url: str, event: str, deal_id: int, token: str, times: int = 1) -> list[int]:
        """Posts an outgoing-webhook event as the portal does; see EventSender.send."""
        return self.events.send(url, event, deal_id, token, times=times)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], twin: PortalTwin) -> None:
        self.twin = twin
        self._open: set[socket.socket] = set()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def server_close(self) -> None:
        """Also ends kept-alive connections, so that a stopped portal is unreachable for everyone."""
        super().server_close()
        for connection in list(self._open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                logger.debug("connection was closed already")

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.debug("a client went away", exc_info=True)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server_version = "PortalTwin"
    server: _Server

    def do_GET(self) -> None:
        page = deal_page(self.server.twin.portal, urlsplit(self.path).path)
        if page is not None:
            self._write(200, page.encode(), "text/html; charset=utf-8")
            return
        self._serve(parse_form(urlsplit(self.path).query))

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        try:
            params = self._params(body)
        except ValueError:
            self._send(400, {"error": "INVALID_REQUEST", "error_description": "Invalid JSON"})
            return
        self._serve(parse_form(urlsplit(self.path).query) | params)

    def _params(self, body: str) -> dict[str, Any]:
        if "json" not in self.headers.get("Content-Type", ""):
            return parse_form(body)
        params = json.loads(body) if body.strip() else {}
        return params if isinstance(params, dict) else {}

    def _serve(self, params: dict[str, Any]) -> None:
        twin, at = self.server.twin, time.time()
        code, method = self._target()
        fault = twin.faults.for_request(method)
        status, body = self._answer(code, method, params, fault)
        twin.log(LoggedRequest(method, params, at, _commands(method, params), status))
        if fault is None or fault.kind in ERROR_KINDS:
            self._send(status, body)
        else:
            self._spoil(fault, status, body)

    def _target(self) -> tuple[str | None, str]:
        """(webhook code or None, method) of `/rest/1/twin/METHOD[.json]`."""
        parts = [unquote(part) for part in urlsplit(self.path).path.strip("/").split("/")]
        method = parts[-1].removesuffix(".json")
        if len(parts) == 4 and parts[0] == "rest":
            return (parts[2] if parts[1] == USER_ID else "", method)
        return None, method

    def _answer(self, code: str | None, method: str, params: dict[str, Any], fault: Fault | None) -> Answer:
        if code != CODE:
            error: RestError = errors.no_auth() if code is None else errors.wrong_code()
            return error.status, {**error.body(), "time": time_block(time.time())}
        return self.server.twin.dispatcher.answer(
            method, params, fault if fault is not None and fault.kind in ERROR_KINDS else None
        )

    def _spoil(self, fault: Fault, status: int, body: dict[str, Any]) -> None:
        twin = self.server.twin
        match fault.kind:
            case FaultKind.HTML:
                self._write(200, HTML_PAGE.encode(), "text/html; charset=utf-8")
            case FaultKind.HALF:
                text = json.dumps(body).encode()
                self._write(status, text[: len(text) // 2], "application/json; charset=utf-8")
            case FaultKind.HANG:
                twin.stopping.wait(60.0 if fault.value is None else fault.value)
                self.close_connection = True
            case FaultKind.RESET:
                # Linger of zero seconds: closing sends RST, the client sees «connection reset by peer».
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                os.close(self.connection.detach())
                self.close_connection = True
            case _:
                twin.stopping.wait(1.0 if fault.value is None else fault.value)
                self._send(status, body)

    def _send(self, status: int, body: dict[str, Any]) -> None:
        self._write(status, json.dumps(body).encode(), "application/json; charset=utf-8")

    def _write(self, status: int, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        logger.debug(format, *args)


def _commands(method: str, params: dict[str, Any]) -> tuple[Command, ...]:
    if method != "batch":
        return ()
    try:
        return tuple(parse_commands(params))
    except RestError:
        return ()
