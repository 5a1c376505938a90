"""Ports: speech to text and text to speech, as a telephone needs them.

Audio at these ports is always the same: mono, 16-bit little-endian PCM, 8,000 samples a second, in chunks of any size.
An adapter converts what its vendor takes and gives.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

SAMPLE_RATE = 8_000
"""Samples a second."""
BYTES_PER_SECOND = 16_000


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was recognised of one utterance so far: all of it, not only the new words.

    Attributes:
        text: as the vendor writes it; may be empty, when there were no words (a cough).
        final: nothing of it will change, and nothing more comes.
    """

    text: str
    final: bool = False


Transcripts = AsyncGenerator[Transcript, None]
Speech = AsyncGenerator[bytes, None]


@dataclass(frozen=True, slots=True)
class Voice:
    """How a synthesizer sounds.

    Attributes:
        name: the vendor's own word for the voice; empty = the vendor's usual one.
        role: the vendor's word for the manner («friendly»); empty = none.
        speed: 1.0 is the voice's own pace.
    """

    name: str = ""
    role: str = ""
    speed: float = 1.0


USUAL_VOICE: Final = Voice()


class SpeechRecognizer(Protocol):
    """Turns one utterance into text.

    `transcribe` reads the audio as it comes: at once what was said before the recogniser was asked, then in real time.
    The end of the audio is the end of the utterance; exactly one final transcript follows, then the stream ends. A
    vendor that gives interim results hands them over while the audio still comes. Closing the stream ends the request.
    Usable by many calls at once in one event loop.

    Raises, while iterated:
        Unavailable, Timeout, Rejected.
    """

    @property
    def name(self) -> str:
        """For logs and pages: "yandex general"; no secret."""

    async def ready(self) -> None:
        """What is slow and needed once: imports, a connection. No deadline counts this time."""

    def transcribe(self, audio: AsyncIterator[bytes], *, hints: Sequence[str] = ()) -> Transcripts:
        """Args:
        hints: words that are likely, names of products and streets; a vendor that takes none ignores them.
        """


class SpeechSynthesizer(Protocol):
    """Turns one clause or sentence into speech, handed over as soon as the vendor gives it.

    Closing the stream ends the request. Usable by many calls at once in one event loop.

    Raises, while iterated:
        Unavailable, Timeout, Rejected: before any audio was handed over.
        BrokenOff: after.
    """

    @property
    def name(self) -> str:
        """For logs and pages: "yandex jane"; no secret."""

    @property
    def takes_stress(self) -> bool:
        """Does a «+» before a vowel mark the stressed one? Others are given the text without marks."""

    async def ready(self) -> None:
        """Like the recogniser's."""

    def synthesize(self, text: str) -> Speech:
        """Args:
        text: ready to be read aloud: no digits, no abbreviations.
        """
