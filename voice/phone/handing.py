"""Putting one caller through: one target of the office's plan after the other, and what follows when nobody answers."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Callable
from contextlib import aclosing
from uuid import UUID

import numpy as np

from calls.models import CallEvent
from providers.errors import ProviderError
from voice import handover
from voice.engine import g711
from voice.engine.ports import BYTES_PER_SECOND, CallTransport, HandedOver
from voice.handover import Said
from voice.live.feed import LiveFeed
from voice.phone.caller import CallerCardOf
from voice.phone.engine_settings import plain
from voice.phone.recorder import CallRecorder
from voice.phone.rules import Reason, Target
from voice.phone.speaker import PhoneSpeaker
from voice.snapshot import CallSettings
from voice.threads import in_thread
from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.transfer import DialTarget, TransferOutcome, TransferState

logger = logging.getLogger(__name__)
Kind = CallEvent.Kind
OFFICE = "office:"
"""`HandOver.reason` of a transfer by hand: followed by the target's key."""
OUTCOMES = {
    TransferOutcome.ACCEPTED: (Kind.TRANSFER_ACCEPTED, "accepted"),
    TransferOutcome.BUSY: (Kind.TRANSFER_BUSY, "busy"),
    TransferOutcome.NO_ANSWER: (Kind.TRANSFER_NO_ANSWER, "no_answer"),
    TransferOutcome.DECLINED: (Kind.TRANSFER_REFUSED, "refused"),
    TransferOutcome.FAILED: (Kind.TRANSFER_FAILED, "failed"),
    TransferOutcome.CALLER_GONE: (Kind.TRANSFER_FAILED, "failed"),
}
RING_HERTZ, RING_SECONDS, RING_PERIOD_SECONDS = 425, 1.0, 5.0


class Handing:
    """Implements `Control` for one call."""

    def __init__(
        self,
        call: AsteriskCall,
        settings: CallSettings,
        *,
        call_id: UUID,
        caller: CallerCardOf,
        recorder: CallRecorder,
        feed: LiveFeed,
        speaker: PhoneSpeaker,
        accept_digit: str,
    ) -> None:
        self._call, self._settings, self._call_id, self._caller = call, settings, call_id, caller
        self._recorder, self._feed, self._speaker, self._accept_digit = recorder, feed, speaker, accept_digit

    async def hand_over(self, reason: str) -> HandedOver:
        label = handover.reason_label(reason) if not reason.startswith(OFFICE) else "Переводит сотрудник"
        self._recorder.note(Kind.HANDOVER_WANTED, label)
        self._feed.tell("handover_wanted", reason=label)
        if reason == Reason.DIGIT_ZERO:
            await self._say(self._phrase_of(reason))
        targets = await in_thread(self._targets, reason)
        if not targets:
            self._recorder.note(Kind.TRANSFER_CLOSED)
            self._feed.tell("handover", state="closed")
        comfort = asyncio.create_task(ring_back(self._call.transport), name="ring-back")
        try:
            for target in targets:
                outcome = await self._try(target, label)
                if outcome is TransferOutcome.ACCEPTED:
                    return HandedOver(True)
                if outcome is TransferOutcome.CALLER_GONE:
                    return HandedOver(False)
        finally:
            comfort.cancel()
            self._call.transport.flush()
        return await self._nobody(reason)

    # --- whom

    def _targets(self, reason: str) -> tuple[Target, ...]:
        if reason.startswith(OFFICE):
            key = reason.removeprefix(OFFICE)
            return tuple(target for target, _ in handover.allowed_targets() if str(target.id) == key)
        return handover.plan(handover.rule_for(self._settings, reason))

    def _phrase_of(self, reason: str) -> str:
        rule = handover.rule_for(self._settings, reason)
        return plain((rule.phrase if rule else "") or self._settings.phrase_transfer)

    # --- one target

    async def _try(self, target: Target, label: str) -> TransferOutcome:
        self._recorder.note(Kind.TRANSFER_TRIED, target.name)
        self._feed.tell("handover", state="ringing", target=target.name, reason=label)
        briefing = await self._briefing(label) if target.attended and not target.is_queue else None
        outcome = await self._call.transfer(
            DialTarget(target.endpoint, target.name),
            briefing=briefing,
            accept_digit=self._accept_digit,
            ring_seconds=target.ring_seconds,
            on_state=self._state_of(target),
        )
        kind, state = OUTCOMES[outcome]
        self._recorder.note(kind, target.name)
        self._feed.tell("handover", state=state, target=target.name)
        return outcome

    def _state_of(self, target: Target) -> Callable[[TransferState], None]:
        def told(state: TransferState) -> None:
            if state is TransferState.BRIEFING:
                self._feed.tell("note", text=f"{target.name}: слушает, о чём звонок")

        return told

    async def _briefing(self, label: str) -> bytes | None:
        """What the operator hears; without a voice he hears two beeps and takes the call with the same digit."""
        said = [Said(speaker, text) for speaker, text in self._recorder.said]
        text = handover.briefing(
            self._caller.name, self._caller.house_title, self._reason_of(label), said, digit=self._accept_digit
        )
        try:
            async with aclosing(self._speaker.speak(text)) as chunks:
                return b"".join([chunk async for chunk in chunks])
        except ProviderError as exc:
            logger.warning("an operator's briefing could not be spoken: %s %s", exc.code, exc.detail)
            return self._speaker.last_resort()

    @staticmethod
    def _reason_of(label: str) -> str:
        return next((reason for reason in Reason if handover.reason_label(reason) == label), "")

    # --- nobody

    async def _nobody(self, reason: str) -> HandedOver:
        said = [Said(speaker, text) for speaker, text in self._recorder.said]
        try:
            task = await in_thread(
                handover.callback,
                str(self._call_id),
                phone=self._call.caller,
                house=self._caller.house,
                reason=reason,
                turns=said,
            )
        except Exception:  # the caller is not left in silence for it
            logger.exception("a call back could not be noted")
            return HandedOver(False, plain(self._settings.phrase_apology))
        self._recorder.note(Kind.CALLBACK, f"Обращение {task.pk}")
        self._feed.tell("handover", state="callback")
        phrase = f"{plain(self._settings.phrase_transfer_failed)} {plain(self._settings.phrase_callback)}"
        return HandedOver(False, phrase.strip())

    async def _say(self, text: str) -> None:
        """Let the caller hear this before anything rings."""
        try:
            async with aclosing(self._speaker.speak(text)) as chunks:
                async for chunk in chunks:
                    self._call.transport.play(chunk)
        except ProviderError:
            self._call.transport.play(self._speaker.last_resort())
        await self._call.transport.drained()


async def ring_back(transport: CallTransport) -> None:
    """What a caller hears while somebody else's telephone rings, until it is cancelled."""
    while True:
        if transport.queued_bytes < BYTES_PER_SECOND // 2:
            transport.play(one_ring())
        await asyncio.sleep(RING_PERIOD_SECONDS - RING_SECONDS if transport.queued_bytes else RING_SECONDS)


@functools.cache
def one_ring() -> bytes:
    """A-law of one ring and the pause after it."""
    moments = np.arange(int(RING_SECONDS * BYTES_PER_SECOND)) / BYTES_PER_SECOND
    tone = (3000 * np.sin(2 * np.pi * RING_HERTZ * moments)).astype(np.int16)
    pause = np.zeros(int((RING_PERIOD_SECONDS - RING_SECONDS) * BYTES_PER_SECOND), np.int16)
    return g711.encode(np.concatenate([tone, pause]))
