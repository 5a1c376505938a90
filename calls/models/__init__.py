"""Calls: what was said, what happened, what was recorded, and how long all that is kept."""

from calls.models.arrival import ArrivalsRead, ArrivedCall
from calls.models.call import KEPT_HIDDEN_FOR, LONGEST_BASE, LONGEST_CALLER, LONGEST_CONTACT, LONGEST_LINE, Call
from calls.models.recording import LONGEST_PATH, Recording
from calls.models.settings import CallLogSettings
from calls.models.turn import FOLD, LONGEST_COMMENT, LONGEST_KEY, LONGEST_PROVIDER, CallEvent, Turn

__all__ = [
    "FOLD",
    "KEPT_HIDDEN_FOR",
    "LONGEST_BASE",
    "LONGEST_CALLER",
    "LONGEST_COMMENT",
    "LONGEST_CONTACT",
    "LONGEST_KEY",
    "LONGEST_LINE",
    "LONGEST_PATH",
    "LONGEST_PROVIDER",
    "ArrivalsRead",
    "ArrivedCall",
    "Call",
    "CallEvent",
    "CallLogSettings",
    "Recording",
    "Turn",
]
