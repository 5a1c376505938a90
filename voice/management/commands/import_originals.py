"""Take over what the original assistant kept."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from vasdom.errors import VasdomError
from voice.originals import Brought, Originals, bring_over

GENERAL, TECH = "general", "tech"


class Command(BaseCommand):
    help = (
        "Переносит данные прежнего помощника: prompts.json — в редакцию, базы Markdown — в документы, журнал SQLite — "
        "в звонки. Всё или ничего; повторный запуск с теми же файлами ничего не добавляет."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--prompts", type=Path, help="prompts.json: приветствие, контекстуализация, промпт")
        parser.add_argument(
            "--kb",
            type=Path,
            action="append",
            default=[],
            help="база general; несколько файлов — версии, старая первой",
        )
        parser.add_argument("--kb2", type=Path, action="append", default=[], help="база tech, так же")
        parser.add_argument("--logs-db", type=Path, help="журнал звонков, SQLite")
        parser.add_argument("--activate", action="store_true", help="сразу включить перенесённую редакцию")

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["prompts"] or options["kb"] or options["kb2"] or options["logs_db"]):
            raise CommandError("Укажите, что переносить: --prompts, --kb, --kb2 или --logs-db.")
        if options["activate"] and not options["prompts"]:
            raise CommandError("Включать нечего: --activate действует вместе с --prompts.")
        bases = [*((GENERAL, path) for path in options["kb"]), *((TECH, path) for path in options["kb2"])]
        try:
            done = bring_over(
                Originals(options["prompts"], bases, options["logs_db"], activate=bool(options["activate"]))
            )
        except VasdomError as exc:
            raise CommandError(f"{exc.message} Ничего не перенесено.") from exc
        for line in self.told(done):
            self.stdout.write(line)

    def told(self, done: Brought) -> list[str]:
        lines = []
        if done.revision is not None:
            state = "включена" if done.is_active else "не включена: сравните и включите её в разделе «Помощник»"
            made = "создана" if done.is_new_revision else "уже была"
            lines.append(f"Промпты: редакция {done.revision} {made}, {state}.")
        lines += [f"База {one}: новая версия основного документа, индекс строится заданием." for one in done.versions]
        lines += [f"База, файл {name}: такой текст уже был." for name in done.known_files]
        if done.calls or done.known_calls:
            lines.append(f"Звонки: перенесено {done.calls} (реплик {done.turns}), уже были {done.known_calls}.")
        return lines
