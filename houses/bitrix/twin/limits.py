"""The portal's two limits: requests per second, and seconds of work per method.

https://apidocs.bitrix24.com/limits.html
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable

from houses.bitrix.twin.errors import operation_limit, query_limit


class RequestBucket:
    """A leaky bucket over HTTP requests: `rate` leak out each second, a request above `burst` is refused."""

    def __init__(self, rate: float = 2.0, burst: int = 50, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self.burst = burst
        self.refused = 0
        self._clock = clock
        self._level = 0.0
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Raises RestError 503 QUERY_LIMIT_EXCEEDED when the bucket is full."""
        with self._lock:
            now = self._clock()
            self._level = max(0.0, self._level - (now - self._at) * self.rate)
            self._at = now
            if self._level + 1 > self.burst:
                self.refused += 1
                raise query_limit()
            self._level += 1


class OperatingBudget:
    """Seconds of work a method may use in ten minutes, counted in one-minute baskets.

    `cost` overrides what a call of a method is said to cost, in seconds, so that a test reaches the limit quickly.
    """

    def __init__(
        self, limit_seconds: float = 480.0, window_seconds: int = 600, clock: Callable[[], float] = time.time
    ) -> None:
        self.limit_seconds = limit_seconds
        self.window_seconds = window_seconds
        self.cost: dict[str, float] = {}
        self._clock = clock
        self._baskets: dict[str, deque[tuple[int, float]]] = defaultdict(deque)  # (minute, seconds)
        self._lock = threading.Lock()

    def check(self, method: str) -> None:
        """Raises RestError 429 OPERATION_TIME_LIMIT while the method has used up its budget."""
        with self._lock:
            if self._used(method) >= self.limit_seconds:
                raise operation_limit(self._reset_at(method))

    def charge(self, method: str, seconds: float) -> tuple[float, int]:
        """Counts a call; returns (seconds used in the window, epoch seconds when the oldest basket falls out)."""
        with self._lock:
            minute = int(self._clock() // 60)
            baskets = self._baskets[method]
            spent = self.cost.get(method, seconds)
            if baskets and baskets[-1][0] == minute:
                spent += baskets.pop()[1]
            baskets.append((minute, spent))
            return self._used(method), self._reset_at(method)

    def _used(self, method: str) -> float:
        baskets = self._baskets[method]
        oldest = int(self._clock() // 60) - self.window_seconds // 60
        while baskets and baskets[0][0] <= oldest:
            baskets.popleft()
        return sum(seconds for _, seconds in baskets)

    def _reset_at(self, method: str) -> int:
        baskets = self._baskets[method]
        first = baskets[0][0] * 60 if baskets else int(self._clock())
        return first + self.window_seconds
