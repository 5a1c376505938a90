"""Long texts in pieces that SpeechKit takes at once."""

from __future__ import annotations

import re
from collections.abc import Iterator

LONGEST = 250  # characters of one request to tts.v3 without unsafe_mode
ENDS = (re.compile(r"[.!?…]\s"), re.compile(r"[,;:—–]\s"), re.compile(r"\s"))


def pieces(text: str, longest: int = LONGEST) -> Iterator[str]:
    """Cut after a sentence, else after a comma, else between words, else anywhere."""
    rest = " ".join(text.split())
    while len(rest) > longest:
        cut = _cut(rest, longest)
        yield rest[:cut].strip()
        rest = rest[cut:].strip()
    if rest:
        yield rest


def _cut(text: str, longest: int) -> int:
    for end in ENDS:
        places = [match.end() for match in end.finditer(text[: longest + 1])]
        if places and places[-1] > longest // 4:
            return min(places[-1], longest)
    return longest
