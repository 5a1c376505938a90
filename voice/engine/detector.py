"""From voiced and unvoiced frames to the beginnings and ends of speech. Arithmetic only: no audio, no clock."""

from __future__ import annotations

from collections import deque
from enum import Enum

from voice.engine.ports import FRAME_SECONDS

DOUBT_FRAMES = 2
"""Voiced frames among the last so many mean that speech may just be beginning."""


class Border(Enum):
    """What a frame brought."""

    ONSET = "onset"
    GAP = "gap"


class SpeechDetector:
    """Fed one frame at a time, with the time at which the frame ended.

    Speech begins when most of the last frames were voiced, so that a click does not begin it, and ends when a pause of
    `gap_seconds` has passed. `voiced_until` is the end of the last voiced frame, the moment the speech really ended.
    """

    def __init__(self, *, onset_seconds: float, gap_seconds: float) -> None:
        self._needed = max(1, round(onset_seconds / FRAME_SECONDS))
        self._gap_seconds = gap_seconds
        self._recent: deque[bool] = deque(maxlen=self._needed + 1)
        self.speaking = False
        self.began = 0.0
        self.voiced_until = 0.0
        self.pause_before = 0.0
        """Silence between the speech before and this one."""

    def feed(self, voiced: bool, now: float) -> Border | None:
        self._recent.append(voiced)
        if self.speaking:
            return self._goes_on(voiced, now)
        if sum(self._recent) < self._needed:
            return None
        frames = len(self._recent) - self._recent.index(True)
        self.speaking = True
        self.began = now - frames * FRAME_SECONDS
        self.pause_before = self.began - self.voiced_until
        self.voiced_until = now
        return Border.ONSET

    def _goes_on(self, voiced: bool, now: float) -> Border | None:
        if voiced:
            self.voiced_until = now
            return None
        if now - self.voiced_until < self._gap_seconds:
            return None
        self.end()
        return Border.GAP

    def end(self) -> None:
        """The utterance is over, by its length or because it was not speech."""
        self.speaking = False
        self._recent.clear()

    @property
    def in_doubt(self) -> bool:
        """Is the caller perhaps just beginning to speak?"""
        return any(list(self._recent)[-DOUBT_FRAMES:]) and not self.speaking

    def silent_for(self, now: float) -> float:
        """Seconds since the last voiced frame of the last speech."""
        return now - self.voiced_until
