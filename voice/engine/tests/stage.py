"""A stage for whole conversations on virtual time: a caller who says words at set moments, a recogniser that really
listens to what came over the line, a brain and a voice with stated delays.

A word of the caller is 20 ms frames whose first byte is the word's number; the recogniser reads it out of the audio.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from providers.errors import Timeout, Unavailable
from providers.speech import Transcript
from voice.engine import g711
from voice.engine.events import Done, Ended, Moment, Say, Step
from voice.engine.ports import FRAME_BYTES, FRAME_SECONDS, HandedOver, PendingReply
from voice.engine.session import CallSession
from voice.engine.settings import VoiceSettings
from voice.engine.stock import Phrases
from voice.engine.vad import VoiceActivity, level_db
from voice.transports.scripted import ScriptedTransport

LOUD = 0x15
"""An A-law byte of a loud sample (about −20 dB), which is no word's number."""
FIRST_WORD = 0x81
LETTER_BYTES = 400
"""50 ms a letter of our own speech."""
WORDS: list[str] = []
PHRASES = Phrases(
    greeting="Добрый день.",
    silence="Вы меня слышите?",
    goodbye="До свидания.",
    too_long="Время вышло.",
    apology="Простите.",
    wait="Одну минуту.",
)


def word(text: str, seconds: float = 0.3) -> bytes:
    """Audio of one word."""
    if text not in WORDS:
        WORDS.append(text)
    frame = bytes([FIRST_WORD + WORDS.index(text)]) + bytes([LOUD]) * (FRAME_BYTES - 1)
    return frame * round(seconds / FRAME_SECONDS)


def noise(seconds: float, byte: int = LOUD) -> bytes:
    """Loud, and no word."""
    return bytes([byte]) * FRAME_BYTES * round(seconds / FRAME_SECONDS)


def pause(seconds: float) -> bytes:
    return bytes([g711.ALAW_SILENCE]) * FRAME_BYTES * round(seconds / FRAME_SECONDS)


def phrase(text: str, seconds: float = 0.3) -> bytes:
    """Words one after another; a number in brackets is a pause: «скажите [0.7] когда»."""
    parts = []
    for piece in text.split():
        parts.append(pause(float(piece[1:-1])) if piece.startswith("[") else word(piece, seconds))
    return b"".join(parts)


def is_word(number: int) -> bool:
    return FIRST_WORD <= number < FIRST_WORD + len(WORDS)


@dataclass
class ByLevel:
    """Loud is speech."""

    above_db: float = -40.0

    def is_speech(self, samples: np.ndarray) -> bool:
        return level_db(samples) > self.above_db


@dataclass
class Ear:
    """A recogniser that reads the words' numbers out of the audio, `lag` seconds behind it."""

    lag: float = 0.25
    interims: bool = True
    fails: str = ""
    """"", "error" (at once), "silent" (never answers)."""
    heard: list[str] = field(default_factory=list)
    name: str = "staged"

    async def ready(self) -> None: ...

    async def transcribe(
        self, audio: AsyncIterator[bytes], *, hints: Sequence[str] = ()
    ) -> AsyncGenerator[Transcript, None]:
        if self.fails == "error":
            raise Unavailable("Распознавание не работает.")
        found: asyncio.Queue[Transcript | None] = asyncio.Queue()
        reading = asyncio.create_task(self._read(audio, found))
        try:
            while (transcript := await found.get()) is not None:
                yield transcript
            if self.fails == "silent":
                await asyncio.sleep(1.5)
                raise Timeout("Распознавание не ответило.")
        finally:
            reading.cancel()

    async def _read(self, audio: AsyncIterator[bytes], found: asyncio.Queue[Transcript | None]) -> None:
        loop, said, last = asyncio.get_running_loop(), [], 0
        async for pcm in audio:
            number = g711.encode(pcm)[0]
            if number != last and is_word(last):
                said.append(WORDS[last - FIRST_WORD])
                if self.interims and self.fails != "silent":
                    loop.call_later(self.lag, found.put_nowait, Transcript(" ".join(said)))
            last = number
        if is_word(last):
            said.append(WORDS[last - FIRST_WORD])
        self.heard += said
        await asyncio.sleep(self.lag)
        if self.fails != "silent":
            found.put_nowait(Transcript(" ".join(said), final=True))
        found.put_nowait(None)


@dataclass
class Asked:
    """One question to the brain, and what became of it."""

    text: str
    confirmed: bool = False
    dropped: bool = False
    heard: str | None = None
    interrupted: bool = False


@dataclass
class Mind:
    """Answers by a table; what is not in it with an echo."""

    answers: dict[str, Sequence[str]] = field(default_factory=dict)
    then: dict[str, Any] = field(default_factory=dict)
    first_token: float = 0.375
    between: float = 0.02
    asked: list[Asked] = field(default_factory=list)
    noted_words: list[str] = field(default_factory=list)
    keys: str = ""

    def begin(self, text: str) -> PendingReply:
        self.asked.append(Asked(text))
        return Answer(self, self.asked[-1])

    def dialled(self, digits: str) -> PendingReply:
        return self.begin(f"#{digits}")

    def is_whole(self, digits: str) -> bool:
        return digits in self.keys

    def unheard(self, failed: str) -> PendingReply:
        return self.begin("?")

    def message_taken(self, seconds: float) -> PendingReply:
        return self.begin(f"message {seconds:.0f}")

    def noted(self, text: str) -> None:
        self.noted_words.append(text)

    @property
    def answered(self) -> list[Asked]:
        return [asked for asked in self.asked if asked.confirmed]


class Answer:
    def __init__(self, mind: Mind, asked: Asked) -> None:
        self._mind, self._asked = mind, asked

    async def steps(self) -> AsyncGenerator[Step, None]:
        await asyncio.sleep(self._mind.first_token)
        for sentence in self._mind.answers.get(self._asked.text, [f"Отвечаю {self._asked.text}."]):
            yield Say(sentence)
            await asyncio.sleep(self._mind.between)
        if (then := self._mind.then.get(self._asked.text)) is not None:
            yield then
        yield Done(timings={"first_token": self._mind.first_token * 1000})

    def confirm(self) -> None:
        self._asked.confirmed = True

    def heard(self, text: str, *, interrupted: bool) -> None:
        assert self._asked.heard is None, "told twice what was heard"
        self._asked.heard, self._asked.interrupted = text, interrupted

    async def drop(self) -> None:
        assert not self._asked.confirmed, "dropped after it was confirmed"
        self._asked.dropped = True


@dataclass
class Tongue:
    """A voice of a constant tone, `delay` seconds late; greeting and stock phrases are ready."""

    delay: float = 0.1
    fails: bool = False
    ready_texts: tuple[str, ...] = (PHRASES.greeting, PHRASES.silence, PHRASES.wait, PHRASES.apology, "Секунду.")

    async def speak(self, text: str) -> AsyncGenerator[bytes, None]:
        if ready := self.ready(text):
            yield ready
            return
        await asyncio.sleep(self.delay)
        if self.fails:
            raise Unavailable("Синтез не работает.")
        for letter in range(len(text)):
            yield bytes([LOUD]) * LETTER_BYTES
            if letter % 10 == 9:
                await asyncio.sleep(0.01)

    def ready(self, text: str) -> bytes:
        return bytes([LOUD]) * LETTER_BYTES * len(text) if text in self.ready_texts else b""

    def last_resort(self) -> bytes:
        return bytes([LOUD]) * 4000


@dataclass
class Desk:
    """Puts the caller through, or not."""

    taken: bool = True
    seconds: float = 3.0
    reasons: list[str] = field(default_factory=list)

    async def hand_over(self, reason: str) -> HandedOver:
        self.reasons.append(reason)
        await asyncio.sleep(self.seconds)
        return HandedOver(self.taken, "" if self.taken else "Никто не ответил.")


class Stage:
    """One call. Make it inside the loop; `await stage.play(seconds)` lets the time pass."""

    def __init__(
        self,
        *,
        ear: Ear | None = None,
        mind: Mind | None = None,
        tongue: Tongue | None = None,
        desk: Desk | None = None,
        deaf: bool = False,
        speech: ByLevel | None = None,
        **settings: Any,
    ) -> None:
        self.ear, self.mind, self.tongue, self.desk = ear or Ear(), mind or Mind(), tongue or Tongue(), desk or Desk()
        self.line = ScriptedTransport()
        self.moments: list[tuple[float, Moment]] = []
        self.settings = replace(VoiceSettings(), **settings)
        self.session = CallSession(
            transport=self.line,
            recognizer=None if deaf else self.ear,
            speaker=self.tongue,
            brain=self.mind,
            control=self.desk,
            observer=self,
            settings=self.settings,
            phrases=PHRASES,
            activity=VoiceActivity(speech or ByLevel()),
            arrived=self.now,
        )
        self.ended: Ended | None = None
        self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        self.ended = await self.session.run()

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def happened(self, moment: Moment) -> None:
        self.moments.append((self.now, moment))

    async def play(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def says(self, text: str, *, seconds: float = 0.3) -> float:
        """The caller says it now; returns when its last sound ended."""
        end = self.line.caller_says(phrase(text, seconds))
        await asyncio.sleep(end - self.now)
        return end

    async def makes(self, audio: bytes) -> float:
        end = self.line.caller_says(audio)
        await asyncio.sleep(end - self.now)
        return end

    async def hang_up(self) -> None:
        self.line.hang_up()
        await self._task

    def of(self, kind: type[Any]) -> list[Any]:
        return [moment for _, moment in self.moments if isinstance(moment, kind)]

    def first_sound_after(self, moment: float) -> float | None:
        return next((began for began, frame in self.line.sounded if began >= moment - 1e-6), None)

    def silent_between(self, start: float, end: float) -> bool:
        return not self.line.heard_between(start, end)
