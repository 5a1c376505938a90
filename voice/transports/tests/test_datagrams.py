"""The two calls to the C library, against sockets of Python's own."""

from __future__ import annotations

import socket

import pytest

from voice.transports.datagrams import Datagrams, packed, unpacked


@pytest.fixture(params=[(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"])
def pair(request):
    family, host = request.param
    sockets = [socket.socket(family, socket.SOCK_DGRAM) for _ in range(2)]
    try:
        for each in sockets:
            each.bind((host, 0))
            each.settimeout(2)
    except OSError:
        pytest.skip("the machine has no such addresses")
    yield sockets
    for each in sockets:
        each.close()


def test_what_is_sent_arrives_and_what_arrives_is_received_with_its_sender(pair) -> None:
    ours, other = pair
    ours.setblocking(False)
    datagrams, there = Datagrams(ours), other.getsockname()[:2]
    assert datagrams.receive() is None
    for payload in (b"\x80" + bytes(171), b"", bytes(range(256))):
        datagrams.send(payload, there)
        data, sender = other.recvfrom(2048)
        assert (data, sender[:2]) == (payload, ours.getsockname()[:2])
        other.sendto(payload, ours.getsockname())
        assert datagrams.receive() == (payload, there)
    assert datagrams.receive() is None


def test_nobody_there_and_a_closed_socket_are_no_exception(pair) -> None:
    ours, other = pair
    ours.setblocking(False)
    datagrams, there = Datagrams(ours), other.getsockname()[:2]
    other.close()
    for _ in range(3):
        datagrams.send(b"x", there)
        assert datagrams.receive() is None
    ours.close()
    datagrams.send(b"x", there)
    assert datagrams.receive() is None


@pytest.mark.parametrize("address", [("127.0.0.1", 4000), ("203.0.113.9", 65535), ("2001:db8::7", 1)])
def test_an_address_is_packed_as_the_kernel_has_it(address) -> None:
    assert unpacked(packed(address)) == address
