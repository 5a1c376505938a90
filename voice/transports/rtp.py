"""RTP with Asterisk's UnicastRTP channels (`externalMedia`, `transport=udp`), A-law, on a clock of our own."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections import deque
from collections.abc import Callable

from voice.engine.ports import FRAME_BYTES
from voice.transports import rtp_packets
from voice.transports.clocked import ClockedTransport
from voice.transports.datagrams import Address, Datagrams
from voice.transports.errors import NoRoom
from voice.transports.gathering import Gathering
from voice.transports.listening import SILENT_FRAME
from voice.transports.media import ExternalMedia, MediaConfig, MediaTransport
from voice.transports.rtp_packets import Packet, Reordering
from voice.transports.ticker import Ticker

PEER_SILENT_SECONDS = 0.5
"""Another port of the peer's host is listened to only when the known one has been silent for so long."""


class RtpTransport(ClockedTransport):
    """One call's audio. A frame leaves in every slot, silence when there is nothing to say.

    Only the peer that Asterisk named is listened to, or else the first that speaks; once it may move to another port
    of the same host.

    Args:
        ours: the bound socket, which closes with the call.
        release: is given its port then.

    Attributes:
        port: ours.
        received, lost: packets of the caller, for the bench.
    """

    def __init__(
        self, ticker: Ticker, gathering: Gathering, ours: socket.socket, release: Callable[[int], None]
    ) -> None:
        super().__init__()
        self.on_gone: Callable[[], None] | None = None
        self.port: int = ours.getsockname()[1]
        self.received = 0
        self.lost = 0
        self._ticker, self._gathering = ticker, gathering
        self._release = release
        self._loop = asyncio.get_running_loop()
        self._socket, self._datagrams = ours, Datagrams(ours)
        self._ended = False
        self._peer: Address | None = None
        self._may_move = True
        self._peer_source: int | None = None
        self._peer_heard = 0.0
        self._order = Reordering()
        self._rest = bytearray()
        self._source = secrets.randbits(32)
        self._sequence = secrets.randbits(15)
        self._first_timestamp = secrets.randbits(31)
        self._silent = True

    def begin(self, peer: Address | None) -> None:
        """Asterisk is there: send to it from now on."""
        self._peer = peer
        self._listening.begin(self._loop.time())
        self._ticker.add(self._tick)
        self._gathering.add(self._socket, self._readable)

    def end(self) -> None:
        if self._ended:
            return
        self._ended = True
        super().end()
        self._ticker.remove(self._tick)
        self._gathering.remove(self._socket)
        self._socket.close()
        self._release(self.port)

    # --- out

    def _tick(self, slot: int) -> None:
        self._listening.tick(self._loop.time())
        frame = self._playout.take()
        if self._peer is None:
            return
        marker = self._silent and frame is not None
        self._silent = frame is None
        self._sequence += 1
        timestamp = self._first_timestamp + slot * FRAME_BYTES
        payload = SILENT_FRAME if frame is None else frame
        packet = rtp_packets.pack(self._sequence, timestamp, self._source, payload, marker=marker)
        self._datagrams.send(packet, self._peer)

    # --- in

    def _readable(self) -> None:
        """One packet; while more of them wait it is called again at once."""
        if (arrived := self._datagrams.receive()) is not None:
            self._received(*arrived)

    def _received(self, data: bytes, address: Address) -> None:
        packet = rtp_packets.parse(data)
        now = self._loop.time()
        if packet is None or packet.payload_type != rtp_packets.ALAW or not self._is_peer(address, packet, now):
            return
        self._peer_heard = now
        if packet.source != self._peer_source:
            self._peer_source = packet.source
            self._order.restart()
        self.received += 1
        for payload in self._order.arrived(packet.sequence, packet.payload):
            self.lost += payload is None
            self._give(SILENT_FRAME if payload is None else payload, now)

    def _is_peer(self, address: Address, packet: Packet, now: float) -> bool:
        if self._peer is None:
            self._peer = address
        elif address != self._peer:
            moved = address[0] == self._peer[0] and packet.source != self._peer_source
            if not (moved and self._may_move and now - self._peer_heard > PEER_SILENT_SECONDS):
                return False
            self._may_move = False
            self._peer = address
        return True

    def _give(self, payload: bytes, now: float) -> None:
        """Hand on whole frames, whatever the length of the packets."""
        if len(payload) == FRAME_BYTES and not self._rest:
            self._listening.arrived(payload, now)
            return
        self._rest += payload
        while len(self._rest) >= FRAME_BYTES:
            self._listening.arrived(bytes(self._rest[:FRAME_BYTES]), now)
            del self._rest[:FRAME_BYTES]


class RtpMedia:
    """Two ports for every call: ours, and the next one, to which Asterisk sends RTCP that nobody reads.

    Ports are taken in turn, so that a late packet of one call does not meet the next.
    """

    modules = ("chan_rtp.so",)

    def __init__(self, config: MediaConfig) -> None:
        self._host = config.host
        first = config.first_port + config.first_port % 2
        self._free = deque(range(first, config.last_port + 1, 2))
        self._ticker, self._gathering = Ticker(), Gathering()

    def warnings(self, version: str) -> list[str]:
        return []

    async def open(self, ask: ExternalMedia) -> MediaTransport:
        transport = RtpTransport(self._ticker, self._gathering, self._bind(), self._free.append)
        try:
            channel = await ask(
                external_host=f"{self._host}:{transport.port}", format="alaw", transport="udp", encapsulation="rtp"
            )
        except BaseException:
            transport.end()
            raise
        transport.begin(_peer(channel.get("channelvars") or {}))
        return transport

    async def close(self) -> None:
        """Every call has freed its own."""

    def _bind(self) -> socket.socket:
        for _ in range(len(self._free)):
            port = self._free.popleft()
            family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
            bound = socket.socket(family, socket.SOCK_DGRAM)
            bound.setblocking(False)
            try:
                bound.bind((self._host, port))
            except OSError:
                bound.close()
                self._free.append(port)
            else:
                return bound
        raise NoRoom("Все порты для звука заняты.")


def _peer(variables: dict[str, str]) -> Address | None:
    """Where Asterisk listens; it says so from 16.8 on, an older one is learnt from its first packet."""
    with contextlib.suppress(KeyError, ValueError):
        return variables["UNICASTRTP_LOCAL_ADDRESS"], int(variables["UNICASTRTP_LOCAL_PORT"])
    return None
