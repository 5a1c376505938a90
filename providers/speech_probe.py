"""Do the ears hear, does the voice speak? One cheap request, for the status page and before a revision is activated."""

from __future__ import annotations

import math
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing

from providers import bridge
from providers.deadlines import time_limit
from providers.speech import SAMPLE_RATE, SpeechRecognizer, SpeechSynthesizer

TIMEOUT_SECONDS = 6.0
WORD = "да"
TONE_HZ, TONE_SECONDS = 440, 0.5


def ask_recognizer(make: Callable[[], SpeechRecognizer]) -> None:
    """Have half a second of a tone recognised. Blocks; not from a coroutine.

    Raises:
        ProviderError: why it does not work.
    """
    bridge.call(_hear(make()))


def ask_synthesizer(make: Callable[[], SpeechSynthesizer]) -> None:
    """Have one word said. Blocks; not from a coroutine.

    Raises:
        ProviderError: why it does not work.
    """
    bridge.call(_say(make()))


async def _hear(recognizer: SpeechRecognizer) -> None:
    async with time_limit(TIMEOUT_SECONDS), aclosing(recognizer.transcribe(_tone())) as transcripts:
        async for _ in transcripts:
            pass


async def _say(synthesizer: SpeechSynthesizer) -> None:
    async with time_limit(TIMEOUT_SECONDS), aclosing(synthesizer.synthesize(WORD)) as speech:
        await anext(speech, None)


async def _tone() -> AsyncIterator[bytes]:
    """Not silence: silence is never sent to a vendor that bills by the request."""
    phases = (2 * math.pi * TONE_HZ * place / SAMPLE_RATE for place in range(int(SAMPLE_RATE * TONE_SECONDS)))
    samples = [round(4000 * math.sin(phase)) for phase in phases]
    yield struct.pack(f"<{len(samples)}h", *samples)
