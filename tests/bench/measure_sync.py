"""The full sync against the portal twin without its rate limit: requests, seconds, memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.report import Figure, median
from tests.bench.site import ROOT, child, free_port

PAUSE_FOR_THE_THROTTLE_SECONDS = 21.0  # 40 requests of burst come back at two a second


@dataclass(frozen=True, slots=True)
class SyncMeasurement:
    seconds: float
    peak_megabytes: float


def run_full_sync(env: Mapping[str, str]) -> SyncMeasurement:
    """Run the command as a person would and ask the kernel what it took."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "sync_houses", "--full"], cwd=ROOT, env=dict(env), stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"sync_houses ended with {process.returncode}")
    return SyncMeasurement(seconds, usage.ru_maxrss / 1024)


def measure(env: Mapping[str, str], houses: int, repeats: int) -> tuple[list[SyncMeasurement], int]:
    """Sync `houses` houses `repeats` times, the first into a database without them; also the requests of the last."""
    from houses.models import SyncRun

    port = free_port()
    command = [sys.executable, "manage.py", "bitrix_twin", "--port", str(port), "--houses", str(houses), "--no-limits"]
    portal = f"http://127.0.0.1:{port}/rest/1/twin/"
    taken = []
    with child(command, env, f"{portal}profile"):
        for _ in range(repeats):
            taken.append(run_full_sync({**env, "BITRIX24_WEBHOOK_URL": portal}))
            time.sleep(PAUSE_FOR_THE_THROTTLE_SECONDS if houses > 1000 else 0)
    return taken, SyncRun.objects.filter(state=SyncRun.State.DONE).latest("started_at").requests


def sync_figures(env: Mapping[str, str]) -> list[Figure]:
    figures = []
    for houses, repeats, requests_limit, seconds_limit in ((490, 5, 10, 3.0), (10_000, 2, 25, 40.0)):
        _forget_houses()
        taken, requests = measure(env, houses, repeats)
        over = f"{repeats} syncs"
        seconds = [one.seconds for one in taken]
        figures += [
            Figure(f"full sync of {houses} houses: HTTP requests", requests, "", requests_limit, over),
            Figure(f"full sync of {houses} houses, into an empty database", seconds[0], "s", seconds_limit, "1 sync"),
            Figure(f"full sync of {houses} houses, median", median(seconds), "s", seconds_limit, over),
            Figure(f"full sync of {houses} houses: peak memory", max(m.peak_megabytes for m in taken), "MB", 250, over),
        ]
    _forget_houses()
    return figures


def _forget_houses() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "TRUNCATE houses_house, houses_cleaningvisit, houses_visitphoto, houses_act, houses_syncrun,"
            " houses_contact, houses_contactphone, houses_managementcompany, houses_brigade, houses_stage,"
            " houses_employee CASCADE"
        )
