"""RTP with a peer of our own: who is listened to, in what order, and what leaves."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Iterator
from itertools import pairwise
from typing import Any

import pytest

from voice.engine.ports import FRAME_BYTES, SILENCE
from voice.pbx.settings import free_port
from voice.transports.errors import LineError, NoRoom
from voice.transports.media import MediaConfig
from voice.transports.rtp import PEER_SILENT_SECONDS, RtpMedia, RtpTransport
from voice.transports.tests.desk import until

SILENT = SILENCE * FRAME_BYTES
SOURCE = 0x1234


class Peer:
    """A socket that speaks RTP in Asterisk's place."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]

    def send(self, to: int, sequence: int, code: int, *, source: int = SOURCE, **others: Any) -> None:
        self.socket.sendto(packet(sequence, code, source=source, **others), ("127.0.0.1", to))

    async def receive(self) -> tuple[bool, int, int, int, bytes]:
        """(marker, sequence, timestamp, source, payload)"""
        data = await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self.socket, 2000), 5)
        flags, kind, sequence, timestamp, source = struct.unpack_from("!BBHII", data)
        assert (flags, kind & 0x7F) == (0x80, 8)
        return bool(kind & 0x80), sequence, timestamp, source, data[12:]


def packet(
    sequence: int,
    code: int,
    *,
    source: int = SOURCE,
    kind: int = 8,
    flags: int = 0x80,
    extra: bytes = b"",
    tail: bytes = b"",
) -> bytes:
    header = struct.pack("!BBHII", flags, kind, sequence & 0xFFFF, sequence * FRAME_BYTES, source)
    return header + extra + bytes([code]) * FRAME_BYTES + tail


@pytest.fixture
def peer() -> Iterator[Peer]:
    speaking = Peer()
    yield speaking
    speaking.socket.close()


@pytest.fixture
def stranger() -> Iterator[Peer]:
    speaking = Peer()
    yield speaking
    speaking.socket.close()


@pytest.fixture
def media() -> RtpMedia:
    first = free_port(socket.SOCK_DGRAM)
    return RtpMedia(MediaConfig("", "127.0.0.1", first, first + 3, ""))


@pytest.fixture
async def line(media: RtpMedia, peer: Peer) -> AsyncIterator[RtpTransport]:
    transport = await open_towards(media, peer)
    yield transport
    transport.end()


async def open_towards(media: RtpMedia, peer: Peer) -> RtpTransport:
    async def ask(**parameters: str) -> dict[str, Any]:
        assert parameters["format"] == "alaw"
        return {"channelvars": {"UNICASTRTP_LOCAL_ADDRESS": "127.0.0.1", "UNICASTRTP_LOCAL_PORT": str(peer.port)}}

    return await media.open(ask)


async def heard(line: RtpTransport, count: int) -> list[int]:
    """The codes of the next frames that are not silent."""
    codes: list[int] = []
    async with asyncio.timeout(5):
        async for frame in line.frames():
            if frame != SILENT:
                codes.append(frame[0])
            if len(codes) == count:
                break
    return codes


async def test_the_peers_packets_are_frames_in_their_order(line: RtpTransport, peer: Peer) -> None:
    for number in range(5):
        peer.send(line.port, 65_534 + number, 1 + number)
    assert await heard(line, 5) == [1, 2, 3, 4, 5]


async def test_an_overtaken_packet_finds_its_place_and_a_second_copy_none(line: RtpTransport, peer: Peer) -> None:
    for sequence, code in ((10, 1), (12, 3), (11, 2), (12, 3), (11, 2), (13, 4)):
        peer.send(line.port, sequence, code)
    assert await heard(line, 4) == [1, 2, 3, 4]


async def test_a_lost_packet_is_a_frame_of_silence_and_holds_up_nothing(line: RtpTransport, peer: Peer) -> None:
    for sequence, code in ((10, 1), (12, 3), (13, 4), (14, 5)):
        peer.send(line.port, sequence, code)
    assert await heard(line, 4) == [1, 3, 4, 5]
    assert (line.received, line.lost) == (4, 1)


async def test_another_port_is_not_listened_to(line: RtpTransport, peer: Peer, stranger: Peer) -> None:
    peer.send(line.port, 1, 1)
    stranger.send(line.port, 2, 99)
    stranger.send(line.port, 3, 99, source=777)
    peer.send(line.port, 2, 2)
    assert await heard(line, 2) == [1, 2]
    assert line.received == 2


async def test_a_new_source_of_the_same_peer_goes_on(line: RtpTransport, peer: Peer) -> None:
    peer.send(line.port, 1000, 1)
    peer.send(line.port, 7, 2, source=99)
    peer.send(line.port, 8, 3, source=99)
    assert await heard(line, 3) == [1, 2, 3]


async def test_a_silent_peer_may_move_to_another_port_once(line: RtpTransport, peer: Peer, stranger: Peer) -> None:
    third = Peer()
    peer.send(line.port, 1, 1)
    assert await heard(line, 1) == [1]
    await asyncio.sleep(PEER_SILENT_SECONDS + 0.1)
    stranger.send(line.port, 500, 2, source=99)
    assert await heard(line, 1) == [2]
    await asyncio.sleep(PEER_SILENT_SECONDS + 0.1)
    third.send(line.port, 900, 99, source=101)
    stranger.send(line.port, 501, 3, source=99)
    assert await heard(line, 1) == [3]
    third.socket.close()


async def test_what_is_no_alaw_is_left_out(line: RtpTransport, peer: Peer) -> None:
    peer.send(line.port, 1, 99, kind=13)
    peer.send(line.port, 1, 99, kind=101)
    peer.send(line.port, 1, 99, flags=0x00)
    peer.socket.sendto(b"noise", ("127.0.0.1", line.port))
    peer.socket.sendto(b"", ("127.0.0.1", line.port))
    peer.send(line.port, 1, 1, kind=0x88)
    assert await heard(line, 1) == [1]


async def test_sources_extension_and_padding_are_skipped(line: RtpTransport, peer: Peer) -> None:
    peer.send(line.port, 1, 1, flags=0x82, extra=bytes(8))
    peer.send(line.port, 2, 2, flags=0x90, extra=b"\xbe\xde\x00\x02" + bytes(8))
    peer.send(line.port, 3, 3, flags=0xA0, tail=b"\x00\x00\x00\x04")
    frames = []
    async for frame in line.frames():
        frames.append(frame)
        if len(frames) == 3:
            break
    assert frames == [bytes([code]) * FRAME_BYTES for code in (1, 2, 3)]


async def test_packets_of_another_length_become_whole_frames(line: RtpTransport, peer: Peer) -> None:
    for sequence in (1, 2):
        data = struct.pack("!BBHII", 0x80, 8, sequence, 0, SOURCE) + bytes([sequence]) * 240
        peer.socket.sendto(data, ("127.0.0.1", line.port))
    frames = []
    async for frame in line.frames():
        frames.append(frame)
        if len(frames) == 3:
            break
    assert b"".join(frames) == b"\x01" * 240 + b"\x02" * 240


async def test_silence_leaves_at_once_and_timestamps_follow_the_clock(line: RtpTransport, peer: Peer) -> None:
    first = await peer.receive()
    line.play(b"\x11" * 320)
    packets = [first] + [await peer.receive() for _ in range(8)]
    reply = [number for number, each in enumerate(packets) if each[4] == b"\x11" * 160]
    assert len(reply) == 2
    assert all(each[4] in {SILENT, b"\x11" * 160} for each in packets)
    assert [each[0] for each in packets].index(True) == reply[0]
    assert sum(each[0] for each in packets) == 1
    sequences = [(each[1] - first[1]) & 0xFFFF for each in packets]
    assert sequences == list(range(9))
    steps = [(packets[n + 1][2] - packets[n][2]) & 0xFFFFFFFF for n in range(8)]
    assert all(step % FRAME_BYTES == 0 and step >= FRAME_BYTES for step in steps)
    assert len({each[3] for each in packets}) == 1


async def test_a_stalled_process_skips_slots_and_loses_no_speech(line: RtpTransport, peer: Peer) -> None:
    reply = b"".join(bytes([code]) * FRAME_BYTES for code in range(1, 31))
    await peer.receive()
    line.play(reply)
    first = await peer.receive()
    time.sleep(0.3)
    got = [first] + [await peer.receive() for _ in range(32)]
    speech = b"".join(each[4] for each in got if each[4] != SILENT)
    assert speech in reply
    steps = [(after[2] - before[2]) & 0xFFFFFFFF for before, after in pairwise(got)]
    assert max(steps) >= 5 * FRAME_BYTES  # the hole is in the timestamps, too


async def test_ports_are_free_again_however_a_call_ended(media: RtpMedia, peer: Peer) -> None:
    async def refuses(**_: str) -> dict[str, Any]:
        raise LineError("нет")

    for _ in range(20):
        with pytest.raises(LineError):
            await media.open(refuses)
        (await open_towards(media, peer)).end()
        await asyncio.sleep(0)
    two = [await open_towards(media, peer) for _ in range(2)]
    with pytest.raises(NoRoom):
        await open_towards(media, peer)
    for transport in two:
        transport.end()
        transport.end()
    await until(lambda: len(media._free) == 2)


async def test_a_port_that_another_program_took_is_passed_over(media: RtpMedia, peer: Peer) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", media._free[0]))
        transport = await open_towards(media, peer)
        assert transport.port != other.getsockname()[1]
        transport.end()
