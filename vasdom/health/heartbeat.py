"""Signs of life of the job processes, written to Valkey by the processes themselves.

* `worker`: the main process of a Celery worker, every ten seconds, whatever its children are busy with;
* `beat`: the scheduler, each time it sends a job (one is due every thirty seconds);
* `jobs`: a job that really ran.

A worker that lives but runs nothing is failing too; the threshold lies above the longest job.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import redis
from celery import signals
from django.utils import timezone

from vasdom.health.states import Reading, failing, ok
from vasdom.health.stores import valkey

PREFIX = "vasdom:alive:"
KEPT_SECONDS = 30 * 86_400
WORKER_SIGN_SECONDS = 10
WORKER_SILENT = timedelta(seconds=45)
BEAT_SILENT = timedelta(seconds=100)
JOBS_SILENT = timedelta(seconds=660)

_last_sign: dict[str, float] = {}
_sends_for_beat = False


def sign(who: str) -> None:
    """Note that `who` is alive now. A Valkey that is away is nothing to stop for: the sign is simply missed."""
    _last_sign[who] = time.monotonic()  # before the attempt: a dead Valkey must not be asked at every tick
    with contextlib.suppress(redis.RedisError), valkey() as client:
        client.set(PREFIX + who, timezone.now().isoformat(), ex=KEPT_SECONDS)


@signals.heartbeat_sent.connect(dispatch_uid="vasdom.worker_sign")
def worker_is_alive(**_: Any) -> None:
    if time.monotonic() - _last_sign.get("worker", -WORKER_SIGN_SECONDS) >= WORKER_SIGN_SECONDS:
        sign("worker")


@signals.beat_init.connect(dispatch_uid="vasdom.beat_start")
def beat_started(**_: Any) -> None:
    global _sends_for_beat
    _sends_for_beat = True
    sign("beat")


@signals.after_task_publish.connect(dispatch_uid="vasdom.beat_sign")
def beat_sent_a_job(**_: Any) -> None:
    if _sends_for_beat:
        sign("beat")


def last_signs() -> dict[str, datetime]:
    """When each of `worker`, `beat`, `jobs` was last heard of; absent = never.

    Raises:
        redis.RedisError: Valkey does not answer.
    """
    names = ("worker", "beat", "jobs")
    with valkey() as client:
        values = client.mget([PREFIX + name for name in names])
    return {name: datetime.fromisoformat(value) for name, value in zip(names, values, strict=True) if value}


def readings(signs: Mapping[str, datetime], now: datetime) -> dict[str, Reading]:
    """Worker and beat as their last signs tell."""
    worker = _reading(signs.get("worker"), now, WORKER_SILENT)
    beat = _reading(signs.get("beat"), now, BEAT_SILENT)
    ran = signs.get("jobs")
    if not worker.reason and not beat.reason and ran and now - ran > JOBS_SILENT:
        worker = failing(f"Процесс жив, но задания не выполняются с {moment(ran, now)}", since=ran)
    return {"worker": worker, "beat": beat}


def _reading(seen: datetime | None, now: datetime, silent: timedelta) -> Reading:
    if seen is None:
        return failing("Процесс ещё ни разу не дал о себе знать")
    if now - seen > silent:
        return failing(f"Нет сигнала с {moment(seen, now)}", since=seen)
    return ok()


def moment(value: datetime, now: datetime) -> str:
    """«12:03», with the date when it is not today's; company time."""
    local = timezone.localtime(value)
    same_day = local.date() == timezone.localtime(now).date()
    return f"{local:%H:%M}" if same_day else f"{local:%d.%m.%Y %H:%M}"
