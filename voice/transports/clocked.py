"""What transports have in common that send a frame every 20 ms themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

from voice.transports.listening import Listening
from voice.transports.playout import Playout


class ClockedTransport:
    """`CallTransport` over a queue that a clock of ours empties and a stream that the network fills."""

    def __init__(self) -> None:
        self._playout = Playout()
        self._listening = Listening()

    @property
    def on_heard(self) -> Callable[[bytes], None] | None:
        return self._playout.on_heard

    @on_heard.setter
    def on_heard(self, callback: Callable[[bytes], None] | None) -> None:
        self._playout.on_heard = callback

    def frames(self) -> AsyncIterator[bytes]:
        return self._listening.frames()

    def play(self, alaw: bytes) -> None:
        self._playout.play(alaw)

    def pause(self) -> None:
        self._playout.pause()

    def resume(self) -> None:
        self._playout.resume()

    def flush(self) -> None:
        self._playout.flush()

    @property
    def heard_bytes(self) -> int:
        return self._playout.heard_bytes

    @property
    def queued_bytes(self) -> int:
        return self._playout.queued_bytes

    async def drained(self) -> None:
        await self._playout.drained()

    def end(self) -> None:
        """The call is over."""
        self._playout.end()
        self._listening.end()
