"""One call of the line."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from voice.transports.asterisk.legs import Leg
from voice.transports.asterisk.rig import Rig, Voice, quietly
from voice.transports.asterisk.transfer import (
    Briefing,
    DialTarget,
    OperatorCall,
    TransferOutcome,
    TransferState,
)
from voice.transports.errors import CallGone, LineError
from voice.transports.media import MediaTransport

log = logging.getLogger(__name__)

REASON_VARIABLE = "VASDOM_REASON"
TELLING_SECONDS = 0.5
STILL_THERE = frozenset({"media_lost", "line_lost"})
"""Ends after which the caller may well hold the line yet."""


class AsteriskCall:
    """A caller who waits for us, or talks with us, or with an operator.

    Attributes:
        id: Asterisk's id of the caller's channel.
        caller: his number as Asterisk has it, may be empty.
        dialled: the number he called (the first argument of `Stasis`, or else the extension).
        arrived_at: when, by Asterisk's clock; aware.
        arrived: when its event came, by the event loop's clock.
        on_digit: called with each key he presses: 0–9, *, #, A–D.
        ended: resolved the moment the call is over, in every state, with why: "caller_hung_up", "operator_hung_up"
            (after a transfer), "hung_up", "left", "media_lost", "line_lost".
    """

    def __init__(self, rig: Rig, event: dict[str, Any]) -> None:
        channel = event["channel"]
        self._rig = rig
        self.id: str = channel["id"]
        self.caller: str = channel.get("caller", {}).get("number") or ""
        self.dialled: str = next(iter(event.get("args") or []), "") or channel.get("dialplan", {}).get("exten", "")
        self.arrived_at = datetime.fromisoformat(event["timestamp"]).astimezone(UTC)
        loop = asyncio.get_running_loop()
        self.arrived = loop.time()
        self.on_digit: Callable[[str], None] | None = None
        self.ended: asyncio.Future[str] = loop.create_future()
        self._voice: Voice | None = None
        self._operator: Leg | None = None
        self._leg = rig.legs.watch(self.id)
        self._leg.happened(event)
        self._leg.on_digit = self._digit
        self._leg.gone.add_done_callback(lambda _: self._end("caller_hung_up"))

    @property
    def transport(self) -> MediaTransport:
        """His audio, from `open` on. Its frames end with the call, and when an operator takes over."""
        if self._voice is None:
            raise CallGone()
        return self._voice.transport

    @property
    def with_operator(self) -> bool:
        """He talks with an operator."""
        return self._operator is not None

    async def open(self) -> None:
        """Answer; from here on we hear each other. A few milliseconds.

        Raises:
            CallGone: he hung up before, or meanwhile.
            NoRoom: no media port is free. The call still waits: `leave` it.
            LineError: Asterisk refused or did not answer in time.
        """
        if self.ended.done():
            raise CallGone()
        try:
            voice = await Voice.open(self._rig, self.id, answer=True)
        except LineError as exc:
            # Asterisk refuses to work on a channel that hangs up, some time before it tells of it.
            await asyncio.wait([self.ended], timeout=TELLING_SECONDS)
            if self.ended.done():
                raise CallGone() from exc
            raise
        if self.ended.done():
            await voice.close()
            raise CallGone()
        self._voice = voice
        voice.transport.on_gone = self._media_lost
        voice.leg.gone.add_done_callback(lambda _: self._media_lost())

    async def hang_up(self) -> None:
        """End the call. Harmless when it has ended: the channel may be somebody else's by then."""
        if not self.ended.done():
            self._end("hung_up")
            await quietly(self._rig.ari.hang_up(self.id))

    async def leave(self, *, reason: str) -> None:
        """Send the caller on to what stands behind `Stasis()` in the dialplan; `ended` says "left".

        Harmless when the call has ended. The dialplan finds `reason` in the channel variable VASDOM_REASON.
        """
        if self.ended.done() and self.ended.result() not in STILL_THERE:
            return
        self._end("left")
        await quietly(self._rig.ari.set_variable(self.id, REASON_VARIABLE, reason))
        await quietly(self._rig.ari.go_on(self.id))

    async def transfer(
        self,
        target: DialTarget,
        *,
        briefing: Briefing | None = None,
        accept_digit: str = "1",
        decline_digit: str = "2",
        ring_seconds: float = 20.0,
        decide_seconds: float = 15.0,
        on_state: Callable[[TransferState], None] | None = None,
    ) -> TransferOutcome:
        """Call an operator and bring the two together.

        Without a briefing they are together as soon as he answers. With one, he hears it alone, and accepts or declines
        by a digit, during it or within `decide_seconds` after it; silence is NO_ANSWER, a hang-up DECLINED. Meanwhile
        the caller's `transport` works as ever: what is played there is what he hears.

        On ACCEPTED the transport ends, and `ended` resolves when either of them hangs up; the other is hung up then.
        Until then `on_call` must not return. Cancelling ends the operator's call.

        Raises:
            CallGone: the call was never opened, or an operator has it already.
        """
        if self._voice is None or self._operator is not None:
            raise CallGone()
        attempt = OperatorCall(self._rig, target, self.id, self.caller, self.ended)
        try:
            outcome = await attempt.ask(
                briefing, accept_digit, decline_digit, ring_seconds, decide_seconds, on_state or (lambda _: None)
            )
            if outcome is TransferOutcome.ACCEPTED:
                outcome = await self._hand_to(attempt.leg)
        finally:
            await attempt.close(keep=self._operator is attempt.leg)
        if outcome is TransferOutcome.ACCEPTED and on_state is not None:
            on_state(TransferState.TALKING)
        return outcome

    # --- for the line

    async def finish(self) -> None:
        """Nobody looks after the call any more: end it, unless the dialplan can do better for the caller."""
        if self.ended.done() and self.ended.result() in STILL_THERE:
            await self.leave(reason=self.ended.result())
        else:
            await self.hang_up()

    def line_lost(self) -> None:
        """Asterisk has not been heard of for too long. Caller and operator do not need us."""
        if self._operator is None:
            self._end("line_lost")

    # --- what happens

    async def _hand_to(self, operator: Leg) -> TransferOutcome:
        """The operator takes our place in the caller's bridge."""
        voice = self._voice
        if voice is None or self.ended.done():
            return TransferOutcome.CALLER_GONE
        self._operator = operator
        try:
            await self._rig.ari.add(voice.bridge, [operator.id])
        except BaseException as exc:
            self._operator = None
            if not isinstance(exc, LineError):
                raise
            return TransferOutcome.CALLER_GONE if self.ended.done() else TransferOutcome.FAILED
        operator.gone.add_done_callback(lambda _: self._end("operator_hung_up"))
        await voice.close(keep_bridge=True)
        return TransferOutcome.CALLER_GONE if self._leg.gone.done() else TransferOutcome.ACCEPTED

    def _digit(self, digit: str) -> None:
        if self.on_digit is not None:
            self.on_digit(digit)

    def _media_lost(self) -> None:
        if self._operator is None:
            self._end("media_lost")

    def _end(self, reason: str) -> None:
        """The call is over, whatever is to be done yet in Asterisk: what we hold for it is given back beside."""
        if self.ended.done():
            return
        self.ended.set_result(reason)
        self._rig.legs.forget(self._leg)  # the dialplan may send the same channel to us again
        if self._voice is not None:
            self._voice.transport.end()
        self._rig.spawn(self._clean_up(reason))

    async def _clean_up(self, reason: str) -> None:
        operator = self._operator  # a transfer that fails at this moment takes it back meanwhile
        if operator is not None:
            await quietly(self._rig.ari.hang_up(operator.id))
            self._rig.legs.forget(operator)
        if reason == "operator_hung_up":
            await quietly(self._rig.ari.hang_up(self.id))
        if self._voice is not None:
            await self._voice.close()
