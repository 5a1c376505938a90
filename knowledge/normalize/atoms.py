"""A text cut into words, numbers and signs, so that a rule can only ever meet whole words."""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

DASHES = re.compile("[‐‑‒–—―−]")
UNSEEN = re.compile("[\u0301\u00ad\u200b\u200c\u200d\ufeff]")  # stress marks, soft hyphens, zero-width characters
BLANKS = re.compile(r"\s+")
# `²` is a letter here, so that «мм²» is one word. A run of blanks with at most one hyphen is the gap before an atom.
ATOM = re.compile(r"(?P<gap>\s*(?:-\s*)?)(?:(?P<number>[0-9]+(?:[.,][0-9]+)?)|(?P<word>[^\W\d_]+)|(?P<sign>[^\s]|$))")


class Atom(NamedTuple):
    """A word, a number or a sign; `gap` is what stands before it."""

    gap: str
    text: str
    kind: str
    """`word`, `number` or `sign`."""
    fold: str
    """Lower case, ё is е."""

    @property
    def is_negative(self) -> bool:
        """A number with a minus of its own: «от -40»."""
        return self.kind == "number" and self.gap == " -"


def fold(text: str) -> str:
    return text.lower().replace("ё", "е")


def clean(text: str) -> str:
    """One kind of dash, one blank between words, no blanks round a slash between blanks, no stress marks."""
    text = UNSEEN.sub("", unicodedata.normalize("NFC", text))
    text = BLANKS.sub(" ", DASHES.sub("-", text))
    return text.replace(" / ", "/").strip()


def atoms_of(text: str) -> list[Atom]:
    """Joined together, gaps and texts are the text again; trailing blanks become an empty last sign."""
    found = []
    for match in ATOM.finditer(text):
        kind = match.lastgroup or "sign"
        word = match[kind]
        if word or match["gap"]:
            found.append(Atom(match["gap"], word, kind, fold(word)))
    return found


def joint(before: Atom, after: Atom) -> str:
    """How two neighbours hang together: `s` beside a sign, `g` glued, `j` by a blank or hyphen, `x` not at all."""
    if "sign" in (before.kind, after.kind):
        return "x" if "-" in after.gap else "s"
    if not after.gap:
        return "g"
    return "x" if after.is_negative else "j"
