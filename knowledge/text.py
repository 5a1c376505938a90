"""Small things about text that several parts need."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def normalized(text: str) -> str:
    """What was said as it is looked for: units, product names, by the glossary the office keeps."""
    from knowledge import glossary

    return glossary.normalize(text)


def folded(text: str) -> str:
    """Lower case, ё is е, one blank between words: texts that mean the same to a search."""
    return " ".join(text.lower().replace("ё", "е").split())


def text_key(text: str) -> str:
    """SHA-256 of the folded text."""
    return hashlib.sha256(folded(text).encode("utf-8", "replace")).hexdigest()


def in_batches(items: Sequence[T], size: int) -> Iterator[list[T]]:
    for start in range(0, len(items), size):
        yield list(items[start : start + size])
