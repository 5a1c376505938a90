"""Requests over real HTTP and how long they took."""

from __future__ import annotations

import http.client
import random
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 30.0


@dataclass(slots=True)
class Timings:
    """Milliseconds per answered request, and the answers that were not 2xx or 3xx."""

    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def add(self, other: Timings) -> None:
        self.milliseconds += other.milliseconds
        self.failures += other.failures


class Visitor:
    """One kept-alive connection with its headers."""

    def __init__(self, site: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(site)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)
        self._headers = dict(headers)
        self.timings = Timings()

    def get(self, path: str) -> None:
        started = time.perf_counter()
        try:
            self._connection.request("GET", path, headers=self._headers)
            answer = self._connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            self.timings.failures.append(f"{type(error).__name__} {path}")
            return
        self.timings.milliseconds.append((time.perf_counter() - started) * 1000)
        if answer.status >= 400:
            self.timings.failures.append(f"{answer.status} {path}")

    def close(self) -> None:
        self._connection.close()


def in_turn(site: str, headers: Mapping[str, str], paths: Sequence[str], warm_up: int = 5) -> Timings:
    """One visitor, one request after another; the first few are not counted."""
    visitor = Visitor(site, headers)
    for path in paths[:warm_up]:
        visitor.get(path)
    visitor.timings = Timings(failures=visitor.timings.failures)
    for path in paths:
        visitor.get(path)
    visitor.close()
    return visitor.timings


def crowd(
    site: str,
    headers: Mapping[str, str],
    pick: Callable[[random.Random], str],
    *,
    users: int,
    seconds: float,
    pause: tuple[float, float],
) -> Timings:
    """Many visitors at once, each pausing between requests like a person who reads."""
    together, deadline = Timings(), time.monotonic() + seconds
    collecting = threading.Lock()

    def visit(seed: int) -> None:
        dice, visitor = random.Random(seed), Visitor(site, headers)
        time.sleep(dice.random() * pause[1])
        while time.monotonic() < deadline:
            visitor.get(pick(dice))
            time.sleep(dice.uniform(*pause))
        visitor.close()
        with collecting:
            together.add(visitor.timings)

    threads = [threading.Thread(target=visit, args=(seed,)) for seed in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return together
