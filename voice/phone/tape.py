"""The recording of a call: two files of A-law on one clock, the caller's frames. Written behind everybody's back."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from uuid import UUID

from calls import recordings
from voice.engine.ports import SILENCE

logger = logging.getLogger(__name__)
FLUSH_BYTES = 8_000
_DISK = ThreadPoolExecutor(max_workers=1, thread_name_prefix="tape")


class CallTape:
    """Implements `Tape`. Silence stands where nothing was to be recorded, so that moments stay in their places."""

    def __init__(self, call_id: UUID, begun: datetime, *, is_on: bool) -> None:
        self._paths = [recordings.path_of(place) for place in recordings.places(call_id, begun)]
        self.is_on = is_on
        self.has_any = is_on
        self._caller, self._ours = bytearray(), bytearray()
        self._unrecorded = 0  # bytes before anything was to be recorded

    def turn_on(self) -> None:
        """From now on it is recorded: the caller leaves a message."""
        if not self.has_any:
            self._caller += SILENCE * self._unrecorded
        self.is_on = self.has_any = True

    def turn_off(self) -> None:
        self.is_on = False

    def caller(self, alaw: bytes) -> None:
        if not self.has_any:
            self._unrecorded += len(alaw)
            return
        self._caller += alaw if self.is_on else SILENCE * len(alaw)
        if len(self._caller) >= FLUSH_BYTES:
            self._flush()

    def ours(self, alaw: bytes) -> None:
        if not self.has_any:
            return
        missing = len(self._caller) - len(self._ours)
        if missing > 0:
            self._ours += SILENCE * missing
        self._ours += alaw if self.is_on else SILENCE * len(alaw)

    async def close(self) -> None:
        """All of it is on disk, when anything was recorded."""
        if self.has_any:
            self._flush(whole=True)
            await asyncio.get_running_loop().run_in_executor(_DISK, lambda: None)

    def _flush(self, *, whole: bool = False) -> None:
        length = len(self._caller)
        ours = bytes(self._ours[:length]).ljust(length, SILENCE)
        parts = (bytes(self._caller), ours)
        self._caller.clear()
        del self._ours[:length]
        if length:
            _DISK.submit(_append, list(zip(self._paths, parts, strict=True)))


def _append(parts: list[tuple[object, bytes]]) -> None:
    for path, audio in parts:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)  # type: ignore[attr-defined]
            with open(path, "ab") as file:  # type: ignore[call-overload]
                file.write(audio)
        except OSError as exc:
            logger.error("a recording cannot be written: %s", exc)
            return
