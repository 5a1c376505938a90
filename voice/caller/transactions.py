"""One request and what is answered to it, over a wire that may lose either (RFC 3261, chapter 17)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable

from voice.caller import sip

FIRST_RETRY_SECONDS = 0.5
LONGEST_RETRY_SECONDS = 4.0
GIVE_UP_SECONDS = 32.0
ANSWERS_KEPT = 512


class Exchange:
    """A request of ours: repeated until something comes back, given up as 408 when nothing does.

    Args:
        on_response: called with every response that is new, the final one last. A refused INVITE is acknowledged here.
    """

    def __init__(
        self,
        request: sip.Message,
        send: Callable[[sip.Message], None],
        on_response: Callable[[sip.Message], None],
        on_over: Callable[[Exchange], None],
    ) -> None:
        self.request = request
        self._send = send
        self._on_response = on_response
        self._on_over = on_over
        self._loop = asyncio.get_running_loop()
        self._delay = FIRST_RETRY_SECONDS
        self._deadline = self._loop.time() + GIVE_UP_SECONDS
        self._final: sip.Message | None = None
        self._timer: asyncio.TimerHandle | None = None
        send(request)
        self._schedule()

    @property
    def key(self) -> tuple[str, str]:
        return sip.parameter(self.request.get("via"), "branch"), self.request.method

    def received(self, response: sip.Message) -> None:
        invite = self.request.method == "INVITE"
        if response.status < 200:
            if invite and self._timer is not None:
                self._timer.cancel()
            self._on_response(response)
            return
        if invite and response.status >= 300:
            self._send(acknowledged(self.request, response))
        if self._final is not None and not (invite and response.status < 300):
            return
        self._final = response
        self._on_response(response)
        self._rest()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._on_over(self)

    def _schedule(self) -> None:
        self._timer = self._loop.call_later(self._delay, self._again)
        self._delay = min(self._delay * 2, LONGEST_RETRY_SECONDS)

    def _again(self) -> None:
        if self._loop.time() > self._deadline:
            self._final = sip.response(self.request, 408, "Request Timeout")
            self._on_response(self._final)
            self.close()
            return
        self._send(self.request)
        self._schedule()

    def _rest(self) -> None:
        """The final response may come again, if our acknowledgement was lost."""
        if self._timer is not None:
            self._timer.cancel()
        wait = FIRST_RETRY_SECONDS * 8 if self.request.method == "INVITE" else 0.0
        self._timer = self._loop.call_later(wait, self.close)


def acknowledged(invite: sip.Message, response: sip.Message) -> sip.Message:
    """The ACK of a refusal: it belongs to the INVITE itself."""
    headers = [
        ("Via", invite.get("via")),
        ("Max-Forwards", "70"),
        *(("Route", value) for value in invite.all("route")),
        ("From", invite.get("from")),
        ("To", response.get("to")),
        ("Call-ID", invite.get("call-id")),
        ("CSeq", f"{invite.cseq} ACK"),
    ]
    return sip.Message(f"ACK {invite.start.split(' ')[1]} SIP/2.0", headers)


class Answers:
    """What was answered lately: a request that comes again gets the same answer, and is not handled twice."""

    def __init__(self) -> None:
        self._sent: OrderedDict[tuple[str, str], sip.Message | None] = OrderedDict()

    @staticmethod
    def key(request: sip.Message) -> tuple[str, str]:
        return sip.parameter(request.get("via"), "branch"), request.method

    def seen(self, request: sip.Message) -> bool:
        """Is it a repetition? A new one is remembered."""
        if (key := self.key(request)) in self._sent:
            return True
        self._sent[key] = None
        if len(self._sent) > ANSWERS_KEPT:
            self._sent.popitem(last=False)
        return False

    def sent(self, request: sip.Message, answer: sip.Message) -> None:
        self._sent[self.key(request)] = answer

    def to(self, request: sip.Message) -> sip.Message | None:
        return self._sent.get(self.key(request))
