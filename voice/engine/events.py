"""What a reply is made of, and what is told of a call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

# --- what a reply is made of


@dataclass(frozen=True, slots=True)
class Say:
    """The next clause, as it is written; it is made fit for reading aloud by the speaker."""

    text: str


@dataclass(frozen=True, slots=True)
class HandOver:
    """After what was said: put the caller through to a person. `reason` is the escalation's own word."""

    reason: str


@dataclass(frozen=True, slots=True)
class GoodBye:
    """After what was said: end the call."""


@dataclass(frozen=True, slots=True)
class TakeMessage:
    """After what was said: the caller speaks to the recording, until «#», a long pause, or this many seconds."""

    longest_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Done:
    """The reply is complete. `record` is the brain's own, handed on to the observer; `unknown` = it does not know;
    `timings` are milliseconds by stage: "search", "first_token" …"""

    record: Any = None
    unknown: bool = False
    failed: bool = False
    asks: bool = False
    timings: Mapping[str, float] = field(default_factory=dict)


Step = Say | HandOver | GoodBye | TakeMessage | Done


# --- what is told of a call


class Ending(StrEnum):
    """Why the engine let go of a call."""

    CALLER_HUNG_UP = "caller_hung_up"
    SAID_GOODBYE = "said_goodbye"
    CALLER_SILENT = "caller_silent"
    TOO_LONG = "too_long"
    HANDED_OVER = "handed_over"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Answered:
    """The first frame of the greeting sounded. Seconds from the arrival of the call."""

    seconds: float


@dataclass(frozen=True, slots=True)
class CallerHeard:
    """Words of the caller that may still change."""

    text: str


@dataclass(frozen=True, slots=True)
class CallerTurn:
    """What the caller said, for good. Times are of the event loop's clock, in seconds.

    Attributes:
        answered: False for a backchannel: nothing is said to it.
        digits: it was dialled, not said.
        barged_in: it interrupted a reply.
    """

    text: str
    started: float
    ended: float
    answered: bool = True
    digits: bool = False
    barged_in: bool = False


@dataclass(frozen=True, slots=True)
class AssistantSpeaks:
    """A clause begins to sound."""

    text: str


@dataclass(frozen=True, slots=True)
class AssistantTurn:
    """What the caller heard of a reply, and what not.

    Attributes:
        heard, cut: the text that sounded, the text that was to follow.
        timings: milliseconds: "endpoint" (end of speech → decision), "recognition", "search", "first_token", "clause",
            "synthesis", "playout"; those that the caller waited for, in their order.
        first_audio_ms: end of the caller's speech → first voiced sample; None when nothing was waited for (a greeting).
        cut_ms: onset of the caller's speech → silence; None when not interrupted.
        record: the brain's own (`Done.record`).
        stock: the name of the ready phrase this was, empty for a reply.
    """

    heard: str
    cut: str
    started: float
    ended: float
    interrupted: bool = False
    timings: Mapping[str, float] = field(default_factory=dict)
    first_audio_ms: float | None = None
    cut_ms: float | None = None
    record: Any = None
    stock: str = ""


@dataclass(frozen=True, slots=True)
class Resumed:
    """A reply was paused for a noise or a backchannel and went on after so many seconds."""

    seconds: float
    text: str


@dataclass(frozen=True, slots=True)
class MessageBegins:
    """From now on the caller speaks to the recording."""


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """The caller has left a message of so many seconds; 0 = he said nothing."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something failed and was worked round. `what` is a stage: "recognition", "reply", "synthesis"."""

    what: str
    detail: str


@dataclass(frozen=True, slots=True)
class Ended:
    """The engine has let go of the call."""

    ending: Ending
    reason: str = ""


Moment = (
    Answered
    | CallerHeard
    | CallerTurn
    | AssistantSpeaks
    | AssistantTurn
    | Resumed
    | MessageBegins
    | MessageTaken
    | Trouble
    | Ended
)
