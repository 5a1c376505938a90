"""Ask the assistant the control questions: `manage.py test_agent`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from voice.learning import controls

SHOWN = 60


class Command(BaseCommand):
    help = "Задать помощнику контрольные вопросы. Код 1, если хоть один ответ неверен."

    def handle(self, *args: Any, **options: Any) -> None:
        run = controls.run_now(controls.Reason.COMMAND)
        if not run.total:
            self.stdout.write("Контрольных вопросов нет: заведите их в кабинете, раздел «Контрольные вопросы».")
            return
        for row in controls.rows():
            if row.now is not None and row.now.run_id == run.pk:
                self._tell(row)
        self.stdout.write(f"\nРедакция {run.revision_number}: вопросов {run.total}, неверно {run.failed}.")
        if run.failed:
            raise CommandError(f"Неверных ответов: {run.failed}.", returncode=1)

    def _tell(self, row: controls.Row) -> None:
        assert row.now is not None
        was = {"broken": " (было верно)", "repaired": " (было неверно)"}.get(row.change, "")
        mark = "верно  " if row.now.passed else "НЕВЕРНО"
        self.stdout.write(f"{mark} {row.question.question[:SHOWN]}{was}")
        if not row.now.passed:
            self.stdout.write(f"        ответ: {row.now.answer}")
            for fault in row.now.faults:
                self.stdout.write(f"        ✗ {fault}")
