"""What a benchmark returns, how it is printed, and on what machine."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure against its limit; `repeats` says over how many runs or requests."""

    name: str
    value: float
    unit: str
    limit: float
    repeats: str

    @property
    def met(self) -> bool:
        return self.value <= self.limit


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, by the nearest rank: a value that did occur."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]


def machine() -> str:
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = f"Python {platform.python_version()}, a million additions in {additions_ms():.0f} ms"
    return f"{model}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, {python}"


def additions_ms() -> float:
    """How fast the machine is just now: a virtual one of the same model may be several times slower at times."""
    taken = []
    for _ in range(5):
        began, total = time.perf_counter(), 0
        for number in range(1_000_000):
            total += number
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def table(figures: Sequence[Figure]) -> str:
    """A plain-text table, a line a figure, under the name of the machine."""
    width = max(len(figure.name) for figure in figures)
    lines = [
        f"Machine: {machine()}",
        "",
        f"{'figure':<{width}}  {'measured':>12}  {'must be':>12}  {'over':<16} met",
    ]
    for figure in figures:
        measured, limit = f"{figure.value:.4g} {figure.unit}", f"≤ {figure.limit:.4g} {figure.unit}"
        met = "yes" if figure.met else "NO"
        lines.append(f"{figure.name:<{width}}  {measured:>12}  {limit:>12}  {figure.repeats:<16} {met}")
    return "\n".join(lines)
