"""What Whisper's family writes and nobody said: credits of subtitles, its own prompt, one word over and over."""

from __future__ import annotations

import re
from collections.abc import Sequence

WORDS = re.compile(r"\w+")
# Anywhere in a sentence: nobody says these to a stairwell-cleaning company.
CREDITS = re.compile(
    r"субтитр|dimatorzok|amara\.?org|корректор\s+[а-яё]\.|редактор\s+[а-яё]\.|"
    r"подписывайтесь\s+на|подпишитесь\s+на|ставьте\s+лайк|спасибо\s+за\s+просмотр|благодар\w+\s+за\s+просмотр|"
    r"смотрите\s+продолжение|продолжение\s+следует|с\s+вами\s+был[аи]?\s+игорь\s+негода|до\s+новых\s+встреч",
    re.IGNORECASE,
)
# Only when they are all that was heard.
NOISES = frozenset({"музыка", "аплодисменты", "смех", "тишина", "шум", "звонок", "гудки", "you", "bye", "thank you"})
LOOP = re.compile(r"\b(\w+(?:\W+\w+){0,2}?)(?:\W+\1\b){5,}", re.IGNORECASE)  # six times on end and more
BETWEEN_SENTENCES = re.compile(r"(?<=[.!?…])(?<!\b[А-ЯЁ]\.)\s+")  # not after the initial of a name


def spoken_part(text: str, hints: Sequence[str] = ()) -> str:
    """The text without what was never said; empty when nothing is left."""
    kept = " ".join(part for part in BETWEEN_SENTENCES.split(text) if not CREDITS.search(part)).strip()
    kept = LOOP.sub(r"\1", kept)
    if _words(kept) in {tuple(_words(noise)) for noise in NOISES} or _is_prompt(kept, hints):
        return ""
    return kept if WORDS.search(kept) else ""


def _is_prompt(text: str, hints: Sequence[str]) -> bool:
    """On silence these models say their prompt back: several hints on end, in their order."""
    said, prompt = _words(text), _words(" ".join(hints))
    return len(said) >= 4 and any(prompt[at : at + len(said)] == said for at in range(len(prompt) - len(said) + 1))


def _words(text: str) -> tuple[str, ...]:
    return tuple(WORDS.findall(text.lower()))
