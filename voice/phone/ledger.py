"""From calls to the journal and on into the database, in order, without anybody waiting for either."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from calls.errors import UnknownCall
from vasdom.errors import VasdomError
from voice.phone import entries
from voice.phone.journal import Entry, Journal
from voice.threads import apart

logger = logging.getLogger(__name__)
RETRY_SECONDS = (0.5, 1.0, 2.0, 5.0)
LAST = "last"
END_SECONDS = 5.0


class Ledger:
    """Of one process. `write` never waits; a database that is away is tried again until it is back."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="journal")
        self._queues: dict[UUID, asyncio.Queue[Entry]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.is_behind = False
        """The database does not take what was written."""

    def write(self, call_id: UUID, entry: Entry) -> None:
        """On disk soon after it returns, in the database a little later."""
        loop = asyncio.get_running_loop()
        on_disk = loop.run_in_executor(self._disk, self._journal.append, call_id, entry)
        on_disk.add_done_callback(_say_failure)
        queue = self._queues.get(call_id)
        if queue is None:
            queue = self._queues[call_id] = asyncio.Queue()
            task = asyncio.create_task(self._carry(call_id, queue), name=f"ledger {call_id}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        queue.put_nowait(entry)

    def end(self, call_id: UUID) -> None:
        """Nothing more comes of this call: its file goes when all of it is in the database."""
        if (queue := self._queues.pop(call_id, None)) is not None:
            queue.put_nowait({"kind": LAST})

    async def recover(self, is_ours: Callable[[UUID], bool]) -> int:
        """Apply what an earlier process left behind; calls that it did not close are closed as lost. How many calls."""
        left = await asyncio.to_thread(lambda: list(self._journal.left_behind()))
        count = 0
        for call_id, found in left:
            if call_id in self._queues or is_ours(call_id):
                continue
            await self._apply_all(call_id, found)
            await asyncio.to_thread(self._journal.remove, call_id)
            count += 1
        return count

    async def close(self) -> None:
        """Give what is under way a moment; the rest is the next process's."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=END_SECONDS)
        for task in set(self._tasks):
            task.cancel()
        self._disk.shutdown(wait=True)

    async def _carry(self, call_id: UUID, queue: asyncio.Queue[Entry]) -> None:
        while (entry := await queue.get())["kind"] != LAST:
            await self._apply(call_id, entry)
        await asyncio.get_running_loop().run_in_executor(self._disk, self._journal.remove, call_id)

    async def _apply_all(self, call_id: UUID, found: list[Entry]) -> None:
        for entry in found:
            await self._apply(call_id, entry)
        if not any(entry.get("kind") == "close" for entry in found):
            now = timezone.now()
            recovered = entries.event("recovered", now, "recovered")
            for entry in (entries.recorded(consent=True), recovered, entries.closed("Interrupted", "lost", now)):
                await self._apply(call_id, entry)

    async def _apply(self, call_id: UUID, entry: Entry) -> None:
        """Until the database has it."""
        tries = 0
        while True:
            try:
                await apart(entries.apply, call_id, entry, behind=True, repeatable=True)
            except (DatabaseError, InterfaceError) as exc:
                self.is_behind = True
                if not tries:
                    logger.warning("the call log waits for the database: %s", type(exc).__name__)
                await asyncio.sleep(RETRY_SECONDS[min(tries, len(RETRY_SECONDS) - 1)])
                tries += 1
                continue
            except (VasdomError, UnknownCall, KeyError, TypeError, ValueError) as exc:
                logger.warning("an entry of call %s cannot be kept: %s %s", call_id, entry.get("kind"), exc)
            self.is_behind = False
            return


def _say_failure(done: asyncio.Future[None]) -> None:
    if not done.cancelled() and (error := done.exception()) is not None:
        logger.error("the journal of calls cannot be written: %s", error)
