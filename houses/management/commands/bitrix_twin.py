"""Runs the portal twin in the foreground: a Bitrix24 portal on loopback to develop and to practise outages with."""

from __future__ import annotations

import signal
import threading
from argparse import ArgumentParser
from datetime import date
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from houses.bitrix.twin import FaultKind, PortalTwin


class Command(BaseCommand):
    help = "Запускает двойник портала Bitrix24 и печатает адрес для BITRIX24_WEBHOOK_URL. Ctrl-C останавливает."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8099, help="порт на 127.0.0.1 (0 — любой свободный)")
        parser.add_argument("--houses", type=int, default=490, help="сколько домов, первые 23 настоящие")
        parser.add_argument("--seed", type=int, default=1, help="другое число — другие дома")
        parser.add_argument("--today", type=date.fromisoformat, help="день, около которого заполнен график: ГГГГ-ММ-ДД")
        parser.add_argument("--no-limits", action="store_true", help="без ограничения запросов")
        parser.add_argument(
            "--fault",
            action="append",
            default=[],
            metavar="ВИД[=ЧИСЛО][:РАЗ][@МЕТОД]",
            help="сбой; можно несколько: " + ", ".join(FaultKind),
        )

    def handle(self, **options: Any) -> None:
        twin = PortalTwin(
            houses=options["houses"],
            port=options["port"],
            limits=not options["no_limits"],
            seed=options["seed"],
            today=options["today"],
        )
        for text in options["fault"]:
            try:
                twin.faults.script(text)
            except ValueError as error:
                raise CommandError(f"--fault {text}: не понят ({error})") from error
        try:
            twin.start()
        except OSError as error:
            raise CommandError(f"Порт {options['port']} занят или недоступен: {error}") from error
        self.stdout.write(f"BITRIX24_WEBHOOK_URL={twin.url}")
        self.stdout.write(f"Домов: {len(twin.portal.houses())}. Ctrl-C останавливает.")
        self.stdout.flush()
        _wait_for_signal()
        twin.stop()
        self.stdout.write(f"Запросов было: {twin.http_requests}")


def _wait_for_signal() -> None:
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    stopped.wait()
