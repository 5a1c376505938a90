"""A telephone without a person: places calls, registers, and takes calls."""

from __future__ import annotations

import asyncio
import socket
from typing import Self

from voice.caller import sip
from voice.caller.call import Call
from voice.caller.dialog import Dialog
from voice.caller.leg import LAWS, CallFailed
from voice.caller.media import Media
from voice.caller.wire import Account, Peer, Wire
from voice.engine.g711 import Law

UNREGISTER_SECONDS = 1.0


class SipCaller:
    """One SIP account on one UDP socket; any number of calls.

    Args:
        host, port: the exchange.
        user, password: the account; without them calls are placed as nobody in particular.
        local_host: our own address; empty = the one from which the exchange is reached.
        keep_audio: False = only levels are kept of what is heard and said, for hundreds of calls at once.
        laws: the codecs, the favourite first.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 5060,
        user: str = "",
        password: str = "",
        *,
        local_host: str = "",
        keep_audio: bool = True,
        laws: tuple[Law, ...] = LAWS,
    ) -> None:
        self.host = host
        self.port = port
        self.user = user or "caller"
        self.keep_audio = keep_audio
        self.laws = laws
        self._local_host = local_host
        self._wire = Wire(Account(user, password), self._requested)
        self._calls: dict[str, Call] = {}
        self._incoming: asyncio.Queue[Call] = asyncio.Queue()
        self._registration: Dialog | None = None
        self._refresh: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self.host, self.port, family=socket.AF_INET, type=socket.SOCK_DGRAM)
        self._peer: Peer = (str(found[0][4][0]), int(found[0][4][1]))
        local = self._local_host or _address_towards(self._peer)
        await loop.create_datagram_endpoint(lambda: self._wire, local_addr=(local, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(call.hangup() for call in list(self._calls.values())))
        await self.unregister()
        self._wire.close()

    @property
    def address(self) -> Peer:
        """Where this telephone itself can be called."""
        return self._wire.host, self._wire.port

    # --- place calls

    def dial(self, number: str, *, caller_id: str = "", display: str = "", headers: sip.Headers | None = None) -> Call:
        """Place a call; returns at once, `await call.answered()` waits.

        Args:
            caller_id: the number that the other side sees, where the exchange believes us; our user by default.
            display: the name that goes with it.
            headers: further headers of the INVITE.
        """
        name = f'"{display}" ' if display else ""
        dialog = self._dialog(caller_id or self.user, f"<sip:{number}@{self.host}:{self.port}>", name)
        dialog.target = f"sip:{number}@{self.host}:{self.port}"
        call = self._call(dialog, number)
        call.invite(headers)
        return call

    async def call(self, number: str, *, timeout: float = 10.0, caller_id: str = "") -> Call:
        """Place a call and wait for the answer.

        Raises:
            CallFailed: refused, or not answered in time (it is taken back then).
        """
        call = self.dial(number, caller_id=caller_id)
        try:
            await call.answered(timeout)
        except BaseException:
            await call.hangup()
            raise
        return call

    # --- take calls

    async def register(self, seconds: int = 300) -> None:
        """Make this account reachable here until `unregister`, renewing in time.

        Raises:
            CallFailed: the exchange refuses, or does not answer.
        """
        self._registration = self._dialog(self.user, f"<sip:{self.user}@{self.host}>")
        self._registration.target = f"sip:{self.host}:{self.port}"
        await self._send_registration(seconds)
        self._refresh = asyncio.create_task(self._renew(seconds))

    async def unregister(self) -> None:
        if self._refresh is None:
            return
        self._refresh.cancel()
        self._refresh = None
        try:
            await asyncio.wait_for(self._send_registration(0), UNREGISTER_SECONDS)
        except (TimeoutError, CallFailed):
            return  # the exchange is gone, and so is what it remembered

    async def next_call(self, timeout: float = 10.0) -> Call:
        """The next call that comes in; it neither rings nor is it answered yet.

        Raises:
            TimeoutError: none came.
        """
        return await asyncio.wait_for(self._incoming.get(), timeout)

    # --- below

    def _dialog(self, user: str, remote: str, name: str = "") -> Dialog:
        return Dialog(
            local=f"{name}<sip:{user}@{self._wire.host}>;tag={sip.new_tag()}",
            remote=remote,
            target="",
            contact=f"sip:{self.user}@{self._wire.address}",
            via=self._wire.address,
        )

    def _call(self, dialog: Dialog, number: str) -> Call:
        media = Media(self._wire.host, keep_audio=self.keep_audio)
        call = Call(self._wire, self._peer, dialog, media, number, self.laws)
        self._calls[dialog.call_id] = call
        call.when_ended(lambda: self._calls.pop(dialog.call_id, None))
        return call

    def _requested(self, request: sip.Message, peer: Peer) -> None:
        call = self._calls.get(request.get("call-id"))
        if call is not None:
            call.requested(request, peer)
        elif request.method == "INVITE" and not sip.parameter(request.get("to"), "tag"):
            self._take(request, peer)
        elif request.method in {"OPTIONS", "NOTIFY"}:
            self._wire.answer(request, peer, sip.response(request, 200, "OK", tag=sip.new_tag()))
        elif request.method != "ACK":
            gone = sip.response(request, 481, "Call/Transaction Does Not Exist", tag=sip.new_tag())
            self._wire.answer(request, peer, gone)

    def _take(self, invite: sip.Message, peer: Peer) -> None:
        dialog = Dialog(
            local=f"{invite.get('to')};tag={sip.new_tag()}",
            remote=invite.get("from"),
            target=sip.address(invite.get("contact")),
            contact=f"sip:{self.user}@{self._wire.address}",
            via=self._wire.address,
            call_id=invite.get("call-id"),
            routes=invite.all("record-route"),
        )
        call = self._call(dialog, sip.user(invite.get("from")))
        call.dialled = sip.user(invite.get("to"))
        call.came_from(peer)
        call.offered(invite)
        self._incoming.put_nowait(call)

    async def _send_registration(self, seconds: int) -> None:
        dialog = self._registration
        assert dialog is not None
        request = dialog.request("REGISTER", extra=[("Expires", str(seconds))])
        response = await self._answer_to(request)
        again = self._wire.signed(request, response, dialog.cseq + 1)
        if again is not None:
            dialog.cseq += 1
            response = await self._answer_to(again)
        if response.status >= 300:
            raise CallFailed(f"Регистрация не принята: {response.status} {response.reason}.", response.status)

    async def _answer_to(self, request: sip.Message) -> sip.Message:
        done: asyncio.Future[sip.Message] = asyncio.get_running_loop().create_future()

        def on_response(response: sip.Message) -> None:
            if response.status >= 200 and not done.done():
                done.set_result(response)

        self._wire.request(request, self._peer, on_response)
        return await done

    async def _renew(self, seconds: int) -> None:
        while True:
            await asyncio.sleep(seconds * 0.8)
            await self._send_registration(seconds)


def _address_towards(peer: Peer) -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(peer)
        return str(probe.getsockname()[0])
