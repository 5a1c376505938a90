"""Datagrams that go and come without letting go of the Python interpreter.

`socket.sendto` lets other threads run while the kernel copies 172 bytes. With a few threads at work on the database,
each of the fifty sends of a slot then has to wait for the interpreter anew, and the slot of 20 ms took up to 130. Both
calls here return at once, so there is nothing to let go for.
"""

from __future__ import annotations

import ctypes
import ipaddress
import socket
import struct
import sys

LONGEST_PACKET = 2048
LONGEST_ADDRESS = 28
Address = tuple[str, int]

_libc = ctypes.PyDLL(None)  # unlike CDLL it keeps the interpreter
_sendto, _recvfrom = _libc.sendto, _libc.recvfrom
_sendto.argtypes = (
    ctypes.c_int, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32,
)  # fmt: skip
_recvfrom.argtypes = (
    ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p,
)  # fmt: skip
_sendto.restype = _recvfrom.restype = ctypes.c_ssize_t

# One thread receives, and takes out what it got before it receives again.
_packet = ctypes.create_string_buffer(LONGEST_PACKET)
_sender = ctypes.create_string_buffer(LONGEST_ADDRESS)
_sender_length = ctypes.c_uint32()


class Datagrams:
    """One bound UDP socket that does not block. What cannot be sent now is dropped, as the network would."""

    def __init__(self, bound: socket.socket) -> None:
        self.socket = bound
        self._peer: Address | None = None
        self._peer_packed = b""
        self._sender: Address = ("", 0)
        self._sender_packed = b""

    def send(self, data: bytes, peer: Address) -> None:
        if peer != self._peer:
            self._peer, self._peer_packed = peer, packed(peer)
        _sendto(self.socket.fileno(), data, len(data), socket.MSG_DONTWAIT, self._peer_packed, len(self._peer_packed))

    def receive(self) -> tuple[bytes, Address] | None:
        """The next one, with where it came from; None = there is none."""
        _sender_length.value = LONGEST_ADDRESS
        length = _recvfrom(
            self.socket.fileno(), _packet, LONGEST_PACKET, socket.MSG_DONTWAIT, _sender, ctypes.byref(_sender_length)
        )
        if length < 0:
            return None
        sender = _sender.raw[: _sender_length.value]
        if sender != self._sender_packed:
            self._sender, self._sender_packed = unpacked(sender), sender
        return ctypes.string_at(_packet, length), self._sender


def packed(address: Address) -> bytes:
    """`struct sockaddr_in` or `sockaddr_in6` as Linux has them; the host is a number."""
    host = ipaddress.ip_address(address[0])
    port = address[1].to_bytes(2, "big")
    if host.version == 4:
        return struct.pack("=H2s4s8x", socket.AF_INET, port, host.packed)
    return struct.pack("=H2sI16sI", socket.AF_INET6, port, 0, host.packed, 0)


def unpacked(sender: bytes) -> Address:
    port = int.from_bytes(sender[2:4], "big")
    host = sender[8:24] if int.from_bytes(sender[:2], sys.byteorder) == socket.AF_INET6 else sender[4:8]
    return str(ipaddress.ip_address(host)), port
