"""What `make run` does before it serves, for installations that start the processes by other means (deploy/)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from vasdom.preparation import announcement, prepare


class Command(BaseCommand):
    help = "Миграции и статика; при самом первом запуске — демо-данные (DEMO=1) и администратор."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        for line in announcement(prepare()):
            self.stdout.write(line)
