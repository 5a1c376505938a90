"""The call's voice: a written clause → spoken form → synthesis → A-law; ready sentences come from the store."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import datetime

import numpy as np

from providers.errors import ProviderError
from providers.speech import SpeechSynthesizer
from voice import speech, voices
from voice.engine import g711
from voice.phone.engine_settings import stock_texts
from voice.phone.phrases import PhraseStore, signature
from voice.snapshot import CallSettings
from voice.spoken import spoken

logger = logging.getLogger(__name__)

AUDIBLE = 330
"""A sample louder than this (−40 dB) begins the speech."""
KEPT_BEFORE_SAMPLES = 80
LONGEST_LEAD_SAMPLES = 4_000
SHORTEST_CACHED_SECONDS, LONGEST_CACHED_LETTERS = 0.1, 120
BEEP_HERTZ, BEEP_SECONDS = 425, 0.25


class PhoneSpeaker:
    """Implements `Speaker`. One for each call; the store is the process's."""

    def __init__(self, call: CallSettings, store: PhraseStore, synthesizer: SpeechSynthesizer | None = None) -> None:
        self._call, self._store = call, store
        self._synthesizer = synthesizer or synthesizer_of(call)
        self._own = (synthesizer or own_voice(call)).name
        self._voice = signature(call)

    @property
    def name(self) -> str:
        """The provider's key of the voice that spoke last, or will speak first."""
        return self._synthesizer.name

    async def speak(self, text: str) -> AsyncGenerator[bytes, None]:
        if audio := self._store.get(self._voice, text):
            yield audio
            return
        whole = bytearray()
        async with aclosing(spoken_audio(self._synthesizer, self._call, text)) as chunks:
            async for chunk in chunks:
                whole += chunk
                yield chunk
        if len(text) <= LONGEST_CACHED_LETTERS and self.name == self._own:
            self._store.remember(self._voice, text, bytes(whole))

    def ready(self, text: str) -> bytes:
        return self._store.get(self._voice, text)

    async def make_ready(self) -> None:
        """The vendors' imports and connections."""
        await self._synthesizer.ready()

    def last_resort(self) -> bytes:
        return two_beeps()


def synthesizer_of(call: CallSettings) -> SpeechSynthesizer:
    """The revision's vendors, one after another."""
    return speech.synthesizer(call.synthesizers, {vendor: call.voice_of(vendor) for vendor in call.synthesizers})


def own_voice(call: CallSettings) -> SpeechSynthesizer:
    """The first of the revision's vendors that can be used, alone: what others say for it is not kept."""
    first = voices.usable(call.synthesizers)[:1]
    return speech.synthesizer(first, {vendor: call.voice_of(vendor) for vendor in first})


async def spoken_audio(synthesizer: SpeechSynthesizer, call: CallSettings, text: str) -> AsyncGenerator[bytes, None]:
    """A-law of a written text, beginning with its first sound."""
    words = read_aloud(synthesizer, call, text)
    if not words.strip():
        return
    async with aclosing(synthesizer.synthesize(words)) as pcm:
        async for chunk in without_lead(whole_samples(pcm)):
            yield g711.encode(chunk)


def read_aloud(synthesizer: SpeechSynthesizer, call: CallSettings, text: str) -> str:
    """The words of a written text, with stress marks for a voice that takes them."""
    return spoken(text, stress=call.stresses, marks=synthesizer.takes_stress)


async def whole_samples(pcm: AsyncIterator[bytes]) -> AsyncGenerator[np.ndarray, None]:
    """Chunks of any size as arrays of samples."""
    rest = b""
    async for chunk in pcm:
        rest += chunk
        even = len(rest) // 2 * 2
        if even:
            yield np.frombuffer(rest[:even], np.int16)
            rest = rest[even:]


async def without_lead(chunks: AsyncIterator[np.ndarray]) -> AsyncGenerator[np.ndarray, None]:
    """Without the silence before the first sound, which the caller would wait for; at most half a second of it."""
    dropped, begun = 0, False
    async for chunk in chunks:
        if not begun:
            loud = np.flatnonzero(np.abs(chunk.astype(np.int32)) > AUDIBLE)
            start = max(0, int(loud[0]) - KEPT_BEFORE_SAMPLES) if len(loud) else len(chunk)
            start = min(start, max(0, LONGEST_LEAD_SAMPLES - dropped))
            dropped += start
            chunk = chunk[start:]
            begun = bool(len(loud)) or dropped >= LONGEST_LEAD_SAMPLES
        if len(chunk):
            yield chunk


async def prepare(call: CallSettings, store: PhraseStore, now: datetime) -> int:
    """Have the revision's sentences ready. Those of its first vendor are kept, those of others only for now.

    Returns how many the first vendor has not said yet.
    """
    voice, own, missing = signature(call), own_voice(call), 0
    for text in stock_texts(call, now):
        words = read_aloud(own, call, text)
        if store.is_own(voice, text) or await asyncio.to_thread(store.load, voice, text, words):
            continue
        try:
            audio = await _whole(own, call, text)
        except ProviderError:
            missing += 1
            if not store.get(voice, text):
                await _by_others(call, store, text)
            continue
        if len(audio) > SHORTEST_CACHED_SECONDS * 8000:
            await asyncio.to_thread(store.keep, voice, text, words, audio)
    return missing


async def _by_others(call: CallSettings, store: PhraseStore, text: str) -> None:
    try:
        audio = await _whole(synthesizer_of(call), call, text)
    except ProviderError as exc:
        logger.warning("a phrase could not be prepared: %s %s", exc.code, exc.detail)
    else:
        store.remember(signature(call), text, audio, borrowed=True)


async def _whole(synthesizer: SpeechSynthesizer, call: CallSettings, text: str) -> bytes:
    return b"".join([chunk async for chunk in spoken_audio(synthesizer, call, text)])


@functools.cache
def two_beeps() -> bytes:
    """What can always be sounded."""
    moments = np.arange(int(BEEP_SECONDS * 8000)) / 8000
    beep = (6000 * np.sin(2 * np.pi * BEEP_HERTZ * moments)).astype(np.int16)
    gap = np.zeros(len(beep), np.int16)
    return g711.encode(np.concatenate([beep, gap, beep]))
