"""Take the demo data away."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from houses.demo.removal import remove_demo


class Command(BaseCommand):
    help = "Удаляет все демо-данные вместе с демо-логинами и фотографиями."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--yes", action="store_true", help="подтверждение: без него ничего не удаляется")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"]:
            raise CommandError("Ничего не удалено. Чтобы удалить демо-данные, добавьте --yes.")
        removed = remove_demo()
        if not removed:
            self.stdout.write("Демо-данных нет.")
        for noun, count in removed.items():
            self.stdout.write(f"Удалено: {noun} — {count}")
