"""Says texts as a tone, as late and as badly as it was told to; only `asyncio.sleep`, so fit for virtual time."""

from __future__ import annotations

import array
import asyncio
import math
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from functools import lru_cache

from providers.deadlines import check_seconds
from providers.errors import ProviderError
from providers.scripted.model import again
from providers.speech import BYTES_PER_SECOND, SAMPLE_RATE, Speech
from providers.speech_deadlines import SYNTHESIS_DEADLINES, SynthesisDeadlines, has_words, spoken_within

TONE_HZ = 400
LOUDNESS = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedSynthesizerConfig:
    """How it speaks.

    Attributes:
        letter_seconds: of audio for every character of the text.
        first_delay_seconds: before the first audio; `delay_seconds`: before every further piece.
        piece_seconds: of audio in one piece.
        error: raised after `error_after_seconds` of audio.
        stalls_after_seconds: of audio, after which nothing comes any more; None = never.
        times: how many texts fail that way; None = every one.
    """

    letter_seconds: float = 0.06
    first_delay_seconds: float = 0.0
    delay_seconds: float = 0.0
    piece_seconds: float = 0.2
    error: ProviderError | None = None
    error_after_seconds: float = 0.0
    stalls_after_seconds: float | None = None
    times: int | None = None
    label: str = "scripted"
    stress: bool = False
    deadlines: SynthesisDeadlines = SYNTHESIS_DEADLINES

    def __post_init__(self) -> None:
        check_seconds(self.letter_seconds, "letter_seconds")
        check_seconds(self.piece_seconds, "piece_seconds")


class ScriptedSynthesizer:
    """A voice for tests. `said` keeps the texts it was given, `closed` those that were not heard to their end."""

    def __init__(self, config: ScriptedSynthesizerConfig) -> None:
        self._config = config
        self.said: list[str] = []
        self.closed: list[str] = []

    @property
    def name(self) -> str:
        return self._config.label

    @property
    def takes_stress(self) -> bool:
        return self._config.stress

    async def ready(self) -> None:
        """Nothing to prepare."""

    async def synthesize(self, text: str) -> Speech:
        self.said.append(text)
        if not has_words(text):
            return
        whole = False
        try:
            async with aclosing(spoken_within(self._perform(text, len(self.said)), self._config.deadlines)) as speech:
                async for audio in speech:
                    yield audio
            whole = True
        finally:
            if not whole:
                self.closed.append(text)

    async def _perform(self, text: str, number: int) -> AsyncGenerator[bytes, None]:
        config = self._config
        failing = config.times is None or number <= config.times
        audio = tone(len(text) * config.letter_seconds)
        length = round(config.piece_seconds * SAMPLE_RATE) * 2
        await asyncio.sleep(config.first_delay_seconds)
        for at in range(0, len(audio), length):
            if failing and config.error is not None and at / BYTES_PER_SECOND >= config.error_after_seconds:
                raise again(config.error)
            stalls = config.stalls_after_seconds
            if failing and stalls is not None and at / BYTES_PER_SECOND >= stalls:
                await asyncio.Event().wait()
            if at:
                await asyncio.sleep(config.delay_seconds)
            yield audio[at : at + length]


@lru_cache(maxsize=256)
def tone(seconds: float) -> bytes:
    """PCM16; whole periods of 20 samples."""
    period = [round(LOUDNESS * math.sin(2 * math.pi * TONE_HZ * place / SAMPLE_RATE)) for place in range(20)]
    samples = array.array("h", period * (-(-round(seconds * SAMPLE_RATE) // 20)))
    return samples.tobytes()[: round(seconds * SAMPLE_RATE) * 2]
