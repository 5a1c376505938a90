"""`manage.py sync_houses [--full] [--accept-archiving]`: synchronise now, in the foreground."""

from __future__ import annotations

import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand

from houses.bitrix.errors import OutOfTime
from houses.bitrix.sync import AlreadyRunning, Progress, run_sync
from houses.models import SyncRun
from vasdom.errors import VasdomError

LONGEST_SECONDS = 175
DONE, FAILED, RUNNING = 0, 1, 2


class Command(BaseCommand):
    help = "Синхронизирует дома с Bitrix24. Код выхода: 0 — выполнено, 1 — не удалось, 2 — уже идёт другая."

    requires_system_checks = []  # they load every page of the site, and a sync shows none

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="вся воронка с контактами, а не только изменения")
        parser.add_argument(
            "--accept-archiving", action="store_true", help="согласиться на уход в архив больше десятой части домов"
        )

    def handle(self, *args: Any, full: bool, accept_archiving: bool, **options: Any) -> None:
        kind = SyncRun.Kind.FULL if full or accept_archiving else SyncRun.Kind.DELTA
        try:
            with _time_limit():
                run = run_sync(kind, by_hand=True, accept_archiving=accept_archiving, progress=self._show)
        except AlreadyRunning as error:
            self._leave(RUNNING, error.message)
        except VasdomError as error:
            self._leave(FAILED, error.message)
        self._tell_result(run)

    def _show(self, progress: Progress) -> None:
        if progress.step:
            total = f" из {progress.total}" if progress.total else ""
            self.stdout.write(f"{progress.step}: {progress.done}{total}")

    def _tell_result(self, run: SyncRun) -> None:
        if run.state != SyncRun.State.DONE:
            self._leave(FAILED, " ".join(run.errors) or "Синхронизация не удалась.")
        for sentence in run.errors:
            self.stderr.write(f"Замечание: {sentence}")
        self.stdout.write(
            f"Готово за {run.seconds:.1f} с, запросов: {run.requests}. Домов новых: {run.created}, "
            f"изменённых: {run.updated}, без изменений: {run.unchanged}, в архив: {run.archived}, "
            f"из архива: {run.restored}."
        )

    def _leave(self, code: int, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(code)


@contextmanager
def _time_limit() -> Iterator[None]:
    """Whatever hangs, the command ends: the client has its own deadline, the database has none."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)


def _out_of_time(_signal: int, _frame: FrameType | None) -> None:
    raise OutOfTime(f"Синхронизация не уложилась в {LONGEST_SECONDS} с и остановлена; прежние данные сохранены.")
