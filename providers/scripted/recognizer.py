"""Hears what its script says, as late and as badly as it was written; only `asyncio.sleep`, so fit for virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from providers.errors import ProviderError
from providers.scripted.model import again
from providers.speech import BYTES_PER_SECOND, Transcript, Transcripts
from providers.speech_deadlines import RECOGNITION_DEADLINES, RecognitionDeadlines, transcribed_within
from vasdom.errors import InvalidInput

WORD_SECONDS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """What one utterance is.

    Attributes:
        text: the final transcript; its words come one by one before.
        ends: the second of the audio at which each word is over; without it a word takes 0.3 s.
        error: raised in place of what comes after `error_after_seconds` of audio; None = as soon as it is asked.
        silent: nothing is ever said of it, not even at its end.
    """

    text: str = ""
    ends: tuple[float, ...] = ()
    error: ProviderError | None = None
    error_after_seconds: float | None = None
    silent: bool = False

    def __post_init__(self) -> None:
        if self.ends and len(self.ends) != len(self.text.split()):
            raise InvalidInput("Концов слов столько же, сколько слов.", field="ends")

    def heard_by(self, seconds: float) -> str:
        """The words that are over after so much audio."""
        words = self.text.split()
        ends = self.ends or tuple(WORD_SECONDS * (number + 1) for number in range(len(words)))
        return " ".join(word for word, end in zip(words, ends, strict=True) if end <= seconds)


Script = Sequence[Utterance] | Callable[[bytes], Utterance]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedRecognizerConfig:
    """How it hears.

    Attributes:
        script: utterances in turn, the last one again and again; or a function that is asked, each time more audio has
            come, what all of it is.
        lag_seconds: of audio, from the end of a word to the interim transcript that has it; negative = no interims.
        final_seconds: from the end of the audio to the final transcript.
    """

    script: Script = (Utterance(text="алло"),)
    lag_seconds: float = 0.2
    final_seconds: float = 0.2
    label: str = "scripted"
    deadlines: RecognitionDeadlines = RECOGNITION_DEADLINES


@dataclass(slots=True)
class Hearing:
    """One utterance as the recogniser got it, for tests."""

    hints: tuple[str, ...]
    seconds: float = 0.0
    ended: bool = False
    closed_early: bool = False
    pcm: bytearray = field(default_factory=bytearray)


class ScriptedRecognizer:
    """Ears for tests. `heard` keeps what it was asked."""

    def __init__(self, config: ScriptedRecognizerConfig) -> None:
        self._config = config
        self.heard: list[Hearing] = []

    @property
    def name(self) -> str:
        return self._config.label

    async def ready(self) -> None:
        """Nothing to prepare."""

    async def transcribe(self, audio: AsyncIterator[bytes], *, hints: Sequence[str] = ()) -> Transcripts:
        hearing = Hearing(tuple(hints))
        self.heard.append(hearing)
        number = len(self.heard) - 1
        listened = transcribed_within(audio, lambda heard: self._listen(heard, hearing, number), self._config.deadlines)
        final = False
        try:
            async with aclosing(listened) as transcripts:
                async for transcript in transcripts:
                    final = transcript.final
                    yield transcript
        finally:
            hearing.closed_early = not final

    async def _listen(self, audio: AsyncIterator[bytes], hearing: Hearing, number: int) -> Transcripts:
        told = ""
        self._fail(self._utterance(hearing, number), hearing)
        async for chunk in audio:
            hearing.pcm += chunk
            hearing.seconds = len(hearing.pcm) / BYTES_PER_SECOND
            utterance = self._utterance(hearing, number)
            self._fail(utterance, hearing)
            text = utterance.heard_by(hearing.seconds - self._config.lag_seconds)
            if text != told and self._config.lag_seconds >= 0 and not utterance.silent:
                told = text
                yield Transcript(text)
        hearing.ended = True
        utterance = self._utterance(hearing, number)
        if utterance.silent:
            await asyncio.Event().wait()
        await asyncio.sleep(self._config.final_seconds)
        if utterance.error is not None:
            raise again(utterance.error)
        yield Transcript(utterance.text, final=True)

    def _utterance(self, hearing: Hearing, number: int) -> Utterance:
        script = self._config.script
        if isinstance(script, Sequence):
            return script[min(number, len(script) - 1)]
        return script(bytes(hearing.pcm))

    def _fail(self, utterance: Utterance, hearing: Hearing) -> None:
        after = utterance.error_after_seconds
        if utterance.error is not None and (after is None or hearing.seconds >= after > 0):
            raise again(utterance.error)
