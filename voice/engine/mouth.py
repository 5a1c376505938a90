"""The call's mouth: one reply at a time, paused, resumed or cut; fillers when it is late; what was heard is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from voice.engine import g711
from voice.engine.events import Answered, AssistantTurn, GoodBye, HandOver
from voice.engine.ports import CallTransport, Observer, PendingReply, Speaker
from voice.engine.reply import Reply
from voice.engine.settings import VoiceSettings
from voice.engine.stock import Phrases, StockReply
from voice.engine.timings import stages
from voice.engine.vad import level_db

AUDIBLE_DB = -45.0
"""A frame of ours louder than this is heard."""
NEVER_SILENT_SECONDS = 2.2
"""So long after the end of speech the caller hears something, whatever has failed."""
GREETING = "greeting"


@dataclass(slots=True)
class Waiting:
    """The caller has finished and waits for us. Times of the loop's clock."""

    end_of_speech: float
    text_known: float
    decided: float
    filled: bool = False


class Mouth:
    """Of one call. `over` is called when a reply has sounded to its end."""

    def __init__(
        self,
        transport: CallTransport,
        speaker: Speaker,
        observer: Observer,
        settings: VoiceSettings,
        phrases: Phrases,
        *,
        arrived: float,
        over: Callable[[Reply], None],
    ) -> None:
        self._transport, self._speaker, self._observer = transport, speaker, observer
        self._settings, self._phrases, self._arrived, self._over = settings, phrases, arrived, over
        self.reply: Reply | None = None
        self._waiting: Waiting | None = None
        self._paused: float | None = None
        self._cut_ms: float | None = None
        self._greeted = False
        self._first_sound: float | None = None

    # --- saying

    def prepare(self, pending: PendingReply, stock: str = "") -> Reply:
        """A reply that is thought of and synthesised, and does not sound yet."""
        return Reply(
            pending,
            self._transport,
            self._speaker,
            self._observer,
            stock=stock,
            over=self._reply_over,
            about_to_sound=self._clear_filler,
        )

    def answer(self, reply: Reply, waiting: Waiting | None = None) -> None:
        """Sound it; `waiting`: since when the caller waits for it."""
        self._waiting, self._cut_ms, self._first_sound = waiting, None, None
        self.reply = reply
        reply.release()

    def say(self, text: str, stock: str, then: GoodBye | HandOver | None = None) -> None:
        """A ready sentence."""
        self.answer(self.prepare(StockReply(text, then), stock))

    # --- giving way

    @property
    def is_replying(self) -> bool:
        """Is a reply sounding, or on its way to the caller?"""
        return self.reply is not None and self.reply.released is not None and not self.reply.finished

    @property
    def is_sounding(self) -> bool:
        return self._transport.queued_bytes > 0 and self._paused is None

    @property
    def is_paused(self) -> bool:
        return self._paused is not None

    @property
    def yields(self) -> bool:
        """May the caller talk into it?"""
        is_greeting = self.reply is not None and self.reply.stock == GREETING
        return self._settings.interruptible_greeting or not is_greeting

    @property
    def awaits_answer(self) -> bool:
        return self.reply is not None and self.reply.awaits_answer

    @property
    def has_begun(self) -> bool:
        """Has the caller heard anything of the reply he waits for?"""
        return self._waiting is None or self._first_sound is not None

    def pause(self, now: float, began: float) -> None:
        """Silence within a frame: the caller began to speak at `began`."""
        self._transport.pause()
        self._paused = now
        self._cut_ms = round((now - began) * 1000, 1)

    def resume(self, now: float) -> float | None:
        """Go on from the very sample; how long it was silent, None when it was not."""
        if self._paused is None:
            return None
        paused, self._paused = now - self._paused, None
        self._transport.resume()
        return paused

    def give_way(self, now: float) -> None:
        """Silence; what was heard of the reply is known now, the rest is never said."""
        if self.reply is None or self.reply.finished:
            return
        self._paused = None
        self.reply.cut()
        self._report(self.reply, now, interrupted=True)
        self.reply = None

    # --- sounding

    def sounds(self, alaw: bytes) -> None:
        """A stretch of ours begins to sound at the caller."""
        if self._first_sound is not None or level_db(g711.decode(alaw)) <= AUDIBLE_DB:
            return
        now = _now()
        if not self._greeted:
            self._greeted = True
            self._observer.happened(Answered(round(now - self._arrived, 4)))
        if self.reply is not None and self.reply.is_sounding:
            self._first_sound = now

    def keep_company(self, now: float) -> None:
        """Somebody may be waiting for us and hear nothing."""
        waiting = self._waiting
        if waiting is None or self._first_sound is not None or self._transport.queued_bytes:
            return
        late, after = now - waiting.end_of_speech, self._settings.filler_after
        if not waiting.filled and after and late >= after:
            waiting.filled = self._play_ready(self._settings.fillers)
        if not waiting.filled and late >= NEVER_SILENT_SECONDS:
            waiting.filled = True
            self._play_ready((self._phrases.wait,)) or self._play_last_resort()

    def _reply_over(self, reply: Reply) -> None:
        if reply is not self.reply:
            return
        now = _now()
        self.resume(now)
        if not reply.heard_text and reply.then is None:
            self._play_ready((self._phrases.apology,)) or self._play_last_resort()
        self._report(reply, now, interrupted=False)
        self.reply = None
        self._over(reply)

    def _clear_filler(self) -> None:
        """A filler is never in the way of a reply."""
        if self._waiting is not None and self._waiting.filled and self._transport.queued_bytes:
            self._transport.flush()
            if self._paused is not None:
                self._transport.pause()

    def _play_ready(self, texts: Sequence[str]) -> bool:
        audio = next((ready for text in texts if (ready := self._speaker.ready(text))), b"")
        if audio:
            self._transport.play(audio)
        return bool(audio)

    def _play_last_resort(self) -> bool:
        self._transport.play(self._speaker.last_resort())
        return True

    # --- reporting

    def _report(self, reply: Reply, now: float, *, interrupted: bool) -> None:
        waiting, sounded, done = self._waiting, self._first_sound, reply.done
        timings: dict[str, float] = {}
        first_audio_ms = None
        if waiting is not None and sounded is not None:
            first_audio_ms = round((sounded - waiting.end_of_speech) * 1000, 1)
            timings = stages(
                end_of_speech=waiting.end_of_speech,
                text_known=waiting.text_known,
                decided=waiting.decided,
                began=reply.began,
                first_clause=reply.first_clause,
                first_audio=reply.first_audio,
                sounded=sounded,
                brain=done.timings if done else {},
            )
        self._waiting = None
        self._observer.happened(
            AssistantTurn(
                heard=reply.heard_text,
                cut=reply.cut_text,
                started=sounded or reply.released or now,
                ended=now,
                interrupted=interrupted,
                timings=timings,
                first_audio_ms=first_audio_ms,
                cut_ms=self._cut_ms if interrupted else None,
                record=done.record if done else None,
                stock=reply.stock,
            )
        )


def _now() -> float:
    return asyncio.get_running_loop().time()
