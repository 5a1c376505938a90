"""Where the time between the caller's last sound and our first one went; the stages add up to it."""

from __future__ import annotations

from collections.abc import Mapping

STAGES = ("recognition", "endpoint", "search", "first_token", "clause", "synthesis", "playout")


def stages(
    *,
    end_of_speech: float,
    text_known: float,
    decided: float,
    began: float,
    first_clause: float | None,
    first_audio: float | None,
    sounded: float,
    brain: Mapping[str, float],
) -> dict[str, float]:
    """Milliseconds by stage. All arguments are times of one clock in seconds.

    What was done before the decision was waited for only as far as the decision waited for it: with speculation
    `endpoint` is what was left of the pause when the reply was ready. What the brain says of itself splits the time
    until the first clause; the rest of it is `clause`.
    """
    recognised = min(max(text_known, end_of_speech), sounded)
    ready = min(max(first_audio or sounded, recognised), sounded)
    clause = min(max(first_clause or ready, recognised), ready)
    start = min(max(began, recognised), clause)
    spent = {"recognition": recognised - end_of_speech, "endpoint": start - recognised}
    left = clause - start
    for name in ("search", "first_token"):
        took = min(left, brain.get(name, 0.0) / 1000)
        spent[name] = took
        left -= took
    spent |= {"clause": left, "synthesis": ready - clause}
    released = min(max(decided, ready), sounded)
    spent["endpoint"] += released - ready
    spent["playout"] = sounded - released
    return {name: round(spent[name] * 1000, 1) for name in STAGES}
