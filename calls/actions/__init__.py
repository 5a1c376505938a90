"""What happens to calls. The recorder of a conversation and the office write through these functions only.

A turn is committed when it ends; a process killed in mid-call loses at most the turn in progress. Every function may
be called again with the same arguments and then changes nothing, so that a journal can be replayed.
"""

from calls.actions.course import close_call, identify_caller, note_event, note_greeting, open_call
from calls.actions.office import hide_calls, rate_turn, restore_calls
from calls.actions.recordings import attach_recording
from calls.actions.rows import storable
from calls.actions.turns import CITED, LONGEST_TEXT, TurnRecord, record_turn

__all__ = [
    "CITED",
    "LONGEST_TEXT",
    "TurnRecord",
    "attach_recording",
    "close_call",
    "hide_calls",
    "identify_caller",
    "note_event",
    "note_greeting",
    "open_call",
    "rate_turn",
    "record_turn",
    "restore_calls",
    "storable",
]
