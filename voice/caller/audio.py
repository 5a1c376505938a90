"""Sound files of the caller: any WAV to the telephone's 8,000 samples a second, and back."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vasdom.errors import InvalidInput
from voice.caller import measure
from voice.engine.g711 import Pcm

RATE = 8_000
PASS_HZ = 3_600
"""What is left of the sound when it is brought to 8,000 samples a second."""
TAPS = 127


def load_wav(path: Path | str) -> Pcm:
    """16-bit WAV of any rate, mono or stereo (mixed), as the telephone's samples.

    Raises:
        InvalidInput: there is no such file, or it is none.
    """
    try:
        with wave.open(str(path)) as file:
            if file.getsampwidth() != 2:
                raise InvalidInput(f"Файл {path}: нужен WAV с 16 битами на отсчёт.")
            raw = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, file.getnchannels())
            return resampled(raw.mean(axis=1).astype(np.int16), file.getframerate())
    except (OSError, wave.Error, EOFError) as exc:
        raise InvalidInput(f"Файл {path} не читается: нужен WAV, 16 бит, лучше всего моно 8 кГц.") from exc


def save_wav(path: Path | str, *channels: Pcm) -> None:
    """One channel or several of the same length, 8,000 samples a second."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(np.stack(channels, axis=1).astype("<i2").tobytes())


def resampled(pcm: Pcm, rate: int) -> Pcm:
    """`pcm` of `rate` samples a second at 8,000: what the telephone cannot carry is filtered out first."""
    if rate == RATE or not pcm.size:
        return pcm
    sound = pcm.astype(np.float64)
    if rate > RATE:
        positions = np.arange(TAPS) - TAPS // 2
        low_pass = np.sinc(2 * PASS_HZ / rate * positions) * np.hamming(TAPS)
        sound = np.convolve(sound, low_pass / low_pass.sum(), mode="same")
    wanted = np.arange(round(pcm.size * RATE / rate)) * (rate / RATE)
    return _samples(np.interp(wanted, np.arange(pcm.size), sound))


def at_level(pcm: Pcm, dbfs: float = -20.0) -> Pcm:
    """Speech as loud as it is on a line; what would be louder than full scale is cut."""
    began, ended = measure.voiced_bounds(pcm)
    gain = 10 ** ((dbfs - measure.level(pcm[began:ended])) / 20)
    return _samples(pcm.astype(np.float64) * gain)


def tone(seconds: float, hertz: float = 440.0, dbfs: float = -12.0) -> Pcm:
    """A sine, for measuring: it has no pauses of its own. `dbfs` is its level as `measure.level` sees it."""
    moments = np.arange(round(seconds * RATE)) / RATE
    peak = 32768 * 10 ** (dbfs / 20) * np.sqrt(2)
    return _samples(peak * np.sin(2 * np.pi * hertz * moments))


def _samples(sound: NDArray[np.float64]) -> Pcm:
    return np.asarray(np.clip(np.rint(sound), -32768, 32767), np.int16)
