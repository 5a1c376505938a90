"""What the outside services last answered: asked by a job, kept in Valkey, read by pages."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from vasdom.health.heartbeat import moment
from vasdom.health.services import SERVICES, Service, Unwell
from vasdom.health.states import Reading, State, failing, off, ok
from vasdom.health.stores import valkey

logger = logging.getLogger(__name__)

KEY = "vasdom:health:probes"
TRUSTED_FOR = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Answer:
    """What one service answered; an empty reason means that it works."""

    reason: str
    asked_at: datetime

    def dump(self) -> str:
        return json.dumps({"reason": self.reason, "asked_at": self.asked_at.isoformat()})

    @classmethod
    def load(cls, text: str) -> Answer:
        value = json.loads(text)
        return cls(value["reason"], datetime.fromisoformat(value["asked_at"]))


def probe_all(*, at_start: bool = False) -> None:
    """Ask every service that is switched on and keep what it answered; run by a job only.

    Args:
        at_start: ask even what costs money and has answered well not long ago: keys may have changed.
    """
    known = {} if at_start else answers()
    for service in SERVICES:
        if service.check is not None and not service.off_because() and _due(service, known.get(service.name)):
            answer = Answer(_ask(service), timezone.now())
            with valkey() as client:
                client.hset(KEY, service.name, answer.dump())


def _due(service: Service, last: Answer | None) -> bool:
    return last is None or bool(last.reason) or timezone.now() - last.asked_at >= service.asked_every


def _ask(service: Service) -> str:
    assert service.check is not None
    try:
        service.check()
    except Unwell as exc:
        return exc.message
    except Exception as exc:  # noqa: BLE001 -- one service's defect must not keep the others from being asked
        # Only the kind of error: its text and traceback may hold an address with a token.
        logger.error("Check of %s failed: %s", service.name, type(exc).__name__)
        return "Проверка не удалась"
    return ""


def answers() -> dict[str, Answer]:
    """The last answers by service.

    Raises:
        redis.RedisError: Valkey does not answer.
    """
    with valkey() as client:
        return {name: Answer.load(text) for name, text in client.hgetall(KEY).items()}


def reading(service: Service, answer: Answer | None, now: datetime) -> Reading:
    if reason := service.off_because():
        return off(reason)
    if service.check is None:
        return ok(service.unasked)
    if answer is None:
        return failing("Ещё не проверялось")
    if now - answer.asked_at > service.asked_every + TRUSTED_FOR:
        return failing(f"Не проверялось с {moment(answer.asked_at, now)}")
    asked = f"Проверено в {moment(answer.asked_at, now)}"
    return Reading(State.FAILING, answer.reason, note=asked) if answer.reason else ok(asked)


def readings(known: Mapping[str, Answer], now: datetime) -> dict[str, Reading]:
    return {service.name: reading(service, known.get(service.name), now) for service in SERVICES}
