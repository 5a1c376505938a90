"""Measure recognisers on recordings with texts."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from providers import registry
from vasdom.errors import VasdomError
from voice import speech
from voice.phone.hints import likely_words
from voice.speech_check import Hearing, Recording, hear, recordings, score, summary


class Command(BaseCommand):
    help = (
        "Проверяет распознавание речи на записях: каталог с файлами .wav (моно, 16 бит, 8 или 16 кГц) и текстами "
        "рядом (call-1.wav и call-1.txt). Печатает WER, доли верных адресов, чисел и названий и время."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="КАТАЛОГ")
        parser.add_argument(
            "--vendor", action="append", choices=speech.RECOGNIZERS, help="кого проверять; без него — всех настроенных"
        )
        parser.add_argument("--at-once", action="store_true", help="отдавать запись сразу, а не со скоростью речи")
        parser.add_argument("--no-hints", action="store_true", help="не подсказывать улицы и названия")
        parser.add_argument("--show", action="store_true", help="показать записи, распознанные с ошибками")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = recordings(options["folder"])
        except VasdomError as exc:
            raise CommandError(exc.message) from exc
        vendors = options["vendor"] or [vendor for vendor in speech.RECOGNIZERS if not speech.missing_for(vendor)]
        reasons = [speech.missing_for(vendor) for vendor in vendors or speech.RECOGNIZERS]
        if any(reasons):
            raise CommandError(" ".join(filter(None, reasons)))
        hints = () if options["no_hints"] else likely_words()
        for vendor in vendors:
            hearings = asyncio.run(_all(vendor, found, hints, in_real_time=not options["at_once"]))
            self._tell(vendor, hearings, show=options["show"])

    def _tell(self, vendor: str, hearings: list[Hearing], *, show: bool) -> None:
        scores = [score(each.recording.text, each.text) for each in hearings]
        self.stdout.write(f"{registry.RECOGNIZERS[vendor].label}: " + "; ".join(summary(hearings, scores)))
        if show:
            for each, its in zip(hearings, scores, strict=True):
                if its.wrong_words and not each.failure:
                    self.stdout.write(f"  {each.recording.name}: «{each.recording.text}» → «{each.text}»")


async def _all(vendor: str, found: list[Recording], hints: tuple[str, ...], *, in_real_time: bool) -> list[Hearing]:
    recognizer = speech.only_recognizer(vendor)
    await recognizer.ready()
    try:
        return [await hear(recognizer, each, hints=hints, in_real_time=in_real_time) for each in found]
    finally:
        await registry.close()
