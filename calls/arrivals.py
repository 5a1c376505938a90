"""Calls as Asterisk itself counts them: its file `Master.csv` is read on from where it was left.

The columns are those of `cdr_csv` (docs.asterisk.org, «CDR CSV»); `uniqueid` is among them where `cdr.conf` says
`loguniqueid=yes`. Only lines of callers are kept: legs that Asterisk or the assistant opened by themselves are not.
"""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from calls.actions import storable
from calls.models import LONGEST_CALLER, LONGEST_LINE, ArrivalsRead, ArrivedCall, CallLogSettings

PIECE_BYTES = 1_000_000
SRC, DST, CONTEXT, CHANNEL, LASTAPP, START, DISPOSITION, UNIQUEID = 1, 2, 3, 5, 7, 9, 14, 16
OPENED_BY_US = ("Local/", "UnicastRTP/", "WebSocket/", "AudioSocket/", "Snoop/", "Recorder/", "Announcer/", "CBAnn/")
OUTGOING = ("AppDial", "AppDial2")
EPOCH = re.compile(r"(?:.*-)?(\d{9,11})\.\d+", re.ASCII)
"""A `uniqueid`: perhaps the system's name, the second it arrived in, a counter."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How many lines were new, and how many were looked at."""

    new: int
    lines: int


def import_arrivals(path: str = "") -> Reading:
    """Take over what the file has got since the last time; a file that has shrunk or was replaced is read from its top.

    A file that cannot be read is noted in `ArrivalsRead.trouble`, and the reading goes on the next time.
    """
    path = path or settings.ASTERISK_CDR_CSV
    if not path:
        return Reading(0, 0)
    place, contexts = ArrivalsRead.load(), CallLogSettings.load().contexts
    before, looked_at = ArrivedCall.objects.count(), 0
    try:
        with Path(path).open("rb") as file:
            about = Path(path).stat()
            if (place.path, place.inode) != (path, about.st_ino) or place.offset > about.st_size:
                place.path, place.inode, place.offset = path, about.st_ino, 0
            file.seek(place.offset)
            while piece := _whole_lines(file.read(PIECE_BYTES)):
                lines = piece.decode("utf-8", "replace").splitlines()
                found = [row for row in map(arrived, csv.reader(lines), [contexts] * len(lines)) if row is not None]
                ArrivedCall.objects.bulk_create(found, ignore_conflicts=True)
                place.offset += len(piece)
                place.save()
                file.seek(place.offset)
                looked_at += len(lines)
    except OSError as exc:
        place.trouble = f"Файл не читается: {exc.strerror or type(exc).__name__}"
    else:
        place.trouble, place.read_at = "", timezone.now()
    place.save()
    return Reading(ArrivedCall.objects.count() - before, looked_at)


def _whole_lines(piece: bytes) -> bytes:
    """Without the line that is still being written."""
    return piece[: piece.rfind(b"\n") + 1]


def arrived(row: list[str], contexts: frozenset[str]) -> ArrivedCall | None:
    """The caller's line; None for any other, and for one that is no line of a CDR file."""
    if len(row) <= DISPOSITION or not row[CHANNEL] or not (at := moment(row)):
        return None
    if row[CHANNEL].startswith(OPENED_BY_US) or row[LASTAPP] in OUTGOING:
        return None
    if contexts and row[CONTEXT] not in contexts:
        return None
    return ArrivedCall(
        uniqueid=storable(key_of(row))[:LONGEST_LINE],
        at=at,
        caller_hash=salted_hmac("calls.arrivals", row[SRC], algorithm="sha256").hexdigest() if row[SRC] else "",
        dialled=storable(row[DST])[:LONGEST_CALLER],
        disposition=storable(row[DISPOSITION])[:32],
    )


def key_of(row: list[str]) -> str:
    """The `uniqueid`, or what stands for it in a file that has none."""
    if len(row) > UNIQUEID and row[UNIQUEID]:
        return row[UNIQUEID]
    return "cdr-" + hashlib.sha256(f"{row[CHANNEL]} {row[START]}".encode("utf-8", "replace")).hexdigest()[:40]


def moment(row: list[str]) -> datetime | None:
    """When it arrived: by its `uniqueid`, which knows no time zones; else by the text, as the company's time."""
    try:
        if found := EPOCH.fullmatch(key_of(row)):
            return datetime.fromtimestamp(int(found[1]), UTC)
        return timezone.make_aware(datetime.fromisoformat(row[START]))
    except (ValueError, OverflowError):
        return None
