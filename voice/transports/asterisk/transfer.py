"""Who is called for the caller, and what became of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from enum import StrEnum


class TransferOutcome(StrEnum):
    """On ACCEPTED caller and operator talk. On all else but CALLER_GONE the caller is back with us, untouched."""

    ACCEPTED = "accepted"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    DECLINED = "declined"
    FAILED = "failed"
    CALLER_GONE = "caller_gone"


class TransferState(StrEnum):
    """What is told of a transfer while it lasts."""

    DIALLING = "dialling"
    RINGING = "ringing"
    BRIEFING = "briefing"
    DECIDING = "deciding"
    TALKING = "talking"


@dataclass(frozen=True, slots=True)
class DialTarget:
    """Whom to call.

    Attributes:
        endpoint: as Asterisk dials it: "PJSIP/200". Used as it is: whoever makes a target keeps to the allow-list.
        name: what people call it.
        caller_id: what the operator's phone shows; empty = the caller's number.
    """

    endpoint: str
    name: str = ""
    caller_id: str = ""


Briefing = bytes | Callable[[], AsyncIterator[bytes]]
"""A-law audio for the operator alone, ready or as it is made."""
