"""One call from the first frame to the last: who has the floor, and what follows.

Every 20 ms a frame of the caller comes; it is the clock of all decisions. Nothing here waits: recognition, the brain
and the voice work in tasks of their own and are looked at when a frame comes.
"""

from __future__ import annotations

import asyncio
import logging

from providers.speech import SpeechRecognizer
from voice.engine import bargein
from voice.engine.bargein import Verdict
from voice.engine.detector import Border
from voice.engine.dialled import Dialled
from voice.engine.endpointing import Endpointing
from voice.engine.events import (
    CallerHeard,
    CallerTurn,
    Ended,
    Ending,
    GoodBye,
    HandOver,
    MessageBegins,
    MessageTaken,
    Resumed,
    TakeMessage,
    Trouble,
)
from voice.engine.hearing import Hearing
from voice.engine.listening import Turn, Utterance
from voice.engine.message import END, MessageTaking
from voice.engine.mouth import GREETING, Mouth, Waiting
from voice.engine.ports import FRAME_SECONDS, Brain, CallTransport, Control, Observer, PendingReply, Speaker, Tape
from voice.engine.reply import Reply
from voice.engine.settings import VoiceSettings
from voice.engine.speculation import Speculation
from voice.engine.stock import Phrases
from voice.engine.vad import VoiceActivity

logger = logging.getLogger(__name__)

LAST_WORDS_SECONDS = 1.5
"""The words of a caller who hung up are waited for so long."""
FINAL_SECONDS = 0.35
"""A text that is long stable does not wait longer for the recogniser's last word."""
PERSON_DIGIT = "0"
WORDLESS = "no words"
"""Why nothing was understood, when the recogniser found no word in what lasted longer than a cough."""
LONGEST_COUGH_SECONDS = 1.0
DEAF = "no recogniser"
"""Why nothing was understood, when there is nobody to recognise speech."""


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
        self._transport, self._brain, self._control = transport, brain, control
        self._observer, self._settings, self._phrases, self._tape = observer, settings, phrases, tape
        self._arrived = arrived
        self._hearing = Hearing(recognizer, activity, settings, self._words_changed)
        self._mouth = Mouth(transport, speaker, observer, settings, phrases, arrived=arrived, over=self._reply_over)
        self._endpointing = Endpointing(settings)
        self._speculation = Speculation(brain, self._mouth.prepare, is_on=settings.speculate)
        self._dialled = Dialled(settings.digit_gap, brain.is_whole)
        self._turn: Turn | None = None
        self._question = ""
        self._next: PendingReply | None = None
        self._message: MessageTaking | None = None
        self._quiet_since = arrived
        self._asked_if_there = False
        self._over: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()
        self._handing_over: asyncio.Task[None] | None = None
        self._line_over = False

    # --- the call

    async def run(self) -> Ended:
        """Greets, listens, answers. Ends the call's conversation, not the call itself."""
        self._transport.on_heard = self._sounds
        self._mouth.say(self._phrases.greeting, GREETING)
        if self._hearing.recognizer is None:
            self._next = self._brain.unheard(DEAF)
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
        if self._is_away:
            return
        now = _now()
        if self._message is not None and digit == END:
            self._message_over(self._message)
        elif digit == PERSON_DIGIT and not self._dialled.pending:
            self._take_floor(now)
            self._observer.happened(CallerTurn(digit, now, now, digits=True))
            self._hand_over("digit_zero")
        else:
            self._dialled.add(digit, now)

    def say(self, text: str) -> None:
        """The office has something said, at once."""
        if not self._is_away:
            self._take_floor(_now())
            self._mouth.say(text, "office")

    def hand_over(self, reason: str) -> None:
        """The office takes the caller away from the assistant."""
        if not self._is_away:
            self._take_floor(_now())
            self._hand_over(reason)

    def end(self, ending: Ending, reason: str = "") -> None:
        """Let go of the call now."""
        if not self._over.done():
            self._over.set_result(Ended(ending, reason))

    @property
    def _is_away(self) -> bool:
        """The call is over, or on its way to a person."""
        return self._over.done() or self._handing_over is not None

    # --- the clock

    async def _listen(self) -> None:
        try:
            async for frame in self._transport.frames():
                if self._tape is not None:
                    self._tape.caller(frame)
                self._frame(frame, _now())
            self._line_over = True
            if self._handing_over is not None:  # the line ends when an operator takes the call, too
                await asyncio.wait({self._handing_over})
            self.end(Ending.CALLER_HUNG_UP)
        except Exception:  # one call is fenced off from the others
            logger.exception("a call broke down")
            self.end(Ending.FAILED, "internal")

    def _frame(self, frame: bytes, now: float) -> None:
        border = self._hearing.hear(frame, now, we_sound=self._mouth.is_sounding)
        if self._is_away:
            return
        if self._message is not None:
            if self._message.is_over(now, speaks=self._hearing.detector.speaking):
                self._message_over(self._message)
            return
        if border is Border.ONSET:
            self._onset(now)
        self._judge(now)
        if (digits := self._dialled.complete(now)) is not None:
            self._answer_digits(digits, now)
        self._watch(now)

    def _sounds(self, alaw: bytes) -> None:
        """A stretch of ours begins to sound at the caller."""
        if self._tape is not None:
            self._tape.ours(alaw)
        self._hearing.ours(alaw)
        self._mouth.sounds(alaw)

    # --- the caller speaks

    def _onset(self, now: float) -> None:
        detector = self._hearing.detector
        if self._turn is None:
            self._turn = Turn(detector.began)
        elif not self._mouth.is_replying:
            self._endpointing.paused(detector.pause_before)
        self._quiet_since = now
        self._asked_if_there = False
        if (utterance := self._hearing.open()) is not None:
            self._turn.utterances.append(utterance)
            if self._mouth.is_replying and self._mouth.yields and not self._mouth.is_paused:
                self._mouth.pause(now, detector.began)
                self._turn.barged_in = True

    def _words_changed(self, utterance: Utterance) -> None:
        """The recogniser has something new, or has ended."""
        turn = self._turn
        if turn is None or utterance not in turn.utterances or self._over.done():
            return
        if turn.text:
            self._observer.happened(CallerHeard(turn.text))
        if utterance.failed:
            self._observer.happened(Trouble("recognition", utterance.failed))
        self._judge(_now())

    @property
    def _last_voice(self) -> float:
        return self._hearing.detector.voiced_until

    # --- who has the floor

    def _judge(self, now: float) -> None:
        turn = self._turn
        if turn is None or self._is_away:
            return
        if not self._mouth.is_replying:
            self._judge_end(turn, now)
        elif self._mouth.yields:
            self._judge_barge_in(turn, now)

    def _judge_barge_in(self, turn: Turn, now: float) -> None:
        detector = self._hearing.detector
        verdict = bargein.judge(
            turn.text,
            since_onset=now - detector.began,
            quiet_for=detector.silent_for(now),
            final=turn.settled and not detector.speaking,
            patience=self._settings.barge_in,
            awaits_answer=self._mouth.awaits_answer,
        )
        if verdict is Verdict.GIVE_WAY:
            if not self._mouth.has_begun:
                turn.before = self._question  # he had not finished
                self._endpointing.paused(detector.pause_before)
            self._mouth.give_way(now)
            self._judge_end(turn, now)
        elif verdict is Verdict.GO_ON:
            self._go_on(turn, now)

    def _go_on(self, turn: Turn, now: float) -> None:
        """It was a listener's word, a cough, our own echo."""
        if (paused := self._mouth.resume(now)) is not None:
            self._observer.happened(Resumed(round(paused, 3), turn.text))
        if not turn.settled and self._hearing.detector.silent_for(now) < self._settings.recognition:
            return  # words may still come
        if not turn.text:
            self._hearing.was_nobody()
        else:
            self._observer.happened(CallerTurn(turn.text, turn.began, self._last_voice, answered=False, barged_in=True))
            self._brain.noted(turn.text)
        self._drop_turn()

    def _judge_end(self, turn: Turn, now: float) -> None:
        text, quiet = turn.text, self._hearing.detector.silent_for(now)
        if now - turn.began >= self._settings.turn_cap and text:
            self._end_turn(turn, now)
            return
        if text:
            is_fresh = turn.settled or turn.text_since > self._last_voice
            self._speculation.consider(turn.question, quiet, is_fresh=is_fresh)
        if self._hearing.detector.speaking:
            return
        if not turn.settled and quiet < self._settings.recognition and not self._stable(turn, now):
            return
        if not text:
            self._nothing_said(turn, now)
        elif not self._hearing.in_doubt and quiet >= self._endpointing.needed(turn.question):
            self._end_turn(turn, now)

    def _stable(self, turn: Turn, now: float) -> bool:
        """The words cover what was said, as far as can be told, and the recogniser takes its time to say so."""
        last = turn.utterances[-1]
        return bool(last.text) and now - max(last.text_since, self._last_voice) > FINAL_SECONDS

    def _nothing_said(self, turn: Turn, now: float) -> None:
        failed = turn.failed or ("" if turn.settled else "no answer in time")
        detector = self._hearing.detector
        if self._hearing.recognizer is None:
            failed = DEAF
        elif not failed and detector.voiced_until - detector.began > LONGEST_COUGH_SECONDS:
            failed = WORDLESS
        if failed and failed != DEAF and not turn.settled:
            self._observer.happened(Trouble("recognition", failed))
        self._drop_turn()
        if failed:
            self._mouth.answer(self._mouth.prepare(self._brain.unheard(failed)), Waiting(self._last_voice, now, now))

    def _end_turn(self, turn: Turn, now: float) -> None:
        self._question = text = turn.question
        self._observer.happened(CallerTurn(turn.text, turn.began, self._last_voice, barged_in=turn.barged_in))
        reply = self._speculation.take(text) or self._mouth.prepare(self._brain.begin(text))
        waiting = Waiting(self._last_voice, turn.text_since, now)
        self._drop_turn()
        self._mouth.answer(reply, waiting)

    def _answer_digits(self, digits: str, now: float) -> None:
        self._take_floor(now)
        self._observer.happened(CallerTurn(digits, now, now, digits=True))
        self._mouth.answer(self._mouth.prepare(self._brain.dialled(digits)), Waiting(now, now, now))

    def _drop_turn(self) -> None:
        if self._turn is not None:
            self._turn.drop()
            self._turn = None
        self._hearing.end()

    def _take_floor(self, now: float) -> None:
        """Whatever sounds or is being said gives way to a key or to the office."""
        self._drop_turn()
        self._speculation.forget()
        self._mouth.give_way(now)

    # --- what follows a reply, and what time brings

    def _reply_over(self, reply: Reply) -> None:
        """A reply has sounded to its end."""
        now = self._quiet_since = _now()
        following, self._next = self._next, None
        if isinstance(reply.then, GoodBye):
            self.end(Ending.CALLER_SILENT if reply.stock == "silent" else Ending.SAID_GOODBYE)
        elif isinstance(reply.then, HandOver):
            self._hand_over(reply.then.reason)
        elif isinstance(reply.then, TakeMessage):
            self._drop_turn()
            self._message = MessageTaking(now, reply.then.longest_seconds)
            self._observer.happened(MessageBegins())
        elif following is not None:
            self._mouth.answer(self._mouth.prepare(following))
        elif self._turn is not None:
            self._judge(now)

    def _watch(self, now: float) -> None:
        if self._over.done():
            return
        is_leaving = self._mouth.reply is not None and self._mouth.reply.stock in {"too_long", "silent"}
        if now - self._arrived > self._settings.longest_call and not is_leaving:
            self._take_floor(now)
            self._mouth.say(self._phrases.too_long, "too_long", GoodBye())
        elif self._turn is None:
            self._mouth.keep_company(now)
            is_idle = self._mouth.reply is None and not self._dialled.pending
            if is_idle and now - self._quiet_since > self._settings.silence:
                self._ask_if_there()

    def _ask_if_there(self) -> None:
        if self._asked_if_there:
            self._mouth.say(self._phrases.goodbye, "silent", GoodBye())
        else:
            self._asked_if_there = True
            self._mouth.say(self._phrases.silence, "silence")

    # --- a message, a person, and the end

    def _message_over(self, message: MessageTaking) -> None:
        self._message = None
        self._hearing.end()
        self._observer.happened(MessageTaken(round(message.seconds(), 2)))
        self._mouth.answer(self._mouth.prepare(self._brain.message_taken(message.seconds())))

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
        if self._line_over:
            return
        self._transport.flush()
        text = result.say if result is not None else self._phrases.apology
        self._mouth.say(text, "handover", GoodBye() if result is not None and result.then_goodbye else None)

    async def _let_go(self) -> None:
        """Whatever was being said or prepared ends; what the caller said and heard is reported."""
        if self._handing_over is not None:
            self._handing_over.cancel()
        self._speculation.forget()
        self._mouth.give_way(_now())
        if self._message is not None:
            self._observer.happened(MessageTaken(round(self._message.seconds(), 2)))
        if (turn := self._turn) is not None:
            self._hearing.end()
            await self._last_words(turn)
            if turn.text:
                self._observer.happened(CallerTurn(turn.text, turn.began, self._last_voice, answered=False))
            self._drop_turn()

    async def _last_words(self, turn: Turn) -> None:
        deadline = _now() + LAST_WORDS_SECONDS
        while not turn.settled and _now() < deadline:
            await asyncio.sleep(FRAME_SECONDS)


def _now() -> float:
    return asyncio.get_running_loop().time()
