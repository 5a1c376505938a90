"""What the twins of speech services hear and how they sound."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Literal

import numpy as np

from providers.audio import Resampler, to_pcm
from providers.espeak.library import speak
from providers.speech import BYTES_PER_SECOND, SAMPLE_RATE
from providers.tests.speech_marks import Heard, MarkReader, Vocabulary

VoiceKind = Literal["tone", "espeak"]
LETTER_SECONDS = 0.06
SCRIPTED_WORD_SECONDS = 0.3
PITCH_HZ, SYLLABLE_HZ = 140.0, 4.0


class Ear:
    """Listens to one utterance: reads the marks of its words, or, told what it will hear, believes that.

    `words` are those that arrived whole enough; `heard` all that were noticed.
    """

    def __init__(self, vocabulary: Vocabulary | None, told: str | None = None) -> None:
        self._reader = MarkReader(vocabulary) if vocabulary is not None and told is None else None
        self._told = [] if told is None else told.split()
        self._bytes = 0
        self.heard: list[Heard] = []

    @property
    def seconds(self) -> float:
        return self._bytes / BYTES_PER_SECOND

    @property
    def words(self) -> list[str]:
        return [word.word for word in self.heard if word.whole]

    def feed(self, pcm: bytes) -> list[Heard]:
        """The words that this audio completed."""
        self._bytes += len(pcm)
        return self._noted(self._reader.feed(pcm) if self._reader is not None else self._believed())

    def end(self) -> list[Heard]:
        return self._noted(self._reader.end() if self._reader is not None else self._believed(everything=True))

    def _noted(self, heard: list[Heard]) -> list[Heard]:
        self.heard += heard
        return [word for word in heard if word.whole]

    def _believed(self, *, everything: bool = False) -> list[Heard]:
        due = len(self._told) if everything else int(self.seconds / SCRIPTED_WORD_SECONDS)
        new = self._told[len(self.heard) : due]
        return [Heard(word, self.seconds - SCRIPTED_WORD_SECONDS, self.seconds, 1.0) for word in new]


def voice_of(kind: VoiceKind) -> Callable[[str, float], bytes]:
    """Text and speed to PCM16, 8,000 samples a second."""
    return tone_speech if kind == "tone" else espeak_speech


@lru_cache(maxsize=512)
def tone_speech(text: str, speed: float = 1.0) -> bytes:
    """A buzz like a voice, 60 ms a letter: voice activity takes it for speech, and nothing of it lies above 2.6 kHz."""
    time = np.arange(round(len(text) * LETTER_SECONDS / speed * SAMPLE_RATE)) / SAMPLE_RATE
    harmonics = sum(np.sin(2 * np.pi * PITCH_HZ * number * time) / number for number in range(1, 18))
    return to_pcm(3000 * harmonics * (0.65 - 0.35 * np.cos(2 * np.pi * SYLLABLE_HZ * time)))


@lru_cache(maxsize=512)
def espeak_speech(text: str, speed: float = 1.0) -> bytes:
    pcm, rate = speak(text.replace("+", ""), speed=speed)
    resampler = Resampler(rate)
    return resampler.feed(pcm) + resampler.end()
