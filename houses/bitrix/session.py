"""One synchronisation at a time, and its progress where others can see it while the run's transaction is open.

Both need a database session of their own: an advisory lock belongs to a session, so it must outlive the pooled
connections that Django takes and gives back; and a progress mark is visible to others only once it is committed.
When the process dies, PostgreSQL closes the session and so frees the lock.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection

from houses.models import SyncRun
from vasdom.errors import Conflict, VasdomError

logger = logging.getLogger(__name__)

LOCK_KEY = 7_240_342_401  # any number, the same in every process
PROGRESS_GROUP = "sync"
SHORTEST_PAUSE_SECONDS = 0.3


class AlreadyRunning(Conflict):
    """Another process holds the lock."""

    code = "sync_running"

    def __init__(self) -> None:
        super().__init__("Синхронизация уже идёт.")


class LockLost(VasdomError):
    """The session that holds the lock is gone, so another run may have begun."""

    code = "sync_lock_lost"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands; `total` is None while nobody knows."""

    run_id: int
    state: str
    step: str
    done: int
    total: int | None


class Session:
    """The dedicated connection of one run: autocommit, holds the advisory lock."""

    def __init__(self, raw: psycopg.Connection[Any]) -> None:
        self._raw = raw

    def mark(self, progress: Progress) -> None:
        """Commit the progress of a running run.

        Raises:
            LockLost: the session is gone.
        """
        try:
            self._raw.execute(
                "UPDATE houses_syncrun SET step = %s, progress_done = %s, progress_total = %s"
                " WHERE id = %s AND state = 'running'",
                [progress.step, progress.done, progress.total, progress.run_id],
            )
        except psycopg.OperationalError as exc:
            raise LockLost("Связь с базой данных прервалась, синхронизация остановлена.") from exc


@contextmanager
def exclusive_session() -> Iterator[Session]:
    """Hold the lock for the whole run.

    Raises:
        AlreadyRunning: another process holds it.
    """
    parameters = {**connection.get_connection_params(), "autocommit": True}
    with psycopg.connect(**parameters) as raw:
        taken = raw.execute("SELECT pg_try_advisory_lock(%s)", [LOCK_KEY]).fetchone()
        if not taken or not taken[0]:
            raise AlreadyRunning
        yield Session(raw)


class Reporter:
    """Tells everybody how far a run is: its row, the channel layer, and whoever asked for it."""

    def __init__(self, run: SyncRun, session: Session, listener: Callable[[Progress], None] | None) -> None:
        self._run = run
        self._session = session
        self._listener = listener
        self._step = ""
        self._told_at = 0.0
        self._channel_works = True

    def tell(self, step: str, done: int, total: int | None) -> None:
        """Called as often as the reader likes; passed on at most three times a second, and at every new step."""
        now = time.monotonic()
        if step == self._step and done != total and now - self._told_at < SHORTEST_PAUSE_SECONDS:
            return
        self._step, self._told_at = step, now
        progress = Progress(self._run.pk, SyncRun.State.RUNNING, step, done, total)
        self._session.mark(progress)
        self._spread(progress)

    def finished(self) -> None:
        run = self._run
        self._spread(Progress(run.pk, run.state, run.step, run.progress_done, run.progress_total))

    def _spread(self, progress: Progress) -> None:
        if self._listener is not None:
            self._listener(progress)
        if not self._channel_works:
            return
        message = {
            "type": "sync.progress",
            "run": progress.run_id,
            "state": progress.state,
            "step": progress.step,
            "done": progress.done,
            "total": progress.total,
        }
        try:
            layer = get_channel_layer()
            if layer is not None:
                async_to_sync(layer.group_send)(PROGRESS_GROUP, message)
        except Exception:  # whatever a channel layer may raise, a sync does not fail for a progress bar
            self._channel_works = False
            logger.warning("progress of the synchronisation is not shown live: the channel layer failed", exc_info=True)
