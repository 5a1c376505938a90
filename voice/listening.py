"""A text as the caller would hear it: read aloud by the revision's synthesizers, through the telephone's codec."""

from __future__ import annotations

import asyncio
import io
import time
import wave
from contextlib import aclosing
from dataclasses import dataclass

from providers.errors import ProviderError
from providers.speech import BYTES_PER_SECOND, SAMPLE_RATE
from vasdom.errors import VasdomError
from voice import speech
from voice.phone.fields import VENDOR_NAMES
from voice.snapshot import CallSettings

LONGEST_TEXT = 500
FIRST_AUDIO_SECONDS = 6.0
"""A person at a page waits longer than a caller."""
LONGEST_WAIT_SECONDS = 20.0


class NoVoice(VasdomError):
    """Nobody could say it; the message says why, vendor by vendor."""

    code = "no_voice"


@dataclass(frozen=True, slots=True)
class Sample:
    """Speech to listen to.

    Attributes:
        wav: 8 kHz, mono, after the codec.
        vendor: who spoke.
        spoken: the text as it was read aloud.
        passed: why the vendors before it could not.
        milliseconds: until all of it was there. `seconds`: how long it sounds.
    """

    wav: bytes
    vendor: str
    spoken: str
    passed: tuple[str, ...]
    milliseconds: int
    seconds: float


async def sample(call: CallSettings, text: str) -> Sample:
    """Ask the vendors in the revision's order; the first that speaks is heard.

    Raises:
        NoVoice: none could.
    """
    passed: list[str] = []
    for vendor in call.synthesizers:
        if reason := speech.missing_for(vendor):
            passed.append(reason.rstrip("."))
            continue
        started = time.perf_counter()
        try:
            words, alaw = await asyncio.wait_for(_said(call, vendor, text), LONGEST_WAIT_SECONDS)
        except ProviderError as exc:
            passed.append(f"{VENDOR_NAMES[vendor]}: {exc.message.rstrip('.')}")
            continue
        except TimeoutError:
            passed.append(f"{VENDOR_NAMES[vendor]}: не ответил за {LONGEST_WAIT_SECONDS:g} с")
            continue
        took = round((time.perf_counter() - started) * 1000)
        heard = _decoded(alaw)
        return Sample(_wav(heard), VENDOR_NAMES[vendor], words, tuple(passed), took, len(heard) / BYTES_PER_SECOND)
    raise NoVoice("Сказать это некому. " + (". ".join(passed) or "Список синтеза пуст") + ".")


async def _said(call: CallSettings, vendor: str, text: str) -> tuple[str, bytes]:
    """The text as read aloud, and its A-law. What it needs is heavy, and a page seldom does."""
    from voice.phone.speaker import spoken_audio
    from voice.spoken import spoken

    voices = {vendor: call.voice_of(vendor)}
    synthesizer = speech.synthesizer((vendor,), voices, first_audio_seconds=FIRST_AUDIO_SECONDS)
    words = spoken(text, stress=call.stresses, marks=synthesizer.takes_stress)
    async with aclosing(spoken_audio(synthesizer, call, text)) as audio:
        return words, b"".join([piece async for piece in audio])


def _decoded(alaw: bytes) -> bytes:
    from voice.engine import g711

    return g711.decode(alaw).astype("<i2").tobytes()


def _wav(pcm: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes(pcm)
    return file.getvalue()
