"""One call from the first frame to the last: who has the floor, and what follows.

Every 20 ms a frame of the caller comes; it is the clock of all decisions. Nothing here waits: recognition, the brain
and the voice work in tasks of their own and are looked at when a frame comes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from providers.speech import SpeechRecognizer
from voice.engine import bargein, g711
from voice.engine.bargein import Verdict
from voice.engine.detector import Border
from voice.engine.dialled import Dialled
from voice.engine.endpointing import Endpointing
from voice.engine.events import (
    Answered,
    AssistantTurn,
    CallerHeard,
    CallerTurn,
    Ended,
    Ending,
    GoodBye,
    HandOver,
    Resumed,
    Trouble,
)
from voice.engine.hearing import Hearing
from voice.engine.listening import Turn, Utterance
from voice.engine.ports import FRAME_SECONDS, Brain, CallTransport, Control, Observer, PendingReply, Speaker, Tape
from voice.engine.reply import Reply
from voice.engine.settings import VoiceSettings
from voice.engine.speculation import Speculation
from voice.engine.stock import Phrases, StockReply
from voice.engine.timings import stages
from voice.engine.vad import VoiceActivity, level_db

logger = logging.getLogger(__name__)

AUDIBLE_DB = -45.0
"""A frame of ours louder than this is heard."""
NEVER_SILENT_SECONDS = 2.2
"""So long after the end of speech the caller hears something, whatever has failed."""
LAST_WORDS_SECONDS = 1.5
"""The words of a caller who hung up are waited for so long."""
FINAL_SECONDS = 0.35
"""A text that is long stable does not wait longer for the recogniser's last word."""


@dataclass(slots=True)
class Waiting:
    """The caller has finished and waits for us. Times of the loop's clock."""

    end_of_speech: float
    text_known: float
    decided: float
    filled: bool = False


class CallSession:
    """Leads one call. `run` returns when the engine lets go of it; the line itself may go on."""

    def __init__(
        self,
        *,
        transport: CallTransport,
        recognizer: SpeechRecognizer | None,
        speaker: Speaker,
        brain: Brain,
        control: Control,
        observer: Observer,
        settings: VoiceSettings,
        phrases: Phrases,
        activity: VoiceActivity,
        arrived: float,
        tape: Tape | None = None,
    ) -> None:
        self._transport, self._speaker, self._brain, self._control = transport, speaker, brain, control
        self._observer, self._settings, self._phrases, self._tape = observer, settings, phrases, tape
        self._arrived = arrived
        self._hearing = Hearing(recognizer, activity, settings, self._words_changed)
        self._endpointing = Endpointing(settings)
        self._speculation = Speculation(brain, self._prepare) if settings.speculate else None
        self._dialled = Dialled(settings.digit_gap)
        self._turn: Turn | None = None
        self._reply: Reply | None = None
        self._waiting: Waiting | None = None
        self._paused: float | None = None
        self._cut_ms: float | None = None
        self._answered = False
        self._first_sound: float | None = None
        self._quiet_since = arrived
        self._asked_if_there = False
        self._over: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._handing_over: asyncio.Task[None] | None = None
        self._next: PendingReply | None = None
        self._question = ""

    # --- the call

    async def run(self) -> Ended:
        """Greets, listens, answers. Ends the call's conversation, not the call itself."""
        self._transport.on_heard = self._sounds
        self._say(self._phrases.greeting, "greeting")
        if self._hearing.recognizer is None:
            self._next = self._brain.unheard("no recogniser")
        listening = asyncio.create_task(self._listen(), name="call: listening")
        try:
            ended = await self._over
        finally:
            listening.cancel()
            await self._let_go()
        self._observer.happened(ended)
        return ended

    def digit(self, digit: str) -> None:
        """The caller pressed a key."""
        if self._over.done() or self._handing_over is not None:
            return
        now = self._now()
        if digit == "0" and not self._dialled.pending:
            self._take_floor(now)
            self._observer.happened(CallerTurn("0", now, now, digits=True))
            self._hand_over("digit_zero")
        else:
            self._dialled.add(digit, now)

    def say(self, text: str) -> None:
        """The office has something said, at once."""
        if not self._over.done() and self._handing_over is None:
            self._take_floor(self._now())
            self._say(text, "office")

    def end(self, ending: Ending, reason: str = "") -> None:
        """Let go of the call now."""
        if not self._over.done():
            self._over.set_result(Ended(ending, reason))

    def hand_over(self, reason: str) -> None:
        """The office takes the caller away from the assistant."""
        if not self._over.done() and self._handing_over is None:
            self._take_floor(self._now())
            self._hand_over(reason)

    # --- the clock

    async def _listen(self) -> None:
        try:
            async for frame in self._transport.frames():
                if self._tape is not None:
                    self._tape.caller(frame)
                self._frame(frame, self._now())
            self.end(Ending.CALLER_HUNG_UP)
        except Exception:  # one call is fenced off from the others
            logger.exception("a call broke down")
            self.end(Ending.FAILED, "internal")

    def _frame(self, frame: bytes, now: float) -> None:
        border = self._hearing.hear(frame, now, we_sound=self._sounding)
        if self._handing_over is not None:
            return
        if border is Border.ONSET:
            self._onset(now)
        self._judge(now)
        if (digits := self._dialled.complete(now)) is not None:
            self._answer_digits(digits, now)
        self._watch(now)

    @property
    def _sounding(self) -> bool:
        return self._transport.queued_bytes > 0 and self._paused is None

    # --- the caller speaks

    def _onset(self, now: float) -> None:
        began = self._hearing.detector.began
        if self._turn is None:
            self._turn = Turn(began)
        elif not self._is_replying:
            self._endpointing.paused(self._hearing.detector.pause_before)
        self._quiet_since = now
        self._asked_if_there = False
        if (utterance := self._hearing.open()) is not None:
            self._turn.utterances.append(utterance)
        if self._may_pause():
            self._transport.pause()
            self._paused = now
            self._cut_ms = round((now - began) * 1000, 1)
            self._turn.barged_in = True

    def _may_pause(self) -> bool:
        return self._paused is None and self._hearing.recognizer is not None and self._is_replying and self._yields

    @property
    def _is_replying(self) -> bool:
        """Is a reply sounding, or on its way to the caller?"""
        return self._reply is not None and self._reply.released is not None and not self._reply.finished

    @property
    def _yields(self) -> bool:
        is_greeting = self._reply is not None and self._reply.stock == "greeting"
        return self._settings.interruptible_greeting or not is_greeting

    def _words_changed(self, utterance: Utterance) -> None:
        """The recogniser has something new, or has ended."""
        turn = self._turn
        if turn is None or utterance not in turn.utterances or self._over.done():
            return
        if turn.text:
            self._observer.happened(CallerHeard(turn.text))
        if utterance.failed:
            self._observer.happened(Trouble("recognition", utterance.failed))
        self._judge(self._now())

    @property
    def _last_voice(self) -> float:
        return self._hearing.detector.voiced_until

    def _quiet_for(self, now: float) -> float:
        return self._hearing.detector.silent_for(now)

    # --- who has the floor

    def _judge(self, now: float) -> None:
        turn = self._turn
        if turn is None or self._over.done() or self._handing_over is not None:
            return
        if self._reply is not None and self._is_replying:
            if self._yields:
                self._judge_barge_in(turn, self._reply, now)
        else:
            self._judge_end(turn, now)

    def _judge_barge_in(self, turn: Turn, reply: Reply, now: float) -> None:
        verdict = bargein.judge(
            turn.text,
            since_onset=now - self._hearing.detector.began,
            quiet_for=self._quiet_for(now),
            final=turn.settled and not self._hearing.detector.speaking,
            patience=self._settings.barge_in,
            awaits_answer=reply.awaits_answer,
        )
        if verdict is Verdict.GIVE_WAY:
            self._give_way(reply, now)
            self._judge_end(turn, now)
        elif verdict is Verdict.GO_ON:
            self._go_on(turn, now)

    def _give_way(self, reply: Reply, now: float) -> None:
        """The caller's floor. What was heard of the reply is known now."""
        self._paused = None
        if self._turn is not None and self._waiting is not None and self._first_sound is None:
            self._turn.before = self._question  # he had not finished
            self._endpointing.paused(self._hearing.detector.pause_before)
        reply.cut()
        self._report(reply, now, interrupted=True)
        self._reply = None

    def _go_on(self, turn: Turn, now: float) -> None:
        """It was a listener's word, a cough, our own echo: from the very sample."""
        if self._paused is not None:
            self._transport.resume()
            self._observer.happened(Resumed(round(now - self._paused, 3), turn.text))
            self._paused = None
        if not turn.settled and self._quiet_for(now) < self._settings.recognition:
            return  # words may still come
        if not turn.text:
            self._hearing.was_nobody()
        else:
            self._observer.happened(CallerTurn(turn.text, turn.began, self._last_voice, answered=False, barged_in=True))
            self._brain.noted(turn.text)
        self._drop_turn()

    def _judge_end(self, turn: Turn, now: float) -> None:
        text, quiet = turn.text, self._quiet_for(now)
        if now - turn.began >= self._settings.turn_cap and text:
            self._end_turn(turn, now)
            return
        if self._hearing.detector.speaking:
            self._prepare_ahead(turn, quiet)
            return
        if not turn.settled and quiet < self._settings.recognition and not (text and self._stable(turn, now)):
            self._prepare_ahead(turn, quiet)
            return
        if not text:
            self._nothing_said(turn, now)
            return
        self._prepare_ahead(turn, quiet)
        if not self._hearing.detector.in_doubt and quiet >= self._endpointing.needed(turn.question):
            self._end_turn(turn, now)

    def _stable(self, turn: Turn, now: float) -> bool:
        """The words cover what was said, as far as can be told, and the recogniser takes its time to say so."""
        last = turn.utterances[-1]
        return bool(last.text) and now - max(last.text_since, self._last_voice) > FINAL_SECONDS

    def _nothing_said(self, turn: Turn, now: float) -> None:
        failed = turn.failed or ("" if turn.settled else "no answer in time")
        self._drop_turn()
        if not failed:
            return
        if not turn.settled:
            self._observer.happened(Trouble("recognition", failed))
        self._waiting = Waiting(self._last_voice, now, now)
        self._answer(self._prepare(self._brain.unheard(failed)))

    def _prepare_ahead(self, turn: Turn, quiet: float) -> None:
        if self._speculation is not None and turn.text:
            is_fresh = turn.settled or turn.text_since > self._last_voice
            self._speculation.consider(turn.question, quiet, is_fresh=is_fresh)

    def _end_turn(self, turn: Turn, now: float) -> None:
        self._question = text = turn.question
        self._observer.happened(CallerTurn(turn.text, turn.began, self._last_voice, barged_in=turn.barged_in))
        self._waiting = Waiting(self._last_voice, turn.text_since, now)
        ready = self._speculation.take(text) if self._speculation is not None else None
        self._drop_turn()
        self._answer(ready or self._prepare(self._brain.begin(text)))

    def _answer_digits(self, digits: str, now: float) -> None:
        self._take_floor(now)
        self._observer.happened(CallerTurn(digits, now, now, digits=True))
        self._waiting = Waiting(now, now, now)
        self._answer(self._prepare(self._brain.dialled(digits)))

    def _drop_turn(self) -> None:
        if self._turn is not None:
            self._turn.drop()
            self._turn = None
        self._hearing.end()

    def _take_floor(self, now: float) -> None:
        """Whatever sounds or is being said gives way to a key or to the office."""
        self._drop_turn()
        if self._speculation is not None:
            self._speculation.forget()
        if self._reply is not None and not self._reply.finished:
            self._give_way(self._reply, now)

    # --- we speak

    def _prepare(self, pending: PendingReply, stock: str = "") -> Reply:
        return Reply(
            pending,
            self._transport,
            self._speaker,
            self._observer,
            stock=stock,
            over=self._reply_over,
            about_to_sound=self._clear_filler,
        )

    def _clear_filler(self) -> None:
        """A filler is never in the way of a reply."""
        if self._waiting is not None and self._waiting.filled and self._transport.queued_bytes:
            self._transport.flush()
            if self._paused is not None:
                self._transport.pause()

    def _say(self, text: str, stock: str, then: GoodBye | HandOver | None = None) -> None:
        self._answer(self._prepare(StockReply(text, then), stock=stock))

    def _answer(self, reply: Reply) -> None:
        self._cut_ms = None
        self._first_sound = None
        self._reply = reply
        reply.release()

    def _sounds(self, alaw: bytes) -> None:
        """A stretch of ours begins to sound at the caller."""
        if self._tape is not None:
            self._tape.ours(alaw)
        self._hearing.ours(alaw)
        if self._first_sound is None and level_db(g711.decode(alaw)) > AUDIBLE_DB:
            now = self._now()
            if not self._answered:
                self._answered = True
                self._observer.happened(Answered(round(now - self._arrived, 4)))
            if self._reply is not None and self._reply.is_sounding:
                self._first_sound = now

    def _reply_over(self, reply: Reply) -> None:
        """A reply has sounded to its end."""
        if reply is not self._reply:
            return
        now = self._now()
        if self._paused is not None:
            self._transport.resume()
            self._paused = None
        if not reply.heard_text and reply.then is None:
            self._last_resort()
        self._report(reply, now, interrupted=False)
        self._reply, self._waiting, self._quiet_since = None, None, now
        following, self._next = self._next, None
        if isinstance(reply.then, GoodBye):
            self.end(Ending.CALLER_SILENT if reply.stock == "silent" else Ending.SAID_GOODBYE)
        elif isinstance(reply.then, HandOver):
            self._hand_over(reply.then.reason)
        elif following is not None:
            self._answer(self._prepare(following))
        elif self._turn is not None:
            self._judge(now)

    def _report(self, reply: Reply, now: float, *, interrupted: bool) -> None:
        waiting, sounded, done = self._waiting, self._first_sound, reply.done
        timings: dict[str, float] = {}
        first_audio_ms = None
        if waiting is not None and sounded is not None and not reply.stock:
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
        self._waiting = None

    # --- what time brings

    def _watch(self, now: float) -> None:
        if self._over.done():
            return
        if now - self._arrived > self._settings.longest_call and not self._is_leaving:
            self._take_floor(now)
            self._say(self._phrases.too_long, "too_long", GoodBye())
        elif self._waiting is not None and self._first_sound is None:
            self._fill(self._waiting, now)
        elif self._is_idle(now) and now - self._quiet_since > self._settings.silence:
            self._ask_if_there()

    @property
    def _is_leaving(self) -> bool:
        return self._reply is not None and self._reply.stock in {"too_long", "silent"}

    def _is_idle(self, now: float) -> bool:
        return self._turn is None and self._reply is None and not self._dialled.pending

    def _ask_if_there(self) -> None:
        if self._asked_if_there:
            self._say(self._phrases.goodbye, "silent", GoodBye())
        else:
            self._asked_if_there = True
            self._say(self._phrases.silence, "silence")

    def _fill(self, waiting: Waiting, now: float) -> None:
        """Somebody waits for us and hears nothing."""
        late = now - waiting.end_of_speech
        if self._turn is not None or self._transport.queued_bytes:
            return
        after = self._settings.filler_after
        if not waiting.filled and after and late >= after:
            waiting.filled = self._play_ready(self._settings.fillers)
        if not waiting.filled and late >= NEVER_SILENT_SECONDS:
            waiting.filled = True
            if not self._play_ready((self._phrases.wait,)):
                self._transport.play(self._speaker.last_resort())

    def _play_ready(self, texts: Sequence[str]) -> bool:
        audio = next((ready for text in texts if (ready := self._speaker.ready(text))), b"")
        if audio:
            self._transport.play(audio)
        return bool(audio)

    def _last_resort(self) -> None:
        """No voice could say the reply."""
        if not self._play_ready((self._phrases.apology,)):
            self._transport.play(self._speaker.last_resort())

    # --- a person, and the end

    def _hand_over(self, reason: str) -> None:
        if self._handing_over is None:
            self._handing_over = asyncio.create_task(self._pass_on(reason), name="call: handing over")

    async def _pass_on(self, reason: str) -> None:
        try:
            result = await self._control.hand_over(reason)
        except Exception:  # the caller stays with us
            logger.exception("a call could not be handed over")
            self._observer.happened(Trouble("handover", "internal"))
            result = None
        self._handing_over = None
        if self._over.done():
            return
        if result is not None and result.taken:
            self.end(Ending.HANDED_OVER)
            return
        self._transport.flush()
        text = result.say if result is not None else self._phrases.apology
        self._say(text, "handover", GoodBye() if result is not None and result.then_goodbye else None)

    async def _let_go(self) -> None:
        """Whatever was being said or prepared ends; what the caller said and heard is reported."""
        if self._handing_over is not None:
            self._handing_over.cancel()
        if self._speculation is not None:
            self._speculation.forget()
        if self._reply is not None and not self._reply.finished:
            self._give_way(self._reply, self._now())
        if (turn := self._turn) is not None:
            self._hearing.end()
            await self._last_words(turn)
            if turn.text:
                self._observer.happened(CallerTurn(turn.text, turn.began, self._last_voice, answered=False))
            self._drop_turn()

    async def _last_words(self, turn: Turn) -> None:
        deadline = self._now() + LAST_WORDS_SECONDS
        while not turn.settled and self._now() < deadline:
            await asyncio.sleep(FRAME_SECONDS)

    @staticmethod
    def _now() -> float:
        return asyncio.get_running_loop().time()
