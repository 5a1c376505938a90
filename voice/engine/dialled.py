"""Digits that the caller presses: those that follow quickly belong together."""

from __future__ import annotations

END = "#"
MOST = 20


class Dialled:
    def __init__(self, gap_seconds: float) -> None:
        self._gap_seconds = gap_seconds
        self._digits = ""
        self._last = 0.0
        self._ended = False

    @property
    def pending(self) -> bool:
        return bool(self._digits)

    def add(self, digit: str, now: float) -> None:
        self._last = now
        if digit == END and self._digits:
            self._ended = True
        else:
            self._digits += digit
            self._ended = len(self._digits) >= MOST

    def complete(self, now: float) -> str | None:
        """The digits, once «#» was pressed or no other digit followed."""
        if not self._digits or not (self._ended or now - self._last >= self._gap_seconds):
            return None
        digits, self._digits, self._ended = self._digits, "", False
        return digits
