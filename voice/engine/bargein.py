"""A reply is sounding and the caller makes a sound: go on pausing, give way, or go on speaking.

onset ── pause ──┬─ real words, «стоп»            → give way
                 ├─ «угу», and the voice is over   → go on
                 ├─ no words, the voice is over    → go on, when recognition has had its time
                 └─ the voice lasts                → wait: the floor is the caller's
"""

from __future__ import annotations

from enum import Enum

from voice.engine.words import is_backchannel, stops

QUIET_SECONDS = 0.1
"""So long without voice, the sound is taken to be over."""
NOISE_SECONDS = 4.0
"""A voice that brought no word for so long is a noise: a radio, a street."""


class Verdict(Enum):
    WAIT = "wait"
    GIVE_WAY = "give_way"
    GO_ON = "go_on"


def judge(
    text: str, *, since_onset: float, quiet_for: float, final: bool, patience: float, awaits_answer: bool
) -> Verdict:
    """What to do with a paused reply.

    Args:
        text: the words recognised since the onset.
        since_onset: seconds since the caller began.
        quiet_for: seconds since the last voiced frame.
        final: nothing more will be recognised.
        patience: seconds after the onset within which words are waited for once the voice is over.
        awaits_answer: the reply was a question that has been heard almost to its end, so «да» answers it.
    """
    if text.strip():
        if not is_backchannel(text) or stops(text) or awaits_answer:
            return Verdict.GIVE_WAY
        return Verdict.GO_ON if quiet_for >= QUIET_SECONDS else Verdict.WAIT
    if quiet_for < QUIET_SECONDS:
        return Verdict.GO_ON if since_onset >= NOISE_SECONDS else Verdict.WAIT
    return Verdict.GO_ON if final or since_onset >= patience else Verdict.WAIT
