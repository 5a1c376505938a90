"""A check of a telephone line: one call, said and measured as a caller hears it."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from vasdom.errors import InvalidInput
from voice.caller.audio import RATE
from voice.caller.call import GAP_SECONDS, Call
from voice.caller.phone import SipCaller
from voice.engine.g711 import Pcm

ANSWER_SECONDS = 30.0
SOUND_SECONDS = 10.0
OVER_SECONDS = 1.2
"""After so long without a sound a reply is over: it pauses for less between its sentences."""
LONGEST_REPLY_SECONDS = 60.0
TALK_OVER_AFTER_SECONDS = 1.0
ECHO_SECONDS = 0.1
"""What began so shortly before our first loud sample is its echo: a frame has the moment of its own beginning."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: say this, or press these keys.

    Attributes:
        name: for the report.
    """

    name: str
    speech: Pcm | None = None
    digits: str = ""

    @property
    def seconds(self) -> float:
        return 0.0 if self.speech is None else self.speech.size / RATE


@dataclass(slots=True)
class Reply:
    """What followed a step. Seconds; None = it did not happen.

    Attributes:
        after: end of the speech (or of the last key) → first sound.
        cut: onset of our speech → silence of the reply that we talked over.
        during: onset of our speech → a sound that did not wait for its end: an echo, or somebody impatient.
        audio: all that was heard from the beginning of the step to that of the next one.
        words: of it, when a recogniser was asked.
    """

    step: Step
    after: float | None = None
    lasted: float | None = None
    cut: float | None = None
    talked_over: bool = False
    during: float | None = None
    audio: Pcm | None = None
    words: str = ""

    @property
    def heard(self) -> bool:
        return self.after is not None or self.during is not None


@dataclass(slots=True)
class Report:
    """All that was measured. Seconds. `audio` and `words` are the greeting's, like those of a `Reply`."""

    number: str
    answered: float = 0.0
    greeting: float | None = None
    audio: Pcm | None = None
    words: str = ""
    replies: list[Reply] = field(default_factory=list)
    packets: int = 0
    lost: int = 0
    gaps: list[float] = field(default_factory=list)
    latest_ms: float = 0.0
    ended_by_them: bool = False

    @property
    def good(self) -> bool:
        """Was everything answered that had to be, and anything heard at all?"""
        return all(reply.heard for reply in self.replies) and (self.greeting is not None or bool(self.replies))

    def lines(self) -> list[str]:
        """For a person, in Russian."""
        return [
            f"Вызов {self.number}: станция ответила через {_ms(self.answered)}.",
            "Приветствие: ничего не слышно."
            if self.greeting is None
            else f"Приветствие: первый звук через {_ms(self.greeting)} после начала вызова.",
            *_words(self.words),
            *(line for number, reply in enumerate(self.replies, 1) for line in _lines_of(number, reply)),
            f"Пакетов {self.packets}, потеряно {self.lost}, перерывов больше {GAP_SECONDS * 1000:.0f} мс: "
            f"{len(self.gaps)}{f', самый долгий {_ms(max(self.gaps))}' if self.gaps else ''}.",
            *(["Станция положила трубку."] if self.ended_by_them else []),
            *(
                [f"Эта машина занята: свои пакеты запаздывали до {self.latest_ms:.0f} мс, цифры неточны."]
                if self.latest_ms > 20
                else []
            ),
        ]


async def check(
    phone: SipCaller, number: str, steps: list[Step], *, talk_over: bool = False, save: Path | None = None
) -> Report:
    """Call, hear the greeting, do the steps one after another, hear each answer to its end, hang up.

    Args:
        talk_over: do not wait for the end of what is heard: speak a second after it began.
        save: where the talk is written, as stereo.

    Raises:
        CallFailed: the call was not answered.
    """
    async with await phone.call(number, timeout=ANSWER_SECONDS) as call:
        assert call.invited_at is not None
        assert call.answered_at is not None
        report = Report(number, answered=call.answered_at - call.invited_at)
        began = await _sound(call, call.answered_at)
        if began is not None:
            report.greeting = began - call.invited_at
        before: Reply | None = None
        moments = [call.answered_at]
        for step in steps:
            if began is not None and not talk_over:
                await _hear_out(call, began, before)
            before = Reply(step)
            report.replies.append(before)
            moments.append(call.now())
            began = await _do(call, before, None if began is None else began + TALK_OVER_AFTER_SECONDS)
        if began is not None:
            await _hear_out(call, began, before)
        parts: list[Report | Reply] = [report, *report.replies]
        for part, (since, until) in zip(parts, pairwise([*moments, call.now()]), strict=True):
            part.audio = call.heard_between(since, until)
        report.packets, report.lost = call.packets, call.lost_packets
        report.gaps = [gap.seconds for gap in call.gaps()]
        report.latest_ms = call.media.latest_ms
        report.ended_by_them = call.ended_by == "them"
        if save is not None:
            _save(call, save)
        return report


async def _do(call: Call, reply: Reply, moment: float | None) -> float | None:
    """One step, at the moment or at once; when its answer began."""
    if reply.step.speech is None:
        await call.dtmf(reply.step.digits)
        ended = call.now()
    else:
        spoken = await call.say_at(moment or 0.0, reply.step.speech)
        ended = spoken.ended
        before = spoken.began - ECHO_SECONDS
        if any(stretch.began < before < stretch.ended for stretch in call.heard_stretches()):
            reply.talked_over = True
            quiet = call.silence_after(spoken.began)
            if quiet is not None and quiet < spoken.ended:
                reply.cut = quiet - spoken.began
        else:
            early = call.first_sound_after(spoken.began)
            if early is not None and early < spoken.ended:
                reply.during = early - spoken.began
                return early
    began = await _sound(call, ended)
    reply.after = None if began is None else began - ended
    return began


async def _hear_out(call: Call, began: float, reply: Reply | None) -> None:
    try:
        quiet = await call.silence(began, OVER_SECONDS, LONGEST_REPLY_SECONDS)
    except TimeoutError:
        return
    if reply is not None:
        reply.lasted = quiet - began


async def _sound(call: Call, after: float) -> float | None:
    try:
        return await call.sound(after, SOUND_SECONDS)
    except TimeoutError:
        return None


def _save(call: Call, path: Path) -> None:
    try:
        call.save_wav(path)
    except OSError as exc:
        raise InvalidInput(f"Запись {path} не сохранить: {exc.strerror}.") from exc


def _lines_of(number: int, reply: Reply) -> list[str]:
    what = f"{number}. {reply.step.name}"
    lines = []
    if reply.cut is not None:
        lines.append(f"{what}: перебили ответ, он замолчал через {_ms(reply.cut)}.")
    elif reply.talked_over:
        lines.append(f"{what}: говорили поверх ответа, он не замолчал.")
    words = _words(reply.words)
    if reply.during is not None:
        return [f"{what}: слышно через {_ms(reply.during)} после начала нашей речи, не дожидаясь её конца.", *words]
    if reply.after is None:
        return [*lines, f"{what}: ответа не слышно.", *words]
    lasted = "" if reply.lasted is None else f", звучал {reply.lasted:.1f} с".replace(".", ",")
    return [*lines, f"{what}: ответ через {_ms(reply.after)} после конца речи{lasted}.", *words]


def _words(words: str) -> list[str]:
    return [f"   слышно: «{words}»"] if words else []


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} мс"
