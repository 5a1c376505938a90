"""Outgoing-webhook events: one POST each, no retry, and some are lost or come twice.

https://apidocs.bitrix24.com/api-reference/events/index.html
"""

from __future__ import annotations

import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from urllib.parse import urlencode

TIMEOUT_SECONDS = 5.0


class EventSender:
    """`lost_share` and `doubled_share` (0…1) of the events are never sent or are sent twice; decided by the seed."""

    def __init__(self, seed: int, lost_share: float = 0.0, doubled_share: float = 0.0) -> None:
        self.lost_share = lost_share
        self.doubled_share = doubled_share
        self.domain = "example.bitrix24.ru"
        self._random = random.Random(seed)

    def send(self, url: str, event: str, deal_id: int, token: str, *, times: int = 1) -> list[int]:
        """Posts one event (`ONCRMDEALUPDATE`, …) `times` times with the same body.

        Returns the HTTP statuses, 0 where nobody answered; empty when the event was lost.
        """
        if self._random.random() < self.lost_share:
            return []
        if self._random.random() < self.doubled_share:
            times *= 2
        body = event_body(event, deal_id, token, self.domain)
        return [_post(url, body) for _ in range(times)]

    def send_many(self, url: str, event: str, deal_ids: Iterable[int], token: str) -> list[int]:
        """One event a deal, as a mass edit in the portal sends them."""
        return [status for deal_id in deal_ids for status in self.send(url, event, deal_id, token)]


def event_body(event: str, deal_id: int, token: str, domain: str = "example.bitrix24.ru") -> bytes:
    fields = {
        "event": event,
        "event_handler_id": "7",
        "data[FIELDS][ID]": str(deal_id),
        "ts": str(int(time.time())),
        "auth[domain]": domain,
        "auth[client_endpoint]": f"https://{domain}/rest/",
        "auth[server_endpoint]": "https://oauth.bitrix.info/rest/",
        "auth[member_id]": "0" * 32,
        "auth[application_token]": token,
    }
    return urlencode(fields).encode()


def _post(url: str, body: bytes) -> int:
    request = urllib.request.Request(url, body, {"Content-Type": "application/x-www-form-urlencoded"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
