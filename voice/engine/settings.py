"""What a call is led by; frozen when it comes in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class VoiceSettings:
    """Times in seconds.

    Attributes:
        onset: voiced audio within which the caller is taken to have begun to speak.
        lookback: audio before the onset that is recognised too, so that the first word is whole.
        utterance_gap: a pause that ends one utterance for the recogniser; the turn may go on.
        longest_utterance: what is not ended by a pause is ended here.
        endpoint, endpoint_short, endpoint_long: the pause after which a turn is over: usually; after «да» and other
            complete short answers; after words that ask for more («на», a street without a number, dictated digits).
        turn_cap: a turn that lasts longer is answered as it is.
        recognition: how long after the end of speech its text is waited for.
        barge_in: how long after the onset a paused reply waits for words before it goes on.
        speculate: begin to answer while the end of the turn is not certain yet.
        filler_after: without a reply so long after the end of speech, a filler is said; 0 = never.
        fillers: names of stock phrases.
        silence: the caller says nothing for so long: he is asked, and after as long again the call is ended.
        longest_call: of the whole call.
        digit_gap: dialled digits belong together within this time.
        interruptible_greeting: may the caller talk into the greeting?
        hints: likely words, for recognisers that take them.
    """

    onset: float = 0.06
    lookback: float = 0.5
    utterance_gap: float = 0.3
    longest_utterance: float = 25.0
    endpoint: float = 0.75
    endpoint_short: float = 0.45
    endpoint_long: float = 1.6
    turn_cap: float = 30.0
    recognition: float = 2.0
    barge_in: float = 0.6
    speculate: bool = True
    filler_after: float = 1.2
    fillers: Sequence[str] = ()
    silence: float = 8.0
    longest_call: float = 900.0
    digit_gap: float = 2.0
    interruptible_greeting: bool = True
    hints: Sequence[str] = ()
