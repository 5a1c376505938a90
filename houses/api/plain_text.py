"""Comments of the CRM come as HTML or BBCode; the API gives their words only."""

from __future__ import annotations

import html
import re

BREAKS = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>|\[(?:br|/p|/li)\]", re.IGNORECASE)
HIDDEN = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
TAGS = re.compile(r"<[a-z/!?][^>]*>", re.IGNORECASE)
BBCODE = re.compile(
    r"\[/?(?:b|i|u|s|p|url|img|size|color|font|quote|code|list|li|table|tr|td|th|left|right|center|justify|user|"
    r"disk|\*)(?:[= ][^\]]*)?\]",
    re.IGNORECASE,
)


PHONE = re.compile(
    r"(?<![0-9])(?:\+?[78][\s-]*)?(?:\([0-9]{3}\)|[0-9]{3})[\s-]*[0-9]{3}[\s-]*[0-9]{2}[\s-]*[0-9]{2}(?![0-9])"
)


def without_phones(value: str) -> str:
    """The text with every Russian phone number in it replaced by «…»; people write them into names and comments."""
    return PHONE.sub("…", value)


def plain_text(value: str) -> str:
    """The text without mark-up: tags and BBCode removed, entities resolved, runs of blanks and empty lines folded."""
    words = HIDDEN.sub("", value)
    words = BREAKS.sub("\n", words)
    words = html.unescape(BBCODE.sub("", TAGS.sub("", words)))
    lines = [" ".join(line.split()) for line in words.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
