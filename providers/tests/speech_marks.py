"""Speech whose words a program can hear for certain: each carries a quiet code, a pair of tones above the voice.

    clips = speak_words(["когда", "уборка"])            # PCM of each word, by espeak
    vocabulary = Vocabulary.of(clips)
    marked = mark([("когда", clips["когда"]), ("уборка", clips["уборка"])], vocabulary)
    reader = MarkReader(vocabulary)
    reader.feed(marked.pcm) + reader.end()              # [Heard("когда", 0.0, 0.36, share=1.0), …]

The tones lie 17 dB below the word they mark, and survive A-law. What is read is what arrived: a word whose beginning
was cut off is heard with a smaller share of its frames. Audio is PCM16, 8,000 samples a second; times are in seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from providers.audio import Resampler, samples_of, to_pcm
from providers.espeak.library import speak
from providers.speech import SAMPLE_RATE

FRAME = 160  # samples, 20 ms: the tones are multiples of its 50 Hz, so frames may begin anywhere
BINS = range(58, 76)  # 2,900…3,750 Hz
PAIRS = tuple(combinations(range(len(BINS)), 2))
CODE_DB = -17.0
VOICE_HZ = 2_600.0  # the voice is kept below the tones
FADE = 40
SHORTEST_SECONDS = 0.12
ENOUGH = 0.7
SAME_WORD_SECONDS = 0.1  # between two equal words: else they would be one
LONGEST_HOLE = 6  # frames that may be lost within a word
LOST_AFTER_END = 2
WEAKEST_TONE = 12.0
SILENT = 0.02  # of the loudest sample: what counts as silence round a word


@dataclass(frozen=True)
class Spoken:
    """One word in marked speech."""

    word: str
    started: float
    ended: float


@dataclass(frozen=True)
class Marked:
    pcm: bytes
    timeline: tuple[Spoken, ...]

    @property
    def text(self) -> str:
        return " ".join(spoken.word for spoken in self.timeline)

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / SAMPLE_RATE


@dataclass(frozen=True)
class Heard:
    """One word as it arrived. `share`: how much of it, 0…1."""

    word: str
    started: float
    ended: float
    share: float

    @property
    def whole(self) -> bool:
        return self.share >= ENOUGH


@dataclass(frozen=True)
class Vocabulary:
    """Up to 153 words, and how many samples of code each has. A word is whatever its recogniser should write."""

    samples: Mapping[str, int]

    def __post_init__(self) -> None:
        if len(self.samples) > len(PAIRS):
            raise ValueError(f"{len(self.samples)} words; there are codes for {len(PAIRS)}")

    @classmethod
    def of(cls, clips: Mapping[str, bytes]) -> Vocabulary:
        return cls({word: len(pcm) // 2 for word, pcm in clips.items()})

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        lines = (line.rsplit("\t", 1) for line in path.read_text(encoding="utf-8").splitlines() if line)
        return cls({word: int(samples) for word, samples in lines})

    def save(self, path: Path) -> None:
        """One word a line with its samples, for a twin in another process."""
        path.write_text("".join(f"{word}\t{samples}\n" for word, samples in self.samples.items()), encoding="utf-8")

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.samples)

    def pair(self, word: str) -> tuple[int, int]:
        return PAIRS[self.words.index(word)]

    def frames(self, word: str) -> int:
        """Whole frames that surely hold nothing but this word's code."""
        return max(2, self.samples[word] // FRAME - 1)


def speak_words(words: Iterable[str] | Mapping[str, str], *, voice: str = "ru", speed: float = 1.0) -> dict[str, bytes]:
    """PCM of each word by espeak, without the silence round it.

    Args:
        words: a mapping says how a word is spoken that is written otherwise: {"3": "три"}.
    """
    spoken = words if isinstance(words, Mapping) else {word: word for word in words}
    return {word: _clip(said, voice, speed) for word, said in spoken.items()}


def mark(
    words: Sequence[tuple[str, bytes]],
    vocabulary: Vocabulary,
    *,
    gap_seconds: float = 0.03,
    pauses: Mapping[int, float] | None = None,
) -> Marked:
    """Speech with codes, and when each word is said in it.

    Args:
        words: each with its clip, whose length must be the vocabulary's.
        pauses: seconds of silence after the word of this number (from 0) in place of `gap_seconds`.
    """
    sound: list[NDArray[np.float32]] = []
    timeline: list[Spoken] = []
    at = 0
    for number, (word, pcm) in enumerate(words):
        coded = _coded(pcm, vocabulary.pair(word))
        timeline.append(Spoken(word, at / SAMPLE_RATE, (at + len(coded)) / SAMPLE_RATE))
        pause = (pauses or {}).get(number, gap_seconds)
        if number + 1 < len(words) and words[number + 1][0] == word:
            pause = max(pause, SAME_WORD_SECONDS)
        silence = np.zeros(round(pause * SAMPLE_RATE), dtype=np.float32) if number + 1 < len(words) else coded[:0]
        sound += [coded, silence]
        at += len(coded) + len(silence)
    return Marked(to_pcm(np.concatenate(sound)) if sound else b"", tuple(timeline))


class MarkReader:
    """Hears the words of a vocabulary in audio that comes in pieces of any size."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._words = dict(zip(PAIRS, vocabulary.words, strict=False))
        self._rest = np.zeros(0, dtype=np.float32)
        self._frame = 0
        self._candidate: tuple[str, int] | None = None
        self._open: _Word | None = None

    def feed(self, pcm: bytes) -> list[Heard]:
        """The words that are over by now: a whole one at its last frame, a mutilated one when another sound follows."""
        samples = np.concatenate([self._rest, samples_of(pcm)]) if len(self._rest) else samples_of(pcm)
        count = len(samples) // FRAME
        self._rest = samples[count * FRAME :]
        heard: list[Heard] = []
        for pair in _pairs(samples[: count * FRAME].reshape(count, FRAME)):
            heard += self._read(None if pair is None else self._words.get(pair))
            self._frame += 1
        return heard

    def end(self) -> list[Heard]:
        """What the end of the audio has cut off."""
        return self._close()

    def _read(self, word: str | None) -> list[Heard]:
        current = self._open
        if current is not None and current.word == word and not current.over(self._frame):
            self._candidate = None
            return current.took(self._frame)
        if word is None:
            self._candidate = None
            return self._close() if current is not None and current.over(self._frame) else []
        if self._candidate is None or self._candidate[0] != word:
            self._candidate = (word, self._frame)  # one frame alone may be an accident
            return []
        closed = self._close()
        self._open = _Word(word, self._vocabulary.frames(word), self._candidate[1])
        self._candidate = None
        return closed + self._open.took(self._frame)

    def _close(self) -> list[Heard]:
        current, self._open = self._open, None
        return [] if current is None or current.told else [current.heard()]


class _Word:
    """A word that is being heard."""

    def __init__(self, word: str, expected: int, first: int) -> None:
        self.word = word
        self.told = False
        self._expected, self._first, self._last, self._frames = expected, first, first, 1

    def over(self, frame: int) -> bool:
        """Would the same code, heard in this frame, be another word?"""
        return frame - self._last > (LOST_AFTER_END if self.told else LONGEST_HOLE)

    def took(self, frame: int) -> list[Heard]:
        self._last = frame
        self._frames += 1
        if self.told or self._frames < self._expected:
            return []
        self.told = True
        return [self.heard()]

    def heard(self) -> Heard:
        share = min(1.0, self._frames / self._expected)
        return Heard(self.word, self._first * FRAME / SAMPLE_RATE, (self._last + 1) * FRAME / SAMPLE_RATE, share)


@cache
def _tones() -> NDArray[np.float32]:
    """(160, 36): cosine and sine of each tone over a frame, scaled so that the product is an amplitude."""
    phase = 2 * np.pi * np.outer(np.arange(FRAME), np.array(BINS)) / FRAME
    return (np.concatenate([np.cos(phase), np.sin(phase)], axis=1) * 2 / FRAME).astype(np.float32)


def _pairs(frames: NDArray[np.float32]) -> list[tuple[int, int] | None]:
    """The pair of tones that stands out of each frame."""
    parts = frames @ _tones()
    power = parts[:, : len(BINS)] ** 2 + parts[:, len(BINS) :] ** 2
    return [_clear_pair(row) for row in power.tolist()]


def _clear_pair(power: list[float]) -> tuple[int, int] | None:
    third, second, first = sorted(power)[-3:]
    if second < WEAKEST_TONE**2 or second < 0.15 * first or third > 0.3 * second:
        return None
    places = power.index(first), power.index(second)
    return min(places), max(places)


def _coded(pcm: bytes, pair: tuple[int, int]) -> NDArray[np.float32]:
    """The word's voice, low-passed, with its two tones."""
    samples = samples_of(pcm)
    voice = np.convolve(samples, _low_pass(), "same") if len(samples) else samples
    level = max(float(np.sqrt(np.mean(voice**2))) if len(voice) else 0.0, 300.0) * 10 ** (CODE_DB / 20)
    time = np.arange(len(voice)) / SAMPLE_RATE
    tones = sum(np.sin(2 * np.pi * BINS[number] * SAMPLE_RATE / FRAME * time) for number in pair) * level
    edge = np.minimum(1.0, np.minimum(np.arange(len(voice)), np.arange(len(voice))[::-1]) / FADE)
    return (voice + tones * edge).astype(np.float32)


@cache
def _low_pass() -> NDArray[np.float64]:
    place = np.arange(-60, 61)
    weights = np.sinc(2 * VOICE_HZ / SAMPLE_RATE * place) * np.blackman(len(place))
    normal: NDArray[np.float64] = weights / weights.sum()
    return normal


@cache
def _clip(said: str, voice: str, speed: float) -> bytes:
    pcm, rate = speak(said, voice=voice, speed=speed)
    resampler = Resampler(rate)
    samples = samples_of(resampler.feed(pcm) + resampler.end())
    loud = np.flatnonzero(np.abs(samples) > SILENT * np.abs(samples).max(initial=1.0))
    word = samples[loud[0] : loud[-1] + 1] if len(loud) else samples
    missing = max(0, round(SHORTEST_SECONDS * SAMPLE_RATE) - len(word))
    return to_pcm(np.pad(word, (missing // 2, missing - missing // 2)))
