"""Taking a message: the caller speaks to the recording until a key, a long pause, or the time is over."""

from __future__ import annotations

PAUSE_SECONDS = 3.0
NOBODY_SECONDS = 8.0
END = "#"


class MessageTaking:
    """Of one message. Times of one clock in seconds."""

    def __init__(self, began: float, longest_seconds: float) -> None:
        self.began = began
        self._longest_seconds = longest_seconds
        self._spoke_until: float | None = None

    def is_over(self, now: float, *, speaks: bool) -> bool:
        if speaks:
            self._spoke_until = now
        if now - self.began >= self._longest_seconds:
            return True
        if self._spoke_until is None:
            return now - self.began >= NOBODY_SECONDS
        return now - self._spoke_until >= PAUSE_SECONDS

    def seconds(self) -> float:
        """How long the message is; 0 when nothing was said."""
        return 0.0 if self._spoke_until is None else self._spoke_until - self.began
