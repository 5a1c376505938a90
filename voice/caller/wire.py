"""The caller's SIP socket: requests that are repeated until answered, answers that are given again when asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from voice.caller import sip
from voice.caller.dialog import again_signed
from voice.caller.transactions import Answers, Exchange

Peer = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Account:
    """Who we are to the other side; without a password a challenge is a refusal."""

    user: str = ""
    password: str = ""


class Wire(asyncio.DatagramProtocol):
    """One UDP socket for all calls of a telephone.

    Args:
        on_request: called with every request that is new, and where it came from.
    """

    def __init__(self, account: Account, on_request: Callable[[sip.Message, Peer], None]) -> None:
        self.account = account
        self._on_request = on_request
        self._exchanges: dict[tuple[str, str], Exchange] = {}
        self._answers = Answers()
        self._transport: asyncio.DatagramTransport | None = None
        self.host = ""
        self.port = 0

    @property
    def address(self) -> str:
        return f"{self.host}:{self.port}"

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)  # the selector loop's is no subclass of it
        self.host, self.port = transport.get_extra_info("sockname")[:2]

    def datagram_received(self, data: bytes, addr: Peer) -> None:
        try:
            message = sip.parse(data)
        except sip.NotSip:
            return
        if message.status:
            exchange = self._exchanges.get((sip.parameter(message.get("via"), "branch"), message.method))
            if exchange is not None:
                exchange.received(message)
        elif message.method == "ACK" or not self._answers.seen(message):
            self._on_request(message, addr)
        elif (answer := self._answers.to(message)) is not None:
            self.send(answer, addr)

    def close(self) -> None:
        for exchange in list(self._exchanges.values()):
            exchange.close()
        if self._transport is not None:
            self._transport.close()

    def send(self, message: sip.Message, peer: Peer) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(message.encode(), peer)

    def request(self, message: sip.Message, peer: Peer, on_response: Callable[[sip.Message], None]) -> None:
        """Send until answered; `on_response` hears every response, the final one last."""
        exchange = Exchange(message, lambda sent: self.send(sent, peer), on_response, self._over)
        self._exchanges[exchange.key] = exchange

    def answer(self, request: sip.Message, peer: Peer, answer: sip.Message) -> None:
        if answer.status >= 200 or request.method == "INVITE":
            self._answers.sent(request, answer)
        self.send(answer, peer)

    def signed(self, request: sip.Message, response: sip.Message, cseq: int) -> sip.Message | None:
        """The request again, with the password; None when that was tried, or there is nothing to try."""
        header, challenge = sip.usable_challenge(response)
        tried = request.get("authorization") or request.get("proxy-authorization")
        if response.status not in {401, 407} or not challenge or tried or not self.account.password:
            return None
        uri = request.start.split(" ")[1]
        value = sip.authorization(challenge, request.method, uri, self.account.user, self.account.password)
        return again_signed(request, (header, value), cseq)

    def _over(self, exchange: Exchange) -> None:
        self._exchanges.pop(exchange.key, None)
