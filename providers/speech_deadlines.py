"""Every wait for a vendor of speech is bounded here; `speech_chain.py` is stricter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing
from dataclasses import dataclass, fields
from typing import Any, Final

from providers.deadlines import check_seconds
from providers.errors import BrokenOff, ProviderError, Timeout, Unavailable
from providers.pumping import pumped
from providers.speech import Speech, Transcript, Transcripts


@dataclass(frozen=True, slots=True)
class SynthesisDeadlines:
    """How long a voice is waited for.

    Attributes:
        first_audio_seconds: from the request to the first audio.
        between_seconds: the longest silence of the vendor after that.
        whole_seconds: from the request to the end.
    """

    first_audio_seconds: float = 6.0
    between_seconds: float = 4.0
    whole_seconds: float = 60.0

    def __post_init__(self) -> None:
        for name in (item.name for item in fields(self)):
            check_seconds(getattr(self, name), name)


@dataclass(frozen=True, slots=True)
class RecognitionDeadlines:
    """How long a text is waited for.

    Attributes:
        final_seconds: from the end of the audio to the final transcript.
        whole_seconds: the longest utterance with its recognition.
    """

    final_seconds: float = 8.0
    whole_seconds: float = 300.0

    def __post_init__(self) -> None:
        for name in (item.name for item in fields(self)):
            check_seconds(getattr(self, name), name)


SYNTHESIS_DEADLINES: Final = SynthesisDeadlines()
RECOGNITION_DEADLINES: Final = RecognitionDeadlines()


def has_words(text: str) -> bool:
    """Is there anything to say aloud?"""
    return any(letter.isalnum() for letter in text)


async def spoken_within(source: AsyncIterator[bytes], deadlines: SynthesisDeadlines) -> Speech:
    """What a vendor's `synthesize` returns: the source, its silences bounded, its failures typed.

    Raises:
        Timeout, Unavailable (it ended without any audio), or what the source raised: before any audio.
        BrokenOff: after.
    """

    def speak(put: Callable[[bytes], None]) -> Coroutine[Any, Any, None]:
        return _speak(source, put, deadlines)

    begun = False
    try:
        async with aclosing(pumped(speak)) as pieces:
            async for audio in pieces:
                begun = True
                yield audio
    except ProviderError as exc:
        if begun and not isinstance(exc, BrokenOff):
            raise BrokenOff(exc, said="") from exc
        raise
    if not begun:
        raise Unavailable("Синтез речи не дал звука", detail="no audio")


async def _speak(source: AsyncIterator[bytes], put: Callable[[bytes], None], deadlines: SynthesisDeadlines) -> None:
    clock = asyncio.get_running_loop().time
    end = clock() + deadlines.whole_seconds
    try:
        async with asyncio.timeout_at(min(end, clock() + deadlines.first_audio_seconds)) as limit:
            async for audio in source:
                if audio:
                    put(audio)
                    limit.reschedule(min(end, clock() + deadlines.between_seconds))
    except TimeoutError:
        raise Timeout("Синтез речи не ответил вовремя", detail="silent for too long") from None


async def transcribed_within(
    audio: AsyncIterator[bytes],
    listen: Callable[[AsyncIterator[bytes]], AsyncIterator[Transcript]],
    deadlines: RecognitionDeadlines,
) -> Transcripts:
    """What a vendor's `transcribe` returns: transcripts up to the final one, which is bounded from the audio's end.

    Raises:
        Timeout, Unavailable (it ended without a final transcript), or what `listen` raised.
    """

    def hear(put: Callable[[Transcript], None]) -> Coroutine[Any, Any, None]:
        return _listen(audio, listen, put, deadlines)

    final = False
    async with aclosing(pumped(hear)) as transcripts:
        async for transcript in transcripts:
            yield transcript
            final = transcript.final
            if final:
                return
    if not final:
        raise Unavailable("Распознавание речи оборвалось", detail="no final transcript")


async def _listen(
    audio: AsyncIterator[bytes],
    listen: Callable[[AsyncIterator[bytes]], AsyncIterator[Transcript]],
    put: Callable[[Transcript], None],
    deadlines: RecognitionDeadlines,
) -> None:
    clock = asyncio.get_running_loop().time
    end = clock() + deadlines.whole_seconds
    try:
        async with asyncio.timeout_at(end) as limit:

            async def watched() -> AsyncIterator[bytes]:
                async for chunk in audio:
                    yield chunk
                if not limit.expired():
                    limit.reschedule(min(end, clock() + deadlines.final_seconds))

            async for transcript in listen(watched()):
                put(transcript)
                if transcript.final:
                    return
    except TimeoutError:
        raise Timeout("Распознавание речи не ответило вовремя", detail="no final transcript in time") from None
