"""What the engine needs of the world: the line, somebody who answers, a voice, somebody who writes it down.

Audio of the line is A-law, 8,000 bytes a second; a frame is 160 bytes, 20 ms.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from dataclasses import dataclass
from typing import Protocol

from voice.engine.events import Moment, Step

FRAME_BYTES = 160
FRAME_SECONDS = 0.02
BYTES_PER_SECOND = 8_000
SILENCE = b"\xd5"
"""The A-law byte of silence."""


class CallTransport(Protocol):
    """One call's audio, both ways.

    What is played waits in a queue and sounds in its order, without gaps. Nothing here blocks; everything is called
    from the event loop's thread.
    """

    on_heard: Callable[[bytes], None] | None
    """Called with each stretch of our audio at the moment it begins to sound at the caller (whole frames)."""

    def frames(self) -> AsyncIterator[bytes]:
        """What the caller says: one frame every 20 ms from the answer to the end, silence where nothing came.

        The iteration ends when the call has ended, however it did.
        """

    def play(self, alaw: bytes) -> None:
        """Append to the queue; any length. The last frame is filled up with silence when nothing follows it."""

    def pause(self) -> None:
        """Stop sounding within one frame; the queue stays."""

    def resume(self) -> None:
        """Go on from the very sample."""

    def flush(self) -> None:
        """Stop sounding within one frame, and drop what is queued. Ends a pause."""

    @property
    def heard_bytes(self) -> int:
        """How much of all that was ever played has sounded; what was flushed never counts."""

    @property
    def queued_bytes(self) -> int:
        """How much waits to sound."""

    async def drained(self) -> None:
        """Return when nothing is queued any more: it has sounded, it was flushed, or the call has ended."""


class PendingReply(Protocol):
    """An answer in the making. It may be asked for before it is certain that the caller has finished.

    Until `confirm` nothing of it may have an effect outside: no task is registered, nothing is remembered.
    """

    def steps(self) -> AsyncGenerator[Step, None]:
        """Clauses to say, in their order, then what to do. Never raises for a failed vendor: it apologises."""

    def confirm(self) -> None:
        """The caller has really said this and waits for the answer."""

    def heard(self, text: str, *, interrupted: bool) -> None:
        """Called once, after `confirm`, when the reply is over: what the caller heard of it. This is remembered."""

    async def drop(self) -> None:
        """Forget it, as if it had never been asked for; ends the requests that run for it."""


class Brain(Protocol):
    """Answers what the caller says."""

    def begin(self, text: str) -> PendingReply:
        """Start to answer. Returns at once; the work runs while `steps` is iterated."""

    def dialled(self, digits: str) -> PendingReply:
        """Like `begin`, for digits that the caller dialled."""

    def is_whole(self, digits: str) -> bool:
        """Is this a key that was offered, after which no other digit is waited for?"""

    def unheard(self, failed: str) -> PendingReply:
        """Like `begin`, for speech that could not be recognised: ask again, or offer the keys. `failed`: why."""

    def message_taken(self, seconds: float) -> PendingReply:
        """Like `begin`, for a message that was left; 0 seconds = nothing was said."""

    def noted(self, text: str) -> None:
        """The caller said this and wants no answer («угу»)."""


class Speaker(Protocol):
    """Says things in the call's voice."""

    def speak(self, text: str) -> AsyncGenerator[bytes, None]:
        """A-law audio of one clause, as soon as it is there; what is cached comes at once.

        Raises ProviderError when no synthesizer could say it (before any audio, or in the middle).
        """

    def ready(self, text: str) -> bytes:
        """The cached audio of a phrase; empty when it would have to be synthesised."""

    def last_resort(self) -> bytes:
        """Audio that is always there, whatever has failed."""


class Control(Protocol):
    """What may be done with the call besides talking."""

    async def hand_over(self, reason: str) -> HandedOver:
        """Put the caller through to a person. Meanwhile the caller hears what is played here; nothing is said to us.

        Returns when somebody has taken the call (the engine lets go of it), or when nobody has. Cancelled when the
        caller hangs up.
        """


@dataclass(frozen=True, slots=True)
class HandedOver:
    """How it ended: taken by a person, or what the caller is told now («никто не ответил, перезвоним»)."""

    taken: bool
    say: str = ""
    then_goodbye: bool = False


class Tape(Protocol):
    """Records both sides. Must not block."""

    def caller(self, alaw: bytes) -> None:
        """A frame of the caller has come: the clock of the recording."""

    def ours(self, alaw: bytes) -> None:
        """A stretch of ours begins to sound."""


class Observer(Protocol):
    """Is told what happens in the call, in its order. Must not block and must not raise."""

    def happened(self, moment: Moment) -> None: ...
