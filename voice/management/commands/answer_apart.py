"""`manage.py answer_apart`: the process beside the telephone. Started by it, not by people."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from providers.apart import writer
from vasdom.processes import come_first
from voice.threads import run_for_owner


class Command(BaseCommand):
    """Thinks, asks models and writes the log for its owner, and ends with it."""

    help = "Внутренняя: процесс, который думает над ответами вместо телефона. Запускает его он сам."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("descriptor", type=int)
        parser.add_argument("owner", type=int)

    def handle(self, *args: Any, **options: Any) -> None:
        come_first()
        writer.main(options["descriptor"], options["owner"], run_for_owner)
