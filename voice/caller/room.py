"""What else the other side hears of a caller: the room, and its own voice back from the telephone's loudspeaker."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voice.caller.rtp import FRAME_SAMPLES
from voice.caller.track import Track
from voice.engine import g711
from voice.engine.g711 import Law, Pcm


class Room:
    """Mixed into what is said, frame by frame. Both are off at first, and cost nothing then."""

    def __init__(self) -> None:
        self._noise: Pcm | None = None
        self._at = 0
        self._echo_gain = 0.0
        self._echo_delay = 0.0

    def play(self, noise: Pcm | None) -> None:
        """A sound that is repeated without end; None = quiet."""
        self._noise = noise if noise is not None and noise.size >= FRAME_SAMPLES else None
        self._at = 0

    def echo(self, decibels: float | None, delay_seconds: float = 0.1) -> None:
        """Send what is heard back, that much louder (so: a negative number) and later; None = no echo."""
        self._echo_gain = 0.0 if decibels is None else 10 ** (decibels / 20)
        self._echo_delay = delay_seconds

    def mixed(self, speech: bytes | None, heard: Track, now: float, law: Law) -> bytes | None:
        """The frame to send; None = silence."""
        extra = self._extra(heard, now)
        if extra is None:
            return speech
        if speech is not None:
            extra = extra + g711.decode(speech, law)
        return g711.encode(np.clip(np.rint(extra), -32768, 32767).astype(np.int16), law)

    def _extra(self, heard: Track, now: float) -> NDArray[np.float64] | None:
        parts: list[NDArray[np.generic]] = []
        if self._noise is not None:
            parts.append(np.take(self._noise, np.arange(self._at, self._at + FRAME_SAMPLES), mode="wrap"))
            self._at = (self._at + FRAME_SAMPLES) % self._noise.size
        if self._echo_gain:
            echoed = heard.frame_at(now - self._echo_delay)
            if echoed is not None:
                parts.append(g711.decode(echoed, heard.law) * self._echo_gain)
        return np.asarray(np.sum(parts, axis=0), np.float64) if parts else None
