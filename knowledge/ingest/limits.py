"""What a file may cost."""

from __future__ import annotations

from dataclasses import dataclass

KINDS = (".md", ".txt", ".pdf", ".docx", ".xlsx", ".zip")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes unless the name says otherwise."""

    file_bytes: int = 20 * MEGABYTE
    text_characters: int = 2_000_000
    pages: int = 500
    members: int = 200
    unpacked_bytes: int = 100 * MEGABYTE
    unpacked_ratio: int = 150
    cells: int = 200_000
    seconds: int = 30
    memory_bytes: int = 1024 * MEGABYTE


DEFAULT_LIMITS = Limits()
