"""The record of one direction of a call."""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left

import numpy as np

from voice.caller.measure import Levels, Times, decibels, powers_of
from voice.caller.rtp import FRAME_SAMPLES
from voice.engine import g711
from voice.engine.g711 import ALAW, Law, Pcm

RATE = 8_000
MEASURED_AT_ONCE = 50 * FRAME_SAMPLES
"""Codes that may wait to be measured, where they are not kept."""
PLACED_WITHIN = 480
"""Samples (60 ms). A frame that came less out of time than this stands right behind the one before it."""


class Track:
    """Frames of 20 ms with the moments at which they began to sound.

    Args:
        keep_audio: without it only levels are kept: 12 bytes a frame instead of 168, for hundreds of calls.
    """

    def __init__(self, law: Law = ALAW, *, keep_audio: bool = True) -> None:
        self.law = law
        self.keep_audio = keep_audio
        self._powers = powers_of(law)
        self._times = array("d")
        self._levels = array("f")
        self._codes = bytearray()
        self._unmeasured = 0

    def __len__(self) -> int:
        return len(self._times)

    @property
    def last(self) -> float:
        """When the latest frame began; 0 before the first."""
        return self._times[-1] if self._times else 0.0

    def add(self, moment: float, codes: bytes) -> None:
        """One frame; a shorter one is filled up with silence."""
        if len(codes) != FRAME_SAMPLES:
            codes = codes[:FRAME_SAMPLES].ljust(FRAME_SAMPLES, bytes([self.law.silence]))
        self._times.append(moment)
        self._codes += codes
        if not self.keep_audio and len(self._codes) >= MEASURED_AT_ONCE:
            self._measure()

    @property
    def times(self) -> Times:
        return np.array(self._times, np.float64)

    @property
    def levels(self) -> Levels:
        """dBFS of every frame."""
        return self.since(-math.inf)[1]

    def since(self, moment: float) -> tuple[Times, Levels]:
        """Times and levels of the frames from a moment on: cheap, however long the call already is."""
        self._measure()
        first = bisect_left(self._times, moment)
        return np.array(self._times[first:], np.float64), np.array(self._levels[first:], np.float32)

    def _measure(self) -> None:
        """Frames are measured in bulk, when somebody asks."""
        fresh = np.frombuffer(self._codes, np.uint8)[self._unmeasured :]
        if fresh.size:
            power = self._powers[fresh].reshape(-1, FRAME_SAMPLES).mean(axis=1)
            self._levels.frombytes(decibels(power).tobytes())
            self._unmeasured += fresh.size
        del fresh  # a view would forbid the buffer to grow
        if not self.keep_audio:
            self._codes.clear()
            self._unmeasured = 0

    def frame_at(self, moment: float) -> bytes | None:
        """The codes of the latest frame that had begun by then, if it still sounded."""
        for index in range(len(self._times) - 1, max(-1, len(self._times) - 100), -1):
            if self._times[index] <= moment:
                if moment - self._times[index] > 0.04 or not self.keep_audio:
                    return None
                return bytes(self._codes[index * FRAME_SAMPLES : (index + 1) * FRAME_SAMPLES])
        return None

    def samples(self, origin: float, until: float) -> Pcm:
        """The sound from one moment to another on an even time line; silence where nothing came.

        Frames stand one behind another where they came nearly in time: the jitter of their arrival is not audible.
        """
        length = max(0, round((until - origin) * RATE))
        line = np.zeros(length + FRAME_SAMPLES, np.int16)
        pcm = g711.decode(bytes(self._codes), self.law)
        end = 0
        for number, moment in enumerate(self._times if self.keep_audio else ()):
            at = round((moment - origin) * RATE)
            if abs(at - end) <= PLACED_WITHIN and end:
                at = end
            if 0 <= at <= length:
                line[at : at + FRAME_SAMPLES] = pcm[number * FRAME_SAMPLES : (number + 1) * FRAME_SAMPLES]
            end = at + FRAME_SAMPLES
        return line[:length]
