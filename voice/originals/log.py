"""The original's log of calls: the SQLite table `logs`, one row a call, its dialogue as JSON in a column."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, UUID, uuid5

from django.utils import timezone

from calls.actions import TurnRecord
from calls.models import Call, Turn
from voice.originals.files import BrokenOriginal

COLUMNS = ("id", "callerId", "startTime", "endTime", "status", "transcript_json")
SPEAKERS = {"user": Turn.Speaker.CALLER, "bot": Turn.Speaker.ASSISTANT, "operator": Turn.Speaker.OPERATOR}
# A call that the original never ended has long been over.
ENDINGS = {
    "completed": Call.Status.COMPLETED,
    "failed": Call.Status.FAILED,
    "interrupted": Call.Status.INTERRUPTED,
    "inprogress": Call.Status.INTERRUPTED,
    "initiated": Call.Status.INTERRUPTED,
}
SQLITE_MARK = b"SQLite format 3\x00"


@dataclass(frozen=True, slots=True)
class OldCall:
    """One row of the log, as `calls.actions` takes it."""

    id: UUID
    caller: str
    status: str
    started_at: datetime
    ended_at: datetime
    turns: tuple[TurnRecord, ...]


def calls_of(path: Path) -> list[OldCall]:
    """Every call of the log, the oldest first. Times without a zone are the company's.

    Raises:
        BrokenOriginal: it is no such log, or a row of it cannot be understood; the message names the row.
    """
    try:
        with path.open("rb") as file:
            if file.read(len(SQLITE_MARK)) != SQLITE_MARK:
                raise BrokenOriginal(path, "это не база SQLite.")
        address = f"file:{quote(str(path.resolve()))}?mode=ro"
        with closing(sqlite3.connect(address, uri=True)) as base:
            return sorted(_rows(path, base), key=lambda call: (call.started_at, call.id))
    except FileNotFoundError as exc:
        raise BrokenOriginal(path, "такого файла нет.") from exc
    except OSError as exc:
        raise BrokenOriginal(path, f"он не читается ({exc.strerror}).") from exc
    except sqlite3.Error as exc:
        raise BrokenOriginal(path, f"база SQLite не читается ({exc}).") from exc


def _rows(path: Path, base: sqlite3.Connection) -> Iterator[OldCall]:
    found = {row[1] for row in base.execute("PRAGMA table_info(logs)")}
    if not found:
        raise BrokenOriginal(path, "в базе нет таблицы logs.")
    if missing := [name for name in COLUMNS if name not in found]:
        raise BrokenOriginal(path, f"в таблице logs нет столбца {missing[0]}.")
    for row in base.execute(f"SELECT {', '.join(COLUMNS)} FROM logs"):
        yield _call(path, dict(zip(COLUMNS, row, strict=True)))


def _call(path: Path, row: dict[str, Any]) -> OldCall:
    name = str(row["id"] or "")
    if not name:
        raise BrokenOriginal(path, "в таблице logs есть строка без id.")
    where = f"звонок {name[:40]}"
    started = _moment(path, row["startTime"], f"{where}: время начала")
    status = ENDINGS.get(str(row["status"] or "").strip().lower())
    if status is None:
        raise BrokenOriginal(path, f"{where}: неизвестный статус «{str(row['status'])[:40]}».")
    turns = tuple(_turns(path, row["transcript_json"], where, started))
    last = max((turn.ended_at for turn in turns if turn.ended_at), default=started)
    ended = _moment(path, row["endTime"], f"{where}: время конца") if row["endTime"] else last
    return OldCall(_key(name), str(row["callerId"] or ""), status, started, max(ended, started), turns)


def _turns(path: Path, written: Any, where: str, started: datetime) -> Iterator[TurnRecord]:
    try:
        entries = json.loads(written) if written else []
    except (TypeError, ValueError) as exc:
        raise BrokenOriginal(path, f"{where}: диалог — не JSON.") from exc
    if not isinstance(entries, list):
        raise BrokenOriginal(path, f"{where}: диалог — не список реплик.")
    number, before = 0, started
    for place, entry in enumerate(entries, 1):
        told = f"{where}, реплика {place}"
        if not isinstance(entry, dict):
            raise BrokenOriginal(path, f"{told}: это не реплика.")
        speaker = SPEAKERS.get(str(entry.get("speaker", "")).lower())
        if speaker is None:
            raise BrokenOriginal(path, f"{told}: неизвестно, кто говорит.")
        text, heard = str(entry.get("text") or ""), str(entry.get("raw") or "")
        at = _moment(path, entry["timestamp"], f"{told}: время") if entry.get("timestamp") else before
        before = at
        if not (text.strip() or heard.strip()):
            continue
        number += 1
        yield TurnRecord(
            number,
            speaker,
            heard or text,
            normalised=text if heard else "",
            base=str(entry.get("kb") or ""),
            started_at=at,
            ended_at=at,
        )


def _moment(path: Path, written: Any, where: str) -> datetime:
    try:
        found = datetime.fromisoformat(str(written or ""))
        return found if timezone.is_aware(found) else timezone.make_aware(found)
    except (ValueError, OverflowError) as exc:
        raise BrokenOriginal(path, f"{where} не читается («{str(written)[:40]}»).") from exc


def _key(name: str) -> UUID:
    """The original's own id where it is a UUID, and always the same one for another name."""
    try:
        return UUID(name)
    except ValueError:
        return uuid5(NAMESPACE_URL, f"vasdom:original-call:{name}")
