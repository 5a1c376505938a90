"""The original's files of text: `prompts.json` and the Markdown bases. Everything wrong with one names it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from knowledge.errors import Unreadable
from knowledge.ingest.limits import DEFAULT_LIMITS
from knowledge.ingest.plain import decoded
from knowledge.ingest.reading import tidy
from vasdom.errors import InvalidInput

PROMPTS = {
    "greeting": "greeting",
    "contextualize_q_system_prompt": "contextualize_prompt",
    "qa_system_prompt": "qa_prompt",
}
"""The keys of `prompts.json`, and our fields."""


class BrokenOriginal(InvalidInput):
    """A file that cannot be taken over; the message names it and the reason."""

    code = "broken_original"

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"Файл «{path}»: {reason}")
        self.path = path


def content_of(path: Path) -> bytes:
    """Raises BrokenOriginal: there is no such file, it cannot be read, it is empty or too large."""
    try:
        size = path.stat().st_size
        if size > DEFAULT_LIMITS.file_bytes:
            raise BrokenOriginal(path, f"он больше {DEFAULT_LIMITS.file_bytes // 1024 // 1024} МБ.")
        content = path.read_bytes()
    except FileNotFoundError as exc:
        raise BrokenOriginal(path, "такого файла нет.") from exc
    except OSError as exc:
        raise BrokenOriginal(path, f"он не читается ({exc.strerror}).") from exc
    if not content.strip():
        raise BrokenOriginal(path, "он пуст.")
    return content


def text_of(path: Path) -> str:
    """A text in whichever encoding it was saved.

    Raises:
        BrokenOriginal: it is no text.
    """
    try:
        text = tidy(decoded(path.name, content_of(path)))
    except Unreadable as exc:
        raise BrokenOriginal(path, exc.reason) from exc
    if len(text) > DEFAULT_LIMITS.text_characters:
        raise BrokenOriginal(path, f"в нём больше {DEFAULT_LIMITS.text_characters} знаков.")
    return text


def prompts_of(path: Path) -> dict[str, str]:
    """`prompts.json` as fields of a revision.

    Raises:
        BrokenOriginal: it is no JSON, or one of its three texts is missing.
    """
    try:
        read: Any = json.loads(text_of(path))
    except json.JSONDecodeError as exc:
        raise BrokenOriginal(path, f"это не JSON (строка {exc.lineno}, знак {exc.colno}).") from exc
    if not isinstance(read, dict):
        raise BrokenOriginal(path, "в нём должен быть объект с тремя текстами.")
    fields = {}
    for key, name in PROMPTS.items():
        text = read.get(key)
        if not isinstance(text, str) or not text.strip():
            raise BrokenOriginal(path, f"нет текста «{key}».")
        fields[name] = text.strip()
    return fields
