"""The optional classifier: speech is told from silence and noise."""

from __future__ import annotations

import numpy as np
import pytest

from providers.audio import Resampler
from providers.espeak.library import available, speak
from voice.engine import silero
from voice.engine.silero import SileroClassifier
from voice.engine.vad import WebRtcClassifier, classifier

FRAME = 160


@pytest.mark.skipif(bool(silero.missing()), reason="onnxruntime or the model is not installed")
@pytest.mark.skipif(not available(), reason="espeak is not installed")
def test_speech_is_told_from_noise() -> None:
    noise = np.random.default_rng(1).normal(0, 60, 16_000).astype(np.int16)
    voice = spoken("Когда будет уборка на Кибальчича, дом три?")
    heard = SileroClassifier()

    assert share(heard, noise) < 0.1
    assert share(heard, voice) > 0.5


def test_what_is_not_installed_is_replaced() -> None:
    expected = WebRtcClassifier if silero.missing() else SileroClassifier

    assert isinstance(classifier("silero"), expected)
    assert isinstance(classifier("webrtc"), WebRtcClassifier)


def share(heard: SileroClassifier, samples: np.ndarray) -> float:
    frames = [samples[start : start + FRAME] for start in range(0, len(samples) - FRAME, FRAME)]
    return sum(heard.is_speech(frame) for frame in frames) / len(frames)


def spoken(text: str) -> np.ndarray:
    pcm, rate = speak(text)
    resampler = Resampler(rate)
    return np.frombuffer(resampler.feed(pcm) + resampler.end(), np.int16)
