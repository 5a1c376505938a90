"""One message being answered: its clock and its text."""

from __future__ import annotations

import time

from voice.events import Delta

LONGEST_MESSAGE = 2_000


class Turn:
    """The clock and the text of one reply."""

    def __init__(self, asked: str) -> None:
        self.asked = self.heard = asked[:LONGEST_MESSAGE]
        self.said: list[str] = []
        self.timings: dict[str, float] = {}
        self._started = self._last = time.perf_counter()

    def mark(self, stage: str) -> None:
        """The time since the last mark belongs to this stage."""
        now = time.perf_counter()
        self.timings[stage] = round(self.timings.get(stage, 0.0) + (now - self._last) * 1000, 2)
        self._last = now

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
