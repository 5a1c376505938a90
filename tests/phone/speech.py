"""What test callers say: Russian speech by espeak whose words a program can hear for certain, and noises.

Everything is said with the words of one vocabulary (`speech_marks` has codes for 153), so that a twin of SpeechKit may
sit in another process and still know them all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from providers.tests.speech_marks import Marked, Vocabulary, mark, speak_words
from vasdom.env import ROOT

RATE = 8_000
PAUSE_SECONDS = 0.7
"""In the middle of a sentence."""
GROUP_SECONDS = 0.7
"""Between the groups of a dictated number."""
CACHE = ROOT / "var" / "test-speech"

QUESTIONS = (
    "расскажите о мытье окон",
    "чем вы моете окна",
    "чем вы чистите ковры",
    "расскажите о чистке ковров",
    "как вы вывозите снег",
    "что входит в вывоз снега",
    "расскажите о мытье фасада",
    "чем вы моете фасад",
    "расскажите о стрижке газона",
    "как вы стрижёте газон",
)
"""All of them lead to the model: none is about a house, and the knowledge of `world` has a passage for each."""
OPENINGS = ("здравствуйте расскажите мне", "будьте добры расскажите", "девушка мне хочется узнать", "я хотела спросить")
TAILS = ("о мытье окон", "чем вы чистите ковры", "как вы вывозите снег", "о мытье фасада", "как вы стрижёте газон")
PAUSED = tuple((opening, tail) for opening in OPENINGS for tail in TAILS)
"""Twenty sentences with a pause in the middle."""
NUMBERS = (
    ("восемь", "девятьсот двенадцать", "триста сорок", "десять", "двадцать"),
    ("восемь", "девятьсот", "сто двадцать", "сорок пять", "тридцать"),
    ("плюс семь", "девятьсот три", "пятьсот", "двенадцать", "сорок один"),
    ("восемь", "четыреста девяносто", "семьсот", "тридцать три", "десять"),
    ("восемь", "девятьсот шестьдесят", "двести два", "пятьдесят", "семь три"),
)
DICTATED = tuple(("запишите номер", *groups) for groups in NUMBERS) + tuple(
    ("мой телефон такой", *groups) for groups in NUMBERS
)
"""Ten numbers said by groups."""
SHORT = ("да", "нет")
BACKCHANNELS = ("угу", "да-да", "ага", "понятно", "так")
INTERRUPTIONS = (
    "стоп",
    "подождите",
    "нет погодите",
    "а сколько стоит мытьё окон",
    "а чем вы чистите ковры",
    "расскажите лучше о мытье фасада",
    "стойте у меня другой вопрос",
    "хватит расскажите как вы вывозите снег",
)
QUESTIONS_INTO_A_REPLY = tuple(text for text in INTERRUPTIONS if len(text.split()) >= 4 and "вопрос" not in text)
"""Interruptions that the model is asked about."""


def words_of(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(word for text in texts for word in text.split()))


ALL_TEXTS = (
    *QUESTIONS,
    *(part for pair in PAUSED for part in pair),
    *(part for groups in DICTATED for part in groups),
    *SHORT,
    *BACKCHANNELS,
    *INTERRUPTIONS,
    "спасибо до свидания алло расскажите подробно продолжайте",
)
WORDS = words_of(ALL_TEXTS)


@dataclass(frozen=True, slots=True)
class Clip:
    """Something to say. `pcm` has 8,000 16-bit samples a second; `ends` is where each of its parts is over, seconds."""

    text: str
    pcm: bytes
    ends: tuple[float, ...]

    @property
    def seconds(self) -> float:
        return len(self.pcm) / 2 / RATE


class Clips:
    """The words as sound, made once and kept in `folder`."""

    def __init__(self, folder: Path = CACHE) -> None:
        self._pcm = _kept_words(folder)
        self.vocabulary = Vocabulary.of(self._pcm)
        self._made: dict[tuple[tuple[str, ...], float], Clip] = {}

    def say(self, *parts: str, pause: float = PAUSE_SECONDS) -> Clip:
        """The parts with a pause between two of them."""
        if (kept := self._made.get((parts, pause))) is not None:
            return kept
        words, pauses, lasts = [], {}, []
        for part in parts:
            words += part.split()
            lasts.append(len(words) - 1)
            pauses[len(words) - 1] = pause
        marked: Marked = mark([(word, self._pcm[word]) for word in words], self.vocabulary, pauses=pauses)
        clip = Clip(" ".join(parts), marked.pcm, tuple(marked.timeline[last].ended for last in lasts))
        return self._made.setdefault((parts, pause), clip)


def _kept_words(folder: Path) -> dict[str, bytes]:
    """From the file of this very list of words; made when there is none."""
    file = folder / f"{hashlib.sha256(' '.join(WORDS).encode()).hexdigest()[:16]}.npz"
    if file.exists():
        with np.load(file) as kept:
            return {word: kept[f"w{number}"].tobytes() for number, word in enumerate(WORDS)}
    made = speak_words(WORDS)
    folder.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new.npz")
    np.savez(fresh, **{f"w{number}": np.frombuffer(made[word], np.int16) for number, word in enumerate(WORDS)})
    fresh.rename(file)
    return made


@lru_cache(maxsize=1)
def clips() -> Clips:
    return Clips()


def cough(seed: int = 1, seconds: float = 0.22) -> bytes:
    """A burst of noise with a sharp beginning, as loud as speech."""
    dice = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    burst = dice.standard_normal(len(time)) * np.exp(-time / (seconds / 3))
    smooth = np.convolve(burst, np.ones(4) / 4, "same")
    return (smooth / np.abs(smooth).max() * 9000).astype("<i2").tobytes()
