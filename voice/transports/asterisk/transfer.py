"""Who is called for the caller, and what became of it."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from voice.transports.asterisk.legs import Leg
from voice.transports.asterisk.rig import Rig, Voice, quietly
from voice.transports.errors import LineError

log = logging.getLogger(__name__)


class TransferOutcome(StrEnum):
    """On ACCEPTED caller and operator talk. On all else but CALLER_GONE the caller is back with us, untouched."""

    ACCEPTED = "accepted"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    FAILED = "failed"
    CALLER_GONE = "caller_gone"


class TransferState(StrEnum):
    """What is told of a transfer while it lasts."""

    DIALLING = "dialling"
    RINGING = "ringing"
    BRIEFING = "briefing"
    DECIDING = "deciding"
    TALKING = "talking"


@dataclass(frozen=True, slots=True)
class DialTarget:
    """Whom to call.

    Attributes:
        endpoint: as Asterisk dials it: "PJSIP/200". Used as it is: whoever makes a target keeps to the allow-list.
        name: what people call it.
        caller_id: what the operator's phone shows; empty = the caller's number.
    """

    endpoint: str
    name: str = ""
    caller_id: str = ""


Briefing = bytes | Callable[[], AsyncIterator[bytes]]
"""A-law audio for the operator alone, ready or as it is made."""

OUTCOME_OF_CAUSE = {
    16: TransferOutcome.NO_ANSWER,  # our own hanging up of a call that rings on, among others
    17: TransferOutcome.BUSY,
    18: TransferOutcome.NO_ANSWER,
    19: TransferOutcome.NO_ANSWER,
    21: TransferOutcome.DECLINED,
    26: TransferOutcome.NO_ANSWER,
}
"""By Q.850's cause of a call that nobody answered; any other is FAILED."""

GRACE_SECONDS = 1.0
"""Asterisk ends the ringing itself; ours is the second clock."""
LONGEST_BRIEFING_SECONDS = 60.0


class OperatorCall:
    """The call to one operator, until he accepts or not.

    Args:
        channel, number: the caller's.
        caller_ended: resolved when the caller is gone.
    """

    def __init__(
        self, rig: Rig, target: DialTarget, channel: str, number: str, caller_ended: asyncio.Future[str]
    ) -> None:
        self._rig = rig
        self._target = target
        self._channel = channel
        self._number = number
        self._caller_ended = caller_ended
        self._voice: Voice | None = None
        self._dialling: asyncio.Task[None] | None = None
        self.leg: Leg = rig.legs.make("operator")

    async def ask(
        self,
        briefing: Briefing | None,
        accept_digit: str,
        decline_digit: str,
        ring_seconds: float,
        decide_seconds: float,
        on_state: Callable[[TransferState], None],
    ) -> TransferOutcome:
        """Ring, speak, wait. ACCEPTED: the operator is on `leg` and wants the caller."""
        on_state(TransferState.DIALLING)
        try:
            refused = await self._ring(ring_seconds, on_state)
            if refused is not None or briefing is None:
                return refused or TransferOutcome.ACCEPTED
            return await self._brief(briefing, accept_digit, decline_digit, decide_seconds, on_state)
        except LineError as exc:
            log.warning("transfer failed: %s", exc.code)
            return TransferOutcome.CALLER_GONE if self._caller_ended.done() else TransferOutcome.FAILED

    async def close(self, *, keep: bool) -> None:
        """Give back what was opened; `keep` = the operator stays, with the caller."""
        if self._voice is not None:
            await self._voice.close()
        if keep:
            return
        if self._dialling is not None:
            # Asterisk may only now make the channel: there is nothing to hang up before it has.
            await asyncio.wait([self._dialling])
        await quietly(self._rig.ari.hang_up(self.leg.id))
        self._rig.legs.forget(self.leg)

    async def _ring(self, seconds: float, on_state: Callable[[TransferState], None]) -> TransferOutcome | None:
        """None when he has answered."""
        self.leg.on_ringing = lambda: on_state(TransferState.RINGING)
        caller_id = self._target.caller_id or self._number
        self._dialling = asyncio.create_task(
            self._rig.ari.dial(self.leg.id, self._target.endpoint, caller_id, math.ceil(seconds), self._channel)
        )
        self._rig.tasks.add(self._dialling)
        self._dialling.add_done_callback(self._rig.tasks.discard)
        answered = self.leg.in_stasis
        await self._first([self._dialling, answered, self.leg.gone], seconds)
        if self._dialling.done():
            self._dialling.result()
            await self._first([answered, self.leg.gone], seconds + GRACE_SECONDS)
        if self._caller_ended.done():
            return TransferOutcome.CALLER_GONE
        if self.leg.gone.done():
            return OUTCOME_OF_CAUSE.get(self.leg.gone.result(), TransferOutcome.FAILED)
        return None if answered.done() else TransferOutcome.NO_ANSWER

    async def _brief(
        self,
        briefing: Briefing,
        accept_digit: str,
        decline_digit: str,
        decide_seconds: float,
        on_state: Callable[[TransferState], None],
    ) -> TransferOutcome:
        decided: asyncio.Future[TransferOutcome] = asyncio.get_running_loop().create_future()
        by_digit = {accept_digit: TransferOutcome.ACCEPTED, decline_digit: TransferOutcome.DECLINED}

        def pressed(digit: str) -> None:
            if digit in by_digit and not decided.done():
                decided.set_result(by_digit[digit])

        self.leg.on_digit = pressed
        self._voice = await Voice.open(self._rig, self.leg.id, answer=False)
        on_state(TransferState.BRIEFING)
        speaking = asyncio.create_task(_speak(self._voice, briefing))
        try:
            await self._first([speaking, decided, self.leg.gone], LONGEST_BRIEFING_SECONDS)
            if speaking.done() and not decided.done():
                on_state(TransferState.DECIDING)
            await self._first([decided, self.leg.gone], decide_seconds)
        finally:
            speaking.cancel()
            await asyncio.wait([speaking])
        if self._caller_ended.done():
            return TransferOutcome.CALLER_GONE
        if self.leg.gone.done():
            return TransferOutcome.DECLINED
        return decided.result() if decided.done() else TransferOutcome.NO_ANSWER

    async def _first(self, what: list[asyncio.Future[Any]], seconds: float) -> None:
        """Wait for any of these, or for the caller's end."""
        await asyncio.wait([*what, self._caller_ended], timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _speak(voice: Voice, briefing: Briefing) -> None:
    """Play it to the end. A voice that fails in the middle leaves the digits, which are what matters."""
    try:
        if isinstance(briefing, bytes):
            voice.transport.play(briefing)
        else:
            async for audio in briefing():
                voice.transport.play(audio)
    except Exception:
        log.exception("the briefing broke off")
    await voice.transport.drained()
