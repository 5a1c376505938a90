"""Several recognisers behind one: what the caller said is kept, and told to the next one when a vendor fails."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing

from providers.deadlines import check_seconds
from providers.errors import ProviderError, Timeout, Unavailable
from providers.speech import SpeechRecognizer, Transcript, Transcripts
from providers.speech_steps import Round, SpeechStep, all_ready, check_steps, note_success
from providers.tape import Tape

logger = logging.getLogger(__name__)

BUDGET_SECONDS = 1.5
LEAST_SECONDS = 0.1
Step = SpeechStep[SpeechRecognizer]


class RecognizerChain:
    """A recogniser that is worth a call: it has a final transcript within its budget, or says that it has none.

    A vendor that fails is replaced by the next, who hears everything from the beginning. One that is only late goes on
    listening beside the next, and the first final transcript is taken. While the audio comes, nobody is late.

    Args:
        steps: in the order in which they are asked.
        budget_seconds: from the end of the audio to the final transcript, for all of them together: what is left is
            shared equally between those still to ask.

    Raises, while iterated:
        ProviderError: the first vendor's failure, when none could tell.
    """

    def __init__(self, steps: Sequence[Step], *, budget_seconds: float = BUDGET_SECONDS) -> None:
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
            words = 0
            race = _Race(self._steps, tape, hints, self._budget_seconds)
            async with aclosing(race.run()) as transcripts:
                async for transcript in transcripts:
                    # The next vendor begins anew: what was already shown does not shrink meanwhile.
                    if transcript.final or len(transcript.text.split()) >= words:
                        words = len(transcript.text.split())
                        yield transcript


class _Race:
    """Those who listen to one utterance."""

    def __init__(self, steps: Sequence[Step], tape: Tape, hints: Sequence[str], budget_seconds: float) -> None:
        self._round, self._tape, self._hints, self._budget_seconds = Round(steps), tape, hints, budget_seconds
        self._news: asyncio.Queue[tuple[Step, Transcript | ProviderError] | None] = asyncio.Queue()
        self._listening: dict[str, asyncio.Task[None]] = {}
        self._late: list[Step] = []
        self._newest: Step | None = None
        self._alarm: asyncio.Task[None] | None = None

    async def run(self) -> AsyncGenerator[Transcript, None]:
        """Transcripts of all who listen, up to the first final one."""
        try:
            self._ask_next()
            while self._listening:
                news = await self._news.get()
                if news is None:
                    self._is_late()
                    continue
                step, told = news
                if isinstance(told, ProviderError):
                    self._failed(step, told)
                    continue
                if told.final:
                    self._won(step)
                yield told
                if told.final:
                    return
            raise self._round.failures[0]
        finally:
            tasks = [*self._listening.values(), *filter(None, [self._alarm])]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _ask_next(self) -> None:
        """Begin with the next step, if there is one, and set the alarm to the time of whoever still listens."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._newest = step = self._round.next()
        if step is not None:
            self._listening[step.key] = asyncio.create_task(self._listen(step))
        if self._listening:
            self._alarm = asyncio.create_task(self._wake(self._round.competing))

    def _is_late(self) -> None:
        """The newest has used up its share; when it was the last one, the time of all is over."""
        if self._newest is not None:
            self._late.append(self._newest)
            self._ask_next()
        if self._newest is None:
            self._give_up(self._late)

    def _failed(self, step: Step, error: ProviderError) -> None:
        self._listening.pop(step.key)
        self._late = [late for late in self._late if late.key != step.key]
        self._round.failed(step, error)
        if step is self._newest:
            self._ask_next()

    def _won(self, winner: Step) -> None:
        note_success(winner.key)
        self._give_up([step for step in self._late if step.key != winner.key])

    def _give_up(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if (task := self._listening.pop(step.key, None)) is not None:
                task.cancel()
            late = Timeout("Распознавание речи не ответило вовремя", detail=f"{step.key} is late")
            self._round.failed(step, late)

    async def _listen(self, step: Step) -> None:
        try:
            async with aclosing(step.model.transcribe(self._tape.replay(), hints=self._hints)) as transcripts:
                async for transcript in transcripts:
                    self._news.put_nowait((step, transcript))
                    if transcript.final:
                        return
            raise Unavailable("Распознавание речи оборвалось", detail="no final transcript")
        except ProviderError as exc:
            self._news.put_nowait((step, exc))
        except Exception:  # one vendor's defect is fenced off from the others
            logger.exception("%s could not listen", step.model.name)
            self._news.put_nowait((step, Unavailable("Распознавание речи не удалось", detail="internal")))

    async def _wake(self, competing: int) -> None:
        """Rings when the newest has used up its share of the time after the audio's end."""
        clock = asyncio.get_running_loop().time
        began = clock()
        ended = await self._tape.ended()
        begun = max(began, ended)
        share = max(LEAST_SECONDS, (ended + self._budget_seconds - begun) / competing)
        await asyncio.sleep(begun + share - clock())
        self._news.put_nowait(None)
