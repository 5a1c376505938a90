"""Everything put together."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import redis
from django.utils import timezone

from vasdom.health import crm, heartbeat, line, memory, probes, stores
from vasdom.health.services import SERVICES
from vasdom.health.states import Component, Health, Reading, State, Status, failing, off

LABELS: Mapping[str, str] = {
    "database": "База данных",
    "valkey": "Valkey",
    "worker": "Фоновые задания",
    "beat": "Расписание заданий",
    "bitrix24": "Bitrix24",
    "voice": "Голосовой помощник",
} | {service.name: service.label for service in SERVICES}

ADVICE: Mapping[str, str] = {
    "database": "Проверьте, что PostgreSQL запущен и DATABASE_URL верен; встроенная база пишет в postgres.log.",
    "valkey": "Проверьте, что Redis или Valkey запущен и REDIS_URL верен; встроенный пишет в valkey.log.",
    "worker": "Перезапустите make run или службу worker: без неё не идут синхронизация и напоминания.",
    "beat": "Перезапустите make run или службу beat: без неё ничего не запускается по расписанию.",
    "voice": "Проверьте процесс voice (make run или служба voice) и Asterisk; подробности — на странице «Телефон».",
    "bitrix24": "Откройте последнюю синхронизацию: там ответ портала. Доступ задаёт BITRIX24_WEBHOOK_URL.",
} | {service.name: service.advice for service in SERVICES}

PURPOSES: Mapping[str, str] = {
    "bitrix24": "настоящие дома, графики и бригады вместо демо-данных",
    "voice": "ответы на звонки по телефону",
} | {service.name: service.purpose for service in SERVICES}

VITAL = ("database", "valkey")


def components() -> dict[str, Component]:
    """Every part by name, in the order of `LABELS`; takes two seconds at most, whatever hangs."""
    now = timezone.now()
    readings = _readings(now)
    began = memory.since(readings, now, reachable=not readings["valkey"].reason)
    return {name: _component(name, readings[name], began[name]) for name in LABELS}


def report() -> Health:
    """The parts and what they come to."""
    parts = components()
    return Health(_status(parts), parts)


def _status(parts: Mapping[str, Component]) -> Status:
    if any(parts[name].state is not State.OK for name in VITAL):
        return Status.DOWN
    if any(part.state is State.FAILING for part in parts.values()):
        return Status.DEGRADED
    return Status.OK


def _readings(now: datetime) -> dict[str, Reading]:
    vital = stores.readings()
    bitrix24 = crm.unknown() if vital["database"].reason else crm.reading(now)
    if vital["valkey"].reason:
        told = _untold()
    else:
        try:
            told = heartbeat.readings(heartbeat.last_signs(), now) | probes.readings(probes.answers(), now)
        except redis.RedisError:
            told = _untold()
    return vital | {"bitrix24": bitrix24, "voice": line.reading()} | told


def _untold() -> dict[str, Reading]:
    """What can be said of the parts whose signs lie in Valkey, while it is away."""
    silence = "Неизвестно: Valkey не отвечает"
    services = {s.name: off(reason) if (reason := s.off_because()) else failing(silence) for s in SERVICES}
    return {"worker": failing(silence), "beat": failing(silence)} | services


def _advice(name: str, state: State) -> str:
    if state is State.OFF:
        return f"Даёт: {PURPOSES[name]}. Если этим не пользуетесь, делать ничего не надо."
    return ADVICE[name] if state is State.FAILING else ""


def _component(name: str, reading: Reading, since: datetime) -> Component:
    return Component(
        name=name,
        label=LABELS[name],
        state=reading.state,
        since=since,
        reason=reading.reason,
        note=reading.note,
        advice=_advice(name, reading.state),
        extra=reading.extra,
    )
