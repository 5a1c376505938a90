"""Questions that must not outlast a deadline, even when whom they ask hangs for good."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class SingleFlight(Generic[Answer]):
    """Asks one question at a time in a thread of its own.

    Whoever comes while a question is on its way shares its answer, so a server that hangs holds one thread, not one per
    request.
    """

    def __init__(self, question: Callable[[], Answer]) -> None:
        self._question = question
        self._lock = threading.Lock()
        self._flight: Future[Answer] | None = None

    def start(self) -> Future[Answer]:
        """The answer on its way; a new question is asked only when none is."""
        with self._lock:
            if self._flight is None or self._flight.done():
                self._flight = Future()
                threading.Thread(target=self._fly, args=(self._flight,), daemon=True).start()
            return self._flight

    def _fly(self, flight: Future[Answer]) -> None:
        try:
            flight.set_result(self._question())
        except Exception as exc:  # noqa: BLE001 -- handed to whoever waits, and raised there
            flight.set_exception(exc)
