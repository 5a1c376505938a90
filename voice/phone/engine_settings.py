"""A revision as the voice engine takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from voice import prompts
from voice.engine.settings import VoiceSettings
from voice.engine.stock import Phrases
from voice.sentences import split
from voice.snapshot import CallSettings
from voice.spoken import ClauseSplitter

WAIT = "Одну минуту, пожалуйста."
PHONE_FIRST_TOKEN_SECONDS = 2.0
"""On the phone a model is not waited for longer: the next provider is asked then."""


def for_phone(call: CallSettings) -> CallSettings:
    """With the deadlines of the phone."""
    return replace(call, first_token_seconds=min(call.first_token_seconds, PHONE_FIRST_TOKEN_SECONDS))


def voice_settings(call: CallSettings, hints: Iterable[str] = ()) -> VoiceSettings:
    """Args:
    hints: likely words besides the revision's own: streets, names of products.
    """
    return VoiceSettings(
        endpoint=call.endpoint_seconds,
        endpoint_short=call.endpoint_short_seconds,
        endpoint_long=call.endpoint_long_seconds,
        turn_cap=call.turn_cap_seconds,
        speculate=call.speculate,
        filler_after=call.filler_after_seconds,
        fillers=call.fillers,
        silence=call.silence_seconds,
        longest_call=call.max_call_seconds,
        interruptible_greeting=call.interruptible_greeting,
        hints=tuple(dict.fromkeys((*call.hints, *hints))),
    )


def phrases(call: CallSettings, now: datetime) -> Phrases:
    """What the engine says of itself in a call that comes now."""
    return Phrases(
        greeting=greeting(call, now),
        silence=plain(call.phrase_silence),
        goodbye=plain(call.phrase_goodbye),
        too_long=plain(call.phrase_too_long),
        apology=plain(call.phrase_apology),
        wait=WAIT,
    )


def greeting(call: CallSettings, now: datetime) -> str:
    """With the word about recording, when calls are recorded."""
    consent = plain(call.phrase_consent) if call.record_calls else ""
    return " ".join(part for part in (prompts.greeting(call, now), consent) if part)


def stock_texts(call: CallSettings, now: datetime) -> tuple[str, ...]:
    """What is synthesised beforehand, the greetings of all hours first.

    Phrases of the assistant are said clause by clause, those of the engine as a whole.
    """
    greetings = [greeting(call, now.replace(hour=hour)) for hour in (now.hour, 6, 12, 18, 21, 2)]
    others = (
        call.phrase_silence, call.phrase_goodbye, call.phrase_apology, call.phrase_misheard, call.phrase_unknown,
        call.phrase_transfer, call.phrase_busy, call.phrase_too_long, call.phrase_no_recognition, call.phrase_menu,
        call.phrase_message, call.phrase_transfer_failed, call.phrase_callback, WAIT, *call.fillers,
        *(rule.phrase for rule in call.escalations),
        *(clause for phrase in (call.phrase_unknown, call.phrase_transfer, call.phrase_apology, call.phrase_goodbye)
          for clause in clauses(plain(phrase))),
    )  # fmt: skip
    return tuple(dict.fromkeys(text for text in (*greetings, *map(plain, others)) if text))


def plain(phrase: str) -> str:
    """Without the bars that mark borders."""
    return " ".join(phrase.replace("|", " ").split())


def clauses(text: str) -> list[str]:
    """A whole text as it is spoken, clause by clause."""
    splitter = ClauseSplitter()
    return [clause for sentence in split(text) for clause in splitter.feed(sentence)]
