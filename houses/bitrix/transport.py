"""One HTTP exchange with the portal: deadlines on everything, and the webhook's address in nothing that leaves here."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
from requests.adapters import HTTPAdapter

from houses.bitrix.errors import PortalUnavailable, scrub

CONNECT_SECONDS = 5.0
SILENCE_SECONDS = 40.0
EXCHANGE_SECONDS = 65.0  # the cloud cuts a request off at 60 s
LARGEST_ANSWER_BYTES = 96 * 1024 * 1024
CHUNK_BYTES = 256 * 1024
USER_AGENT = "vasdom/1"


class _ScrubFilter(logging.Filter):
    """urllib3 writes the whole address, which is the password, at level DEBUG and in its warnings."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = scrub(record.getMessage()), ()
        return True


def _guard_loggers() -> None:
    for name in ("urllib3", "urllib3.connectionpool", "urllib3.connection", "urllib3.response", "urllib3.util.retry"):
        logger = logging.getLogger(name)
        if not any(isinstance(each, _ScrubFilter) for each in logger.filters):
            logger.addFilter(_ScrubFilter())


_guard_loggers()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the HTTP status and the whole body."""

    status: int
    body: bytes


class Transport:
    """A keep-alive session with one portal.

    Raises:
        PortalUnavailable: no complete answer in time. It carries no cause: the exceptions of requests and urllib3
            contain the address.
    """

    def __init__(self, *, loopback: bool = False) -> None:
        self._session = requests.Session()
        self._session.headers.update(
            {"Content-Type": "application/json", "Accept": "application/json", "User-Agent": USER_AGENT}
        )
        self._session.trust_env = not loopback
        for scheme in ("https://", "http://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=0, pool_maxsize=1))

    def close(self) -> None:
        self._session.close()

    def post(self, url: str, body: bytes, *, seconds: float) -> Reply:
        """Send and read to the end within `seconds`."""
        seconds = min(seconds, EXCHANGE_SECONDS)
        outcome = self._attempt(url, body, seconds)
        if isinstance(outcome, Reply):
            return outcome
        # Raised here, outside the handler, so that not even __context__ leads to the address.
        raise PortalUnavailable(outcome)

    def _attempt(self, url: str, body: bytes, seconds: float) -> Reply | str:
        deadline = time.monotonic() + seconds
        timeout = (min(CONNECT_SECONDS, seconds), min(SILENCE_SECONDS, seconds))
        try:
            with self._session.post(url, data=body, timeout=timeout, stream=True, allow_redirects=False) as response:
                return _read(response, deadline)
        except (requests.Timeout, urllib3.exceptions.TimeoutError, TimeoutError):
            return "Bitrix24 не ответил вовремя."
        except requests.exceptions.SSLError:
            return "Не удалось проверить сертификат Bitrix24."
        except (requests.ConnectionError, OSError):
            return "Нет связи с Bitrix24."
        except (requests.RequestException, urllib3.exceptions.HTTPError):
            return "Ответ Bitrix24 оборвался."


def _read(response: requests.Response, deadline: float) -> Reply | str:
    """The body piece by piece: a portal that drips bytes for ever must not hold the run."""
    pieces: list[bytes] = []
    size = 0
    raw: Any = response.raw
    while piece := raw.read1(CHUNK_BYTES, decode_content=True):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_ANSWER_BYTES:
            response.close()
            return "Bitrix24 прислал слишком большой ответ."
        if time.monotonic() > deadline:
            response.close()
            return "Bitrix24 отвечает слишком медленно."
    return Reply(response.status_code, b"".join(pieces))
