"""What happened in a call is on disk before it is anywhere else: a line of JSON for each thing, synced.

One file a call. It is removed when the database has everything of it; what a process that was killed left behind is
applied by the next one of the same application.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

logger = logging.getLogger(__name__)
Entry = dict[str, Any]
"""`{"kind": "open" | "turn" | "event" | "greeted" | "close" | "recording", …}`; moments are ISO texts."""


class Journal:
    """The files of one application. Everything blocks; `append` for one disk's sync."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def append(self, call_id: UUID, entry: Entry) -> None:
        """On disk when it returns."""
        line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
        descriptor = os.open(self._path(call_id), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line.encode("utf-8", "replace"))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def remove(self, call_id: UUID) -> None:
        self._path(call_id).unlink(missing_ok=True)

    def left_behind(self) -> Iterator[tuple[UUID, list[Entry]]]:
        """Every call that has a file, the oldest first, with what can be read of it."""
        for path in sorted(self._folder.glob("*.jsonl"), key=lambda each: each.stat().st_mtime):
            try:
                yield UUID(path.stem), list(_entries(path))
            except ValueError:
                logger.warning("%s is no journal of a call", path.name)

    def _path(self, call_id: UUID) -> Path:
        return self._folder / f"{call_id}.jsonl"


def _entries(path: Path) -> Iterator[Entry]:
    """Whole lines; the one that was being written at the end of its process may be torn."""
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        try:
            entry = json.loads(line)
        except json.JSONDecodeError:
            continue
        if isinstance(entry, dict):
            yield entry
