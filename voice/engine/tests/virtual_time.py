"""An event loop that never waits: when nothing is ready its clock jumps to the next timer.

A conversation of minutes takes milliseconds and is the same every time. The clock begins at 0. For coroutines that
wait for timers and for each other; threads and sockets do not stop the clock.

    def test_a_pause() -> None:
        run(scenario())

    @virtual_time
    async def test_another() -> None: ...
"""

from __future__ import annotations

import asyncio
import functools
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

STUCK_SECONDS = 5.0
"""Real seconds without a timer after which a test that waits for nothing is told so."""


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._now = 0.0
        super().__init__(_JumpingSelector(self._advance))
        self._clock_resolution = 1e-9

    def time(self) -> float:
        return self._now

    def _advance(self, seconds: float) -> None:
        self._now = round(self._now + seconds, 9)


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, advance: Callable[[float], None]) -> None:
        super().__init__()
        self._advance = advance

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            ready = super().select(STUCK_SECONDS)
            if not ready:
                raise RuntimeError("the scenario waits for something that no timer and no task will bring")
            return ready
        ready = super().select(0)
        if not ready and timeout > 0:
            self._advance(timeout)
        return ready


def run(scenario: Coroutine[Any, Any, Any], *, limit_seconds: float = 3600.0) -> Any:
    """Run to the end on a clock of its own. TimeoutError when the scenario outlives `limit_seconds` of that clock."""

    async def limited() -> Any:
        async with asyncio.timeout(limit_seconds):
            return await scenario

    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(limited())


def virtual_time(test: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., None]:
    """A test that runs on virtual time."""

    @functools.wraps(test)
    def on_virtual_time(*args: Any, **kwargs: Any) -> None:
        run(test(*args, **kwargs))

    return on_virtual_time
