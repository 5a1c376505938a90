"""Several voices behind one: when a vendor is late or breaks off, the next one says the rest."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

from providers.deadlines import check_seconds
from providers.errors import BrokenOff, ProviderError, Timeout
from providers.fallback import INSTANT_SECONDS
from providers.pumping import pumped
from providers.speech import BYTES_PER_SECOND, Speech, SpeechSynthesizer
from providers.speech_deadlines import has_words
from providers.speech_steps import Round, SpeechStep, all_ready, check_steps, note_success

FIRST_AUDIO_SECONDS, PATIENCE_SECONDS = 1.0, 2.0
LEAST_SECONDS = 0.1
# A voice that has begun is given up when it was silent for so long and hardly anything is left to be played …
SILENCE_SECONDS, LEAD_SECONDS = 0.5, 0.3
# … or when, drop by drop, it has fallen so far behind the caller's ear.
BEHIND_SECONDS = 0.5
USUAL_LETTERS_A_SECOND = 14.0
LEARNING = 0.2
STRESS = re.compile(r"\+(?=[аеёиоуыэюя])", re.IGNORECASE)
WORD_START = re.compile(r"(?<!\S)\S")


class SynthesizerChain:
    """A voice that is worth a call.

    Args:
        steps: in the order in which they are asked.
        first_audio_seconds: how long one of them may take until its first audio.
        patience_seconds: how long all of them together; what is left is shared equally between those still to ask.
            Those that answer without a network are asked even after it.

    A «+» before a stressed vowel is taken out for the voices that do not know it.

    Raises, while iterated:
        ProviderError: the first vendor's failure, when none could begin.
        BrokenOff: nobody could say the rest.
    """

    def __init__(
        self,
        steps: Sequence[SpeechStep[SpeechSynthesizer]],
        *,
        first_audio_seconds: float = FIRST_AUDIO_SECONDS,
        patience_seconds: float = PATIENCE_SECONDS,
    ) -> None:
        self._steps = check_steps(steps)
        check_seconds(first_audio_seconds, "first_audio_seconds")
        check_seconds(patience_seconds, "patience_seconds")
        self._first_audio_seconds, self._patience_seconds = first_audio_seconds, patience_seconds
        self._name = self._steps[0].model.name
        self._pace: dict[str, float] = {}  # letters a second, as far as it is known of a vendor

    @property
    def name(self) -> str:
        """The voice that spoke last; before any has, the one asked first."""
        return self._name

    @property
    def takes_stress(self) -> bool:
        return any(step.model.takes_stress for step in self._steps)

    async def ready(self) -> None:
        await all_ready(step.model for step in self._steps)

    async def synthesize(self, text: str) -> Speech:
        await self.ready()
        clock = asyncio.get_running_loop().time
        asked, rest, begun, end = Round(self._steps), text, False, clock() + self._patience_seconds
        while has_words(rest) and (step := asked.next()) is not None:
            said_bytes = 0
            try:
                async with aclosing(self._attempt(step, rest, self._share(step, asked, end - clock()))) as speech:
                    async for audio in speech:
                        begun = True
                        self._name = step.model.name
                        said_bytes += len(audio)
                        yield audio
                self._learn(step, rest, said_bytes)
                return
            except ProviderError as exc:
                asked.failed(step, exc)
            if said_bytes:
                pace = self._pace.get(step.key, USUAL_LETTERS_A_SECOND)
                rest = rest_of(rest, said_bytes / BYTES_PER_SECOND * pace)
                end = clock() + self._patience_seconds
        if has_words(rest):
            if begun:
                raise BrokenOff(asked.failures[0], said=text.removesuffix(rest)) from asked.failures[0]
            raise asked.failures[0]

    def _share(self, step: SpeechStep[SpeechSynthesizer], asked: Round[SpeechSynthesizer], left: float) -> float:
        """Seconds until the first audio of this step."""
        if step.instant:
            return max(INSTANT_SECONDS, left)
        return min(self._first_audio_seconds, max(LEAST_SECONDS, left / asked.competing))

    async def _attempt(self, step: SpeechStep[SpeechSynthesizer], text: str, seconds: float) -> Speech:
        written = text if step.model.takes_stress else STRESS.sub("", text)

        def speak(put: Callable[[bytes], None]) -> Coroutine[Any, Any, None]:
            return _speak(step.model, written, seconds, put)

        async with aclosing(pumped(speak)) as speech:
            async for audio in speech:
                yield audio

    def _learn(self, step: SpeechStep[SpeechSynthesizer], text: str, said_bytes: int) -> None:
        note_success(step.key)
        seconds = said_bytes / BYTES_PER_SECOND
        if seconds > 1.0:
            measured = len(STRESS.sub("", text)) / seconds
            known = self._pace.get(step.key, measured)
            self._pace[step.key] = known + LEARNING * (measured - known)


async def _speak(model: SpeechSynthesizer, text: str, seconds: float, put: Callable[[bytes], None]) -> None:
    clock = asyncio.get_running_loop().time
    begun: float | None = None
    given_seconds = 0.0
    try:
        async with asyncio.timeout(seconds) as limit, aclosing(model.synthesize(text)) as speech:
            async for audio in speech:
                put(audio)
                now = clock()
                begun = now if begun is None else begun
                given_seconds += len(audio) / BYTES_PER_SECOND
                played = begun + given_seconds  # when the caller, who listens since `begun`, has heard all of it
                limit.reschedule(min(max(now + SILENCE_SECONDS, played - LEAD_SECONDS), played + BEHIND_SECONDS))
    except TimeoutError:
        raise Timeout("Синтез речи не ответил вовремя", detail=f"late after {given_seconds:.1f} s of audio") from None


def rest_of(text: str, letters: float) -> str:
    """What is left to say after about so many letters, from the beginning of the word that was being said."""
    place = int(letters)
    for match in STRESS.finditer(text):
        place += match.start() < place
    if place >= len(text):
        return ""
    starts = [match.start() for match in WORD_START.finditer(text) if match.start() <= place]
    return text[starts[-1] :] if starts else text
