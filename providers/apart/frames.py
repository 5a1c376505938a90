"""What crosses between the two processes. Both are this program, so a frame is a pickle behind its length."""

from __future__ import annotations

import asyncio
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from providers.chain import Recipe
from providers.llm import Message, Piece, ToolSpec

LENGTH = struct.Struct("!I")


@dataclass(frozen=True, slots=True)
class GetReady:
    """To the other process: what is slow and needed once. `Over` says that it is done."""

    number: int
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Ask:
    """To the other process: answer this. `Said` frames and an `Over` of the same number come back."""

    number: int
    recipe: Recipe
    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...]


@dataclass(frozen=True, slots=True)
class Run:
    """To the other process: call this function of a module; `Over` has what it returned or raised.

    `behind`: nobody waits for it, it is not to be in the way of what somebody waits for.
    """

    number: int
    function: Callable[..., Any]
    args: tuple[Any, ...]
    behind: bool


@dataclass(frozen=True, slots=True)
class Drop:
    """To the other process: nobody waits for this any more."""

    number: int


Wish = GetReady | Ask | Run


@dataclass(frozen=True, slots=True)
class Said:
    number: int
    piece: Piece


@dataclass(frozen=True, slots=True)
class Over:
    """It is done, with its result, or why it is not."""

    number: int
    error: Exception | None = None
    result: Any = None


@dataclass(frozen=True, slots=True)
class Alive:
    """From the other process, at least every second."""


class Line(asyncio.Protocol):
    """One end of the socket pair.

    Args:
        take: is given every frame that comes.
        lost: is called once, when the other end is gone.
    """

    def __init__(self, take: Callable[[Any], None], lost: Callable[[], None]) -> None:
        self._take, self._lost = take, lost
        self._buffer = bytearray()
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while len(self._buffer) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(self._buffer)[0]
            if len(self._buffer) < end:
                return
            frame = pickle.loads(self._buffer[LENGTH.size : end])
            del self._buffer[:end]
            self._take(frame)

    def send(self, frame: Any) -> None:
        """Not waited for: an answer is a few kilobytes. Raises what cannot be pickled does."""
        if self._transport is not None:
            body = pickle.dumps(frame, pickle.HIGHEST_PROTOCOL)
            self._transport.write(LENGTH.pack(len(body)) + body)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()
