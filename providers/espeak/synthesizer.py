"""espeak-ng as a synthesizer: the whole clause in milliseconds, in a thread of its own."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from dataclasses import dataclass
from functools import cache

from providers.audio import Resampler
from providers.espeak.library import speak
from providers.speech import BYTES_PER_SECOND, USUAL_VOICE, Speech, Voice
from providers.speech_deadlines import SYNTHESIS_DEADLINES, SynthesisDeadlines, has_words, spoken_within
from vasdom.errors import InvalidInput

USUAL_VOICE_NAME = "ru"
SLOWEST, FASTEST = 0.5, 2.5
CHUNK_BYTES = BYTES_PER_SECOND // 5


@dataclass(frozen=True, slots=True, kw_only=True)
class EspeakConfig:
    """The voice's name is espeak's own: "ru", "ru+f2"; it has no roles."""

    voice: Voice = USUAL_VOICE
    deadlines: SynthesisDeadlines = SYNTHESIS_DEADLINES

    def __post_init__(self) -> None:
        if not SLOWEST <= self.voice.speed <= FASTEST:
            raise InvalidInput(f"Скорость голоса — число от {SLOWEST:g} до {FASTEST:g}.", field="speed")


class Espeak:
    """A machine's voice that is always there."""

    def __init__(self, config: EspeakConfig) -> None:
        self._config = config

    @property
    def name(self) -> str:
        return f"espeak {self._config.voice.name or USUAL_VOICE_NAME}"

    @property
    def takes_stress(self) -> bool:
        return False

    async def ready(self) -> None:
        """Load the library, and numpy, with a word."""
        await asyncio.get_running_loop().run_in_executor(_thread(), self._say, "да")

    async def synthesize(self, text: str) -> Speech:
        if not has_words(text):
            return
        async with aclosing(spoken_within(self._ask(text), self._config.deadlines)) as speech:
            async for audio in speech:
                yield audio

    async def _ask(self, text: str) -> AsyncGenerator[bytes, None]:
        pcm = await asyncio.get_running_loop().run_in_executor(_thread(), self._say, text)
        for at in range(0, len(pcm), CHUNK_BYTES):
            yield pcm[at : at + CHUNK_BYTES]

    def _say(self, text: str) -> bytes:
        voice = self._config.voice
        pcm, rate = speak(text, voice=voice.name or USUAL_VOICE_NAME, speed=voice.speed)
        resampler = Resampler(rate)
        return resampler.feed(pcm) + resampler.end()


@cache
def _thread() -> ThreadPoolExecutor:
    """The library speaks one text at a time, so one thread is all it can use."""
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="espeak")
