"""One call of the line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from voice.engine.ports import CallTransport
from voice.transports.asterisk.transfer import Briefing, DialTarget, TransferOutcome, TransferState


class AsteriskCall:
    """A caller who waits for us, or talks with us, or with an operator.

    Attributes:
        id: Asterisk's id of the caller's channel.
        caller: his number as Asterisk has it, may be empty.
        dialled: the number he called (the first argument of `Stasis`, or else the extension).
        arrived_at: when, by Asterisk's clock; aware.
        arrived: when its event came, by the event loop's clock.
        transport: his audio, from `open` on. Its frames end with the call, and when an operator takes over.
        on_digit: called with each key he presses: 0–9, *, #, A–D.
        ended: resolved the moment the call is over, in every state, with why: "caller_hung_up", "operator_hung_up"
            (after a transfer), "hung_up", "left", "media_lost", "line_lost", "gone".
    """

    id: str
    caller: str
    dialled: str
    arrived_at: datetime
    arrived: float
    transport: CallTransport
    on_digit: Callable[[str], None] | None
    ended: asyncio.Future[str]

    async def open(self) -> None:
        """Answer; from here on we hear each other. A few milliseconds.

        Raises:
            CallGone: he hung up before, or meanwhile.
            NoRoom: no media port is free. The call still waits: `leave` it.
            LineError: Asterisk refused or did not answer in time.
        """
        raise NotImplementedError

    async def hang_up(self) -> None:
        """End the call. Harmless when it has ended."""
        raise NotImplementedError

    async def leave(self, *, reason: str) -> None:
        """Send the caller on to what stands behind `Stasis()` in the dialplan; `ended` says "left".

        Harmless when the call has ended. The dialplan finds `reason` in the channel variable VASDOM_REASON.
        """
        raise NotImplementedError

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
        by a digit, during it or within `decide_seconds` after it; silence is NO_ANSWER, a hang-up DECLINED. Meanwhile the caller's
        `transport` works as ever: what is played there is what he hears.

        On ACCEPTED the transport ends, and `ended` resolves when either of them hangs up; the other is hung up then.
        Until then `on_call` must not return. Cancelling ends the operator's call.
        """
        raise NotImplementedError
