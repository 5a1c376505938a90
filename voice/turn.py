"""One message being answered: its clock and its text."""

from __future__ import annotations

import time
from collections.abc import Mapping

from voice.events import Delta

LONGEST_MESSAGE = 2_000


class Stopwatch:
    """Milliseconds by stage, one after another."""

    def __init__(self) -> None:
        self.timings: dict[str, float] = {}
        self._started = self._last = time.perf_counter()

    def mark(self, stage: str) -> None:
        """The time since the last mark belongs to this stage."""
        now = time.perf_counter()
        self._add(stage, (now - self._last) * 1000)
        self._last = now

    def took(self, others: Mapping[str, float], rest: str) -> None:
        """The time since the last mark was another watch's; what that one did not see belongs to the stage `rest`."""
        for stage, spent in others.items():
            self._add(stage, spent)
        now = time.perf_counter()
        self._add(rest, max(0.0, (now - self._last) * 1000 - sum(others.values())))
        self._last = now

    def _add(self, stage: str, spent: float) -> None:
        self.timings[stage] = round(self.timings.get(stage, 0.0) + spent, 2)


class Turn(Stopwatch):
    """The clock and the text of one reply."""

    def __init__(self, asked: str) -> None:
        super().__init__()
        self.asked = self.heard = asked[:LONGEST_MESSAGE]
        self.said: list[str] = []

    def since_start(self, stage: str) -> None:
        self.timings.setdefault(stage, round((time.perf_counter() - self._started) * 1000, 2))

    def say(self, sentence: str, *, is_begun: bool = False) -> Delta:
        """A sentence, or the first words of one."""
        self.since_start("first_delta")
        delta = Delta(sentence if not self.said else f" {sentence}", is_begun)
        self.said.append(sentence)
        return delta

    @property
    def text(self) -> str:
        return " ".join(self.said)

    def closed(self) -> dict[str, float]:
        """The timings, complete."""
        self.since_start("total")
        return self.timings
