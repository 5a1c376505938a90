"""Digits that the caller presses: those that follow quickly belong together."""

from __future__ import annotations

from collections.abc import Callable

END = "#"
MOST = 20


class Dialled:
    """Args:
    is_whole: do these digits wait for no other one?
    """

    def __init__(self, gap_seconds: float, is_whole: Callable[[str], bool]) -> None:
        self._gap_seconds, self._is_whole = gap_seconds, is_whole
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
            self._ended = len(self._digits) >= MOST or self._is_whole(self._digits)

    def complete(self, now: float) -> str | None:
        """The digits, once they are whole, «#» was pressed, or no other digit followed."""
        if not self._digits or not (self._ended or now - self._last >= self._gap_seconds):
            return None
        digits, self._digits, self._ended = self._digits, "", False
        return digits
