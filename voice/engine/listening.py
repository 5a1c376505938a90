"""What the caller says: utterances, each recognised from half a second before its first sound, joined into a turn."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from providers.errors import ProviderError
from providers.speech import SpeechRecognizer
from voice.engine.ports import FRAME_SECONDS

logger = logging.getLogger(__name__)
Changed = Callable[["Utterance"], None]


class Utterance:
    """One run of speech at the recogniser. `text` grows while it is spoken."""

    def __init__(
        self,
        recognizer: SpeechRecognizer,
        hints: Sequence[str],
        before: Sequence[bytes],
        began: float,
        changed: Changed,
    ) -> None:
        self.began = began
        self.text = ""
        self.final = False
        self.failed = ""
        """Why it was not recognised, for the log; empty when it was."""
        self.text_since = began
        """When the text became what it is."""
        self._changed = changed
        self._audio: asyncio.Queue[bytes | None] = asyncio.Queue()
        for frame in before:
            self._audio.put_nowait(frame)
        self._open = True
        self._task = asyncio.create_task(self._recognise(recognizer, hints), name="utterance")

    def feed(self, pcm: bytes) -> None:
        if self._open:
            self._audio.put_nowait(pcm)

    def close(self) -> None:
        """Its audio is complete."""
        if self._open:
            self._open = False
            self._audio.put_nowait(None)

    def drop(self) -> None:
        """Nobody waits for it any more."""
        self._open = False
        self._task.cancel()

    @property
    def settled(self) -> bool:
        return self.final or bool(self.failed)

    async def _recognise(self, recognizer: SpeechRecognizer, hints: Sequence[str]) -> None:
        try:
            async with aclosing(recognizer.transcribe(self._chunks(), hints=hints)) as transcripts:
                async for transcript in transcripts:
                    self._took(transcript.text, final=transcript.final)
        except ProviderError as exc:
            self.failed = f"{exc.code} {exc.detail}".strip()
        except Exception:  # one utterance is fenced off from its call
            logger.exception("an utterance could not be recognised")
            self.failed = "internal"
        else:
            self.final = True
        self._changed(self)

    def _took(self, text: str, *, final: bool) -> None:
        if text != self.text:
            self.text, self.text_since = text, asyncio.get_running_loop().time()
        self.final = final
        if not final:
            self._changed(self)

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        while (pcm := await self._audio.get()) is not None:
            yield pcm


@dataclass(slots=True)
class Turn:
    """What the caller has said since it became his turn."""

    began: float
    before: str = ""
    """What he said just before; our answer to it had not begun to sound."""
    utterances: list[Utterance] = field(default_factory=list)
    barged_in: bool = False

    @property
    def text(self) -> str:
        return " ".join(each.text.strip() for each in self.utterances if each.text.strip())

    @property
    def question(self) -> str:
        """All that is to be answered."""
        return f"{self.before} {self.text}".strip()

    @property
    def settled(self) -> bool:
        return all(each.settled for each in self.utterances)

    @property
    def failed(self) -> str:
        """Why nothing of it was recognised; empty when something was, or when there was nothing but noise."""
        return next((each.failed for each in self.utterances if each.failed), "") if not self.text else ""

    @property
    def text_since(self) -> float:
        return max((each.text_since for each in self.utterances), default=self.began)

    def drop(self) -> None:
        for each in self.utterances:
            each.drop()


class Listener:
    """Keeps the last half second, and the utterance that is being spoken."""

    def __init__(self, *, lookback_seconds: float) -> None:
        self._before: deque[bytes] = deque(maxlen=max(1, round(lookback_seconds / FRAME_SECONDS)))
        self.utterance: Utterance | None = None

    def feed(self, pcm: bytes) -> None:
        """A frame has come; what belongs to an utterance belongs to no other one."""
        if self.utterance is not None:
            self.utterance.feed(pcm)
        else:
            self._before.append(pcm)

    def open(self, recognizer: SpeechRecognizer, hints: Sequence[str], began: float, changed: Changed) -> Utterance:
        self.utterance = Utterance(recognizer, hints, tuple(self._before), began, changed)
        self._before.clear()
        return self.utterance

    def close(self) -> None:
        if self.utterance is not None:
            self.utterance.close()
            self.utterance = None
