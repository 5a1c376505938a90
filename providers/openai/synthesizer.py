"""Speech, `/audio/speech`: a stream of PCM at 24,000 samples a second, brought to the telephone's 8,000 as it comes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from importlib import import_module
from typing import Any

from providers.audio import Resampler
from providers.openai.clients import client
from providers.openai.config import SynthesisConfig
from providers.openai.errors import translated, unreadable
from providers.speech import Speech
from providers.speech_deadlines import has_words, spoken_within

LIBRARIES = ("openai", "openai.resources.audio", "numpy")
SOURCE_RATE = 24_000  # of response_format=pcm
USUAL_VOICE_NAME = "alloy"


class OpenAISynthesizer:
    """A voice of an OpenAI-compatible server."""

    def __init__(self, config: SynthesisConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"OpenAISynthesizer({self._config})"

    @property
    def name(self) -> str:
        return f"openai {self._config.voice.name or USUAL_VOICE_NAME}"

    @property
    def takes_stress(self) -> bool:
        return False

    async def ready(self) -> None:
        """Import the libraries, in a thread so that the loop goes on meanwhile, and build the client."""
        for name in LIBRARIES:
            if name not in sys.modules:
                await asyncio.to_thread(import_module, name)
        client(self._config.account)

    async def synthesize(self, text: str) -> Speech:
        if not has_words(text):
            return
        await self.ready()
        async with aclosing(spoken_within(self._ask(text), self._config.deadlines)) as speech:
            async for audio in speech:
                yield audio

    async def _ask(self, text: str) -> AsyncGenerator[bytes, None]:
        resampler, begun = Resampler(SOURCE_RATE), False
        with translated():
            asked = client(self._config.account).audio.speech.with_streaming_response.create(**self._told(text))
            async with asked as response:
                if response.headers.get("content-type", "").startswith(("text/", "application/json")):
                    raise unreadable("not audio")
                async for chunk in response.iter_bytes():
                    if audio := resampler.feed(chunk):
                        begun = True
                        yield audio
        if begun and (audio := resampler.end()):
            yield audio

    def _told(self, text: str) -> dict[str, Any]:
        voice = self._config.voice
        told: dict[str, Any] = {
            "input": text,
            "model": self._config.model,
            "voice": voice.name or USUAL_VOICE_NAME,
            "response_format": "pcm",
        }
        if voice.speed != 1.0:
            told["speed"] = voice.speed
        if voice.role and self._config.takes_instructions:
            told["instructions"] = voice.role
        return told
