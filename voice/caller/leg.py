"""The signalling of one call: how it is placed, rings, is answered, refused, held and ended."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Self

from vasdom.errors import VasdomError
from voice.caller import sdp, sip
from voice.caller.dialog import Dialog
from voice.caller.media import Media
from voice.caller.sdp import Description
from voice.caller.wire import Peer, Wire
from voice.engine.g711 import ALAW, ULAW, Law

LAWS = (ALAW, ULAW)
HANG_UP_SECONDS = 2.0
FIRST_OK_SECONDS = 0.5
LAST_OK_SECONDS = 16.0
MIRRORED = {"sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive", "sendrecv": "sendrecv"}


class CallFailed(VasdomError):
    """The call was not answered. `status` is the other side's code, 0 where it never said anything."""

    code = "call_failed"

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class State(StrEnum):
    NEW = "new"
    CALLING = "calling"
    INCOMING = "incoming"
    UP = "up"
    ENDED = "ended"


class Leg:
    """One call's signalling. As a context manager it hangs up at its end.

    Attributes:
        number: whom we call, or who calls us.
        dialled: what was dialled to reach us, for an incoming call.
        invited_at, ringing_at, early_at, answered_at, ended_at: moments of the loop's clock; None = did not happen.
            `early_at`: sound came before the answer.
        ended_by: "us", "them" or "refused"; `status` and `reason` say with which words.
    """

    def __init__(
        self, wire: Wire, peer: Peer, dialog: Dialog, media: Media, number: str, laws: tuple[Law, ...]
    ) -> None:
        self.number = number
        self.dialled = ""
        self.media = media
        self.state = State.NEW
        self.invited_at: float | None = None
        self.ringing_at: float | None = None
        self.early_at: float | None = None
        self.answered_at: float | None = None
        self.ended_at: float | None = None
        self.ended_by = ""
        self.status = 0
        self.reason = ""
        self.dialog = dialog
        self._wire = wire
        self._peer = peer
        self._laws = laws
        self._loop = asyncio.get_running_loop()
        self._answered: asyncio.Future[float] = self._loop.create_future()
        self._ended: asyncio.Future[str] = self._loop.create_future()
        self._invite: sip.Message | None = None
        self._descriptions = 0
        self._give_up = False
        self._holding = False
        self._retry: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hangup()

    def now(self) -> float:
        """The clock of all the moments here, in seconds."""
        return time.monotonic()

    def came_from(self, peer: Peer) -> None:
        """Requests of this call go there."""
        self._peer = peer

    def when_ended(self, call: Callable[[], object]) -> None:
        self._ended.add_done_callback(lambda _: call())

    async def answered(self, timeout: float = 10.0) -> float:
        """Wait for the answer; the moment of it.

        Raises:
            CallFailed: refused, ended before, or not answered in time.
        """
        try:
            return await asyncio.wait_for(asyncio.shield(self._answered), timeout)
        except TimeoutError as exc:
            words = (
                "Никто не ответил за" if self.status else "Станция ничего не ответила: проверьте адрес и порт; ждали"
            )
            raise CallFailed(f"{words} {timeout:.0f} с.", self.status) from exc

    async def ended(self, timeout: float = 10.0) -> str:
        """Wait for the end; who ended it.

        Raises:
            TimeoutError: the call goes on.
        """
        return await asyncio.wait_for(asyncio.shield(self._ended), timeout)

    # --- what we do

    def invite(self, extra: sip.Headers | None = None) -> None:
        """Place the call."""
        self.state = State.CALLING
        self.invited_at = self.now()
        self._send_invite(self.dialog.request("INVITE", self._description(), extra=extra))

    def ring(self) -> None:
        """An incoming call: let the other side hear that it rings here."""
        if self.state == State.INCOMING:
            self.ringing_at = self.now()
            self._respond(180, "Ringing")

    async def answer(self) -> None:
        """An incoming call: take it.

        Raises:
            CallFailed: there is none to take any more, or no codec in common.
        """
        if self.state != State.INCOMING or self._invite is None:
            raise CallFailed("Этот звонок уже нельзя принять.", self.status)
        offer = sdp.parse(self._invite.body)
        if offer is not None and not (set(offer.laws) & set(self._laws)):
            self.refuse(488, "Not Acceptable Here")
            raise CallFailed("Нет общего кодека: нужен G.711.", 488)
        if offer is not None:
            self.media.aim(offer)
        self._ok_again(self._respond(200, "OK", self._description()))
        self._up()

    def busy(self) -> None:
        self.refuse(486, "Busy Here")

    def decline(self) -> None:
        self.refuse(603, "Decline")

    def refuse(self, status: int, reason: str) -> None:
        """An incoming call: do not take it."""
        if self.state == State.INCOMING:
            self._respond(status, reason)
            self._end("us", status, reason)

    async def hangup(self) -> None:
        """End the call, whatever state it is in; returns when the other side knows, or after two seconds."""
        if self.state == State.UP:
            self._request("BYE", "us")
        elif self.state == State.CALLING and self._invite is not None:
            self._give_up = True
            if self.status >= 100:  # only a call that is known to the other side can be taken back
                self._wire.request(self.dialog.cancel(self._invite), self._peer, lambda _: None)
        elif self.state == State.INCOMING:
            self.decline()
        if self.state in {State.UP, State.CALLING}:
            try:
                await asyncio.wait_for(asyncio.shield(self._ended), HANG_UP_SECONDS)
            except TimeoutError:
                self._end("us")

    def drop(self) -> None:
        """Vanish without a word, as a telephone whose battery is empty."""
        self._end("us", reason="dropped")

    async def hold(self, held: bool = True) -> None:
        """Put the other side on hold, or take it back.

        Raises:
            CallFailed: it does not want to.
        """
        self._holding = held
        done: asyncio.Future[sip.Message] = self._loop.create_future()

        def on_response(response: sip.Message) -> None:
            if response.status >= 200:
                if response.status < 300:
                    self._acknowledge(response)
                if not done.done():
                    done.set_result(response)

        self._wire.request(self.dialog.request("INVITE", self._description()), self._peer, on_response)
        response = await done
        if response.status >= 300:
            raise CallFailed(f"Удержание не принято: {response.status} {response.reason}.", response.status)
        self._aim(response)

    # --- what comes: responses

    def _send_invite(self, invite: sip.Message) -> None:
        self._invite = invite
        self._wire.request(invite, self._peer, self._invite_answered)

    def _invite_answered(self, response: sip.Message) -> None:
        if self.state == State.CALLING:
            self.status, self.reason = response.status, response.reason
        if response.status < 200:
            self._progress(response)
        elif response.status < 300:
            self.dialog.answered(response)
            self._acknowledge(response)
            self._taken(response)
        elif (again := self._wire.signed(self._invite_sent, response, self.dialog.cseq + 1)) is not None:
            self.dialog.cseq += 1
            self._send_invite(again)
        else:
            self._end("us" if self._give_up else "refused", response.status, response.reason)

    @property
    def _invite_sent(self) -> sip.Message:
        assert self._invite is not None
        return self._invite

    def _progress(self, response: sip.Message) -> None:
        if self._give_up and self._invite is not None:
            self._wire.request(self.dialog.cancel(self._invite), self._peer, lambda _: None)
            return
        if response.status in {180, 183} and self.ringing_at is None:
            self.ringing_at = self.now()
        if response.body and self.early_at is None:
            self.early_at = self.now()
            self._aim(response)

    def _taken(self, response: sip.Message) -> None:
        if self.state != State.CALLING:
            return
        self._aim(response)
        self._up()
        if self._give_up:  # it was answered in the very moment in which we gave up
            self._request("BYE", "us")

    def _acknowledge(self, response: sip.Message) -> None:
        self._wire.send(self.dialog.request("ACK", cseq=response.cseq), self._peer)

    # --- what comes: requests

    def requested(self, request: sip.Message, peer: Peer) -> None:
        """A request of the other side inside this call."""
        self._peer = peer
        method = request.method
        if method == "ACK":
            self._stop_ok_again()
        elif method == "BYE":
            self._reply(request, 200, "OK")
            self._end("them", reason=request.get("reason"))
        elif method == "CANCEL":
            self._reply(request, 200, "OK")
            if self.state == State.INCOMING:
                self._respond(487, "Request Terminated")
                self._end("them", reason=request.get("reason"))
        elif method in {"INVITE", "UPDATE"}:
            self._described_anew(request)
        elif method == "INFO":
            if digit := re.search(r"Signal\s*=\s*([0-9*#A-D])", request.body):
                self.media.digits.append(digit[1])
                self.media.on_digit()
            self._reply(request, 200, "OK")
        elif method in {"OPTIONS", "NOTIFY", "MESSAGE"}:
            self._reply(request, 200, "OK")
        else:
            self._reply(request, 501, "Not Implemented")

    def offered(self, invite: sip.Message) -> None:
        """The INVITE that began this incoming call."""
        self._invite = invite
        self.state = State.INCOMING
        self.invited_at = self.now()
        self._respond(100, "Trying")

    def _described_anew(self, request: sip.Message) -> None:
        """A re-INVITE or an UPDATE: the other side moves its sound, holds us, or only asks whether we are there."""
        offer = sdp.parse(request.body)
        if offer is not None:
            self.media.aim(offer)
        body = (
            self._description(MIRRORED[offer.direction] if offer else "") if offer or request.method == "INVITE" else ""
        )
        answer = self._response(request, 200, "OK")
        answer.body = body
        self._wire.answer(request, self._peer, answer)
        if request.method == "INVITE":
            self._ok_again(answer)

    # --- below

    def _description(self, direction: str = "") -> str:
        self._descriptions += 1
        direction = direction or ("sendonly" if self._holding else "sendrecv")
        own = Description(self._wire.host, self.media.port, self._laws, sdp.EVENT_PAYLOAD, direction)
        return sdp.write(own, version=self._descriptions)

    def _aim(self, response: sip.Message) -> None:
        answer = sdp.parse(response.body)
        if answer is not None:
            self.media.aim(answer)

    def _request(self, method: str, ended_by: str) -> None:
        """A request without a body that ends the call, signed where that is asked for."""
        request = self.dialog.request(method)

        def on_response(response: sip.Message) -> None:
            if (again := self._wire.signed(request, response, self.dialog.cseq + 1)) is not None:
                self.dialog.cseq += 1
                self._wire.request(again, self._peer, lambda late: self._end_if_final(late, ended_by))
            else:
                self._end_if_final(response, ended_by)

        self._wire.request(request, self._peer, on_response)

    def _end_if_final(self, response: sip.Message, ended_by: str) -> None:
        if response.status >= 200:
            self._end(ended_by)

    def _response(self, request: sip.Message, status: int, reason: str) -> sip.Message:
        extra = [("Contact", f"<{self.dialog.contact}>"), ("User-Agent", sip.USER_AGENT)]
        tag = "" if status == 100 else sip.parameter(self.dialog.local, "tag")
        return sip.response(request, status, reason, tag=tag, extra=extra)

    def _reply(self, request: sip.Message, status: int, reason: str) -> None:
        self._wire.answer(request, self._peer, self._response(request, status, reason))

    def _respond(self, status: int, reason: str, body: str = "") -> sip.Message:
        """To the INVITE that began this incoming call."""
        answer = self._response(self._invite_sent, status, reason)
        answer.body = body
        self._wire.answer(self._invite_sent, self._peer, answer)
        return answer

    def _ok_again(self, answer: sip.Message, delay: float = FIRST_OK_SECONDS) -> None:
        """Repeat the 200 of an INVITE until its ACK comes (RFC 3261, 13.3.1.4)."""

        def again() -> None:
            self._wire.send(answer, self._peer)
            self._ok_again(answer, delay * 2)

        self._stop_ok_again()
        if delay < LAST_OK_SECONDS and self.state != State.ENDED:
            self._retry = self._loop.call_later(delay, again)

    def _stop_ok_again(self) -> None:
        if self._retry is not None:
            self._retry.cancel()
            self._retry = None

    def _up(self) -> None:
        self.state = State.UP
        self.answered_at = self.now()
        self.media.start_sending()
        if not self._answered.done():
            self._answered.set_result(self.answered_at)

    def _end(self, by: str, status: int = 0, reason: str = "") -> None:
        if self.state == State.ENDED:
            return
        self.state = State.ENDED
        self.ended_at = self.now()
        self.ended_by = by
        self.status = status or self.status
        self.reason = reason or self.reason
        self._stop_ok_again()
        self.media.close()
        self._ended.set_result(by)
        if not self._answered.done():
            self._answered.set_exception(CallFailed(f"Звонок не принят: {self.status} {self.reason}.", self.status))
            self._answered.exception()  # nobody has to be waiting
