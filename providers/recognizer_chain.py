"""Several recognisers behind one: what the caller said is kept, and told to the next one when a vendor fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Any

from providers.deadlines import check_seconds
from providers.errors import ProviderError, Timeout, Unavailable
from providers.pumping import pumped
from providers.speech import SpeechRecognizer, Transcript, Transcripts
from providers.speech_steps import Round, SpeechStep, all_ready, check_steps, note_success
from providers.tape import Tape

BUDGET_SECONDS = 1.5
LEAST_SECONDS = 0.1


class RecognizerChain:
    """A recogniser that is worth a call: it has a final transcript within its budget, or says that it has none.

    Args:
        steps: in the order in which they are asked.
        budget_seconds: from the end of the audio to the final transcript, for all of them together: what is left is
            shared equally between those still to ask. While the audio comes, only an error makes a vendor fail.

    Raises, while iterated:
        ProviderError: the first vendor's failure, when none could tell.
    """

    def __init__(
        self, steps: Sequence[SpeechStep[SpeechRecognizer]], *, budget_seconds: float = BUDGET_SECONDS
    ) -> None:
        self._steps = check_steps(steps)
        check_seconds(budget_seconds, "budget_seconds")
        self._budget_seconds = budget_seconds

    @property
    def name(self) -> str:
        return self._steps[0].model.name

    async def ready(self) -> None:
        await all_ready(step.model for step in self._steps)

    async def transcribe(self, audio: AsyncIterator[bytes], *, hints: Sequence[str] = ()) -> Transcripts:
        async with Tape(audio) as tape:
            await self.ready()
            asked, words = Round(self._steps), 0
            while (step := asked.next()) is not None:
                try:
                    async with aclosing(self._attempt(step, tape, hints, asked.competing)) as transcripts:
                        async for transcript in transcripts:
                            if transcript.final:
                                note_success(step.key)
                                yield transcript
                                return
                            # The next vendor begins anew: what was already shown does not shrink meanwhile.
                            if (count := len(transcript.text.split())) >= words:
                                words = count
                                yield transcript
                    raise Unavailable("Распознавание речи оборвалось", detail="no final transcript")
                except ProviderError as exc:
                    asked.failed(exc)
            raise asked.failures[0]

    async def _attempt(
        self, step: SpeechStep[SpeechRecognizer], tape: Tape, hints: Sequence[str], competing: int
    ) -> Transcripts:
        def listen(put: Callable[[Transcript], None]) -> Coroutine[Any, Any, None]:
            return self._listen(step, tape, hints, competing, put)

        async with aclosing(pumped(listen)) as transcripts:
            async for transcript in transcripts:
                yield transcript

    async def _listen(
        self,
        step: SpeechStep[SpeechRecognizer],
        tape: Tape,
        hints: Sequence[str],
        competing: int,
        put: Callable[[Transcript], None],
    ) -> None:
        limit = asyncio.timeout(None)
        watching = asyncio.create_task(self._watch(tape, limit, competing))
        try:
            async with limit, aclosing(step.model.transcribe(tape.replay(), hints=hints)) as transcripts:
                async for transcript in transcripts:
                    put(transcript)
        except TimeoutError:
            raise Timeout("Распознавание речи не ответило вовремя", detail=f"{step.key} is late") from None
        finally:
            watching.cancel()

    async def _watch(self, tape: Tape, limit: asyncio.Timeout, competing: int) -> None:
        """Sets the limit as soon as the audio is over."""
        clock = asyncio.get_running_loop().time
        began = clock()
        ended = await tape.ended()
        begun = max(began, ended)
        share = max(LEAST_SECONDS, (ended + self._budget_seconds - begun) / competing)
        limit.reschedule(begun + share)
