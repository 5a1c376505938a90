"""Is there speech in a frame? A classifier's word and levels: noise of the line and our own echo are nobody."""

from __future__ import annotations

import math
from collections import deque
from typing import Protocol

import numpy as np

from voice.engine import silero
from voice.engine.silero import SileroClassifier

FULL_SCALE_POWER = 32768.0**2
QUIETEST_DB = -90.0
FLOOR_DB = -55.0
"""Below this nothing is speech."""
ABOVE_NOISE_DB = 8.0
NOISE_RISE_DB = 0.06
"""How fast the estimate of the noise follows upwards, a frame: 3 dB a second."""
LOUDEST_NOISE_DB = -32.0
ECHO_MARGIN_DB = 14.0
ECHO_LEARNS_DB = 4.0
ECHO_FRAMES = 20
"""An echo comes back within so many frames (400 ms)."""
ECHO_LEARNT_FRAMES, ECHO_KEPT_FRAMES = 25, 100
"""What comes back of our speech is known after half a second of it, and remembered for two."""
ECHO_SAFETY_DB = 6.0
OURS_LOUD_DB = -40.0
"""Of our quieter frames an echo would not be heard."""
CALLER_MARGIN_DB = 8.0
CALLER_SMOOTHING = 0.05
BACKGROUND_DB = 17.0
"""Voices so much softer than the caller's loudest are a television's or somebody else's in the room …"""
TAIL_FRAMES = 15
"""… unless they follow his own within 0.3 s: the last sounds of a word are soft. The first ones are, too …"""
DOUBT_FRAMES = 10
"""… so that a soft voice may for 0.2 s be the beginning of his."""
LOUDEST_RISE, LOUDEST_FALL_DB, UNHEARD_FALL_DB = 0.3, 0.02, 0.01
"""The caller's loudest is followed upwards in a few frames, downwards by 1 dB a second of speech; 0.5 dB a second of
softer voices, so that a soft speaker after a loud one is heard in the end."""


class Classifier(Protocol):
    """Tells speech from other sounds. Fed every frame of 160 samples, in order."""

    def is_speech(self, samples: np.ndarray) -> bool: ...


class WebRtcClassifier:
    """The voice activity detector of WebRTC: 2 µs a frame."""

    def __init__(self, aggressiveness: int = 2) -> None:
        import webrtcvad

        self._vad = webrtcvad.Vad(aggressiveness)

    def is_speech(self, samples: np.ndarray) -> bool:
        return bool(self._vad.is_speech(samples.tobytes(), 8000))


def classifier(name: str) -> Classifier:
    """The one of this name; WebRTC's where what the other needs is not installed."""
    return WebRtcClassifier() if name != "silero" or silero.missing() else SileroClassifier()


def level_db(samples: np.ndarray) -> float:
    """Of one frame, relative to full scale."""
    wide = samples.astype(np.float32)
    power = float(np.dot(wide, wide)) / max(1, len(wide))
    return max(QUIETEST_DB, 10.0 * math.log10(power / FULL_SCALE_POWER + 1e-12))


class VoiceActivity:
    """The classifier's word counts only above the line's noise, the room's other voices and what may be our own echo.

    While we speak, the caller has to be louder than our speech less a margin, which is what comes back of it on this
    line and something for safety: where nothing comes back, a quiet consonant is heard. The margin shrinks with every
    pause that turned out to be nobody (`was_nobody`), and the threshold never exceeds what this caller's own speech has
    shown.
    """

    def __init__(self, classifier: Classifier) -> None:
        self._classifier = classifier
        self._ours: deque[float] = deque([QUIETEST_DB] * ECHO_FRAMES, maxlen=ECHO_FRAMES)
        self._returned: deque[float] = deque(maxlen=ECHO_KEPT_FRAMES)
        self._noise = FLOOR_DB
        self._caller: float | None = None
        self._loudest = QUIETEST_DB
        self._since_loud = TAIL_FRAMES
        self._soft_frames = 0
        self._margin = ECHO_MARGIN_DB

    def ours(self, samples: np.ndarray) -> None:
        """A frame of our own speech begins to sound."""
        self._ours.append(level_db(samples))

    def hear(self, samples: np.ndarray, *, we_sound: bool) -> bool:
        """Is the caller speaking in this frame?"""
        level = level_db(samples)
        if not we_sound:
            self._ours.append(QUIETEST_DB)
        classified = self._classifier.is_speech(samples)
        self._follow_noise(level, classified)
        loudest = max(self._ours)
        voiced = classified and level > self._threshold(loudest)
        if we_sound and not voiced and loudest > OURS_LOUD_DB:
            self._returned.append(level - loudest)
        self._since_loud += 1
        self._soft_frames = self._soft_frames + 1 if classified and not voiced and loudest <= FLOOR_DB else 0
        if classified and loudest <= FLOOR_DB:
            self._follow_caller(level, voiced)
        return voiced

    @property
    def in_doubt(self) -> bool:
        """Does a soft voice begin that may become the caller's?"""
        return 0 < self._soft_frames <= DOUBT_FRAMES

    def was_nobody(self) -> None:
        """What was taken for the caller while we spoke had no words."""
        self._margin = max(0.0, self._margin - ECHO_LEARNS_DB)
        self._returned.clear()

    def _threshold(self, loudest: float) -> float:
        """`loudest`: of our own frames that an echo may be of."""
        quiet = max(FLOOR_DB, self._noise + ABOVE_NOISE_DB)
        if loudest <= FLOOR_DB:
            return quiet if self._since_loud < TAIL_FRAMES else max(quiet, self._loudest - BACKGROUND_DB)
        echo = loudest - max(self._margin, self._heard_margin())
        if self._caller is not None and self._margin >= ECHO_MARGIN_DB:
            echo = min(echo, self._caller - CALLER_MARGIN_DB)
        return max(quiet, echo)

    def _heard_margin(self) -> float:
        """By how much less than our speech nothing of it has come back, as far as that is known."""
        return -max(self._returned) - ECHO_SAFETY_DB if len(self._returned) >= ECHO_LEARNT_FRAMES else 0.0

    def _follow_caller(self, level: float, voiced: bool) -> None:
        """How loud he usually is, and at his loudest."""
        if not voiced:
            self._loudest -= UNHEARD_FALL_DB
            return
        known = level if self._caller is None else self._caller
        self._caller = known + CALLER_SMOOTHING * (level - known)
        if self._loudest < FLOOR_DB:
            self._loudest = level
        if level > self._loudest - BACKGROUND_DB:
            self._since_loud = 0
        rise = LOUDEST_RISE * (level - self._loudest)
        self._loudest += rise if rise > 0 else -LOUDEST_FALL_DB

    def _follow_noise(self, level: float, classified: bool) -> None:
        """Down at once, up slowly, and never up to speech."""
        if level < self._noise:
            self._noise = max(QUIETEST_DB, self._noise + 0.3 * (level - self._noise))
        elif not classified:
            self._noise = min(LOUDEST_NOISE_DB, self._noise + min(level - self._noise, NOISE_RISE_DB * 5))
        else:
            self._noise = min(LOUDEST_NOISE_DB, self._noise + min(level - self._noise, NOISE_RISE_DB / 4))
