"""How soon `manage.py run` serves: with an empty data folder, and again."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from tests.bench.report import Figure, median
from tests.bench.site import child, environment, free_port

REPEATS = 3


def seconds_to_serve(var_dir: Path) -> float:
    port = free_port()
    env = environment(var_dir, PORT=str(port))
    started = time.perf_counter()
    with child([sys.executable, "manage.py", "run"], env, f"http://127.0.0.1:{port}/readyz"):
        return time.perf_counter() - started


def start_figures() -> list[Figure]:
    first, again = [], []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory(prefix="vasdom-bench-") as folder:
            first.append(seconds_to_serve(Path(folder)))
            again.append(seconds_to_serve(Path(folder)))
    return [
        Figure("make run, first start after install", median(first), "s", 15, f"{REPEATS} starts"),
        Figure("make run, next start", median(again), "s", 6, f"{REPEATS} starts"),
    ]
