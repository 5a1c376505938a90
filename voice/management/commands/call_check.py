"""An office's check of its own line: calls, says, and tells what a caller would have heard, and when."""

from __future__ import annotations

import asyncio
from argparse import Action, ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from providers import registry
from vasdom.errors import InvalidInput
from voice import speech
from voice.caller.audio import at_level, load_wav, resampled
from voice.caller.check import Reply, Report, Step, check
from voice.caller.phone import SipCaller
from voice.pbx import local
from voice.speech_check import Recording, hear


class InOrder(Action):
    """Gathers --say, --text and --dtmf in the order in which they were given."""

    def __call__(
        self,
        parser: ArgumentParser,
        namespace: Namespace,
        values: str | Sequence[Any] | None,
        option: str | None = None,
    ) -> None:
        namespace.steps = [*(namespace.steps or []), (self.const, str(values))]


class Command(BaseCommand):
    """`manage.py call_check 1000 --text "Когда уборка на Кибальчича, 3?" --dtmf 0 --words --save talk.wav`."""

    help = "Звонит по номеру и измеряет, что слышит звонящий. Код 1, если чего-то не слышно."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("number", help="номер, у своего Asterisk — 1000")
        parser.add_argument("--host", default="127.0.0.1", help="адрес станции (127.0.0.1)")
        parser.add_argument("--port", type=int, help="порт SIP, UDP (как у своего Asterisk, иначе 5060)")
        parser.add_argument("--user", default="", help="логин SIP; без него звонит посторонний")
        parser.add_argument("--password", default="", help="пароль SIP")
        step: dict[str, Any] = {"action": InOrder, "dest": "steps", "default": []}
        parser.add_argument("--say", const="say", metavar="ФАЙЛ.WAV", help="сказать это", **step)
        parser.add_argument("--text", const="text", metavar="ТЕКСТ", help="сказать это голосом espeak-ng", **step)
        parser.add_argument("--dtmf", const="dtmf", metavar="ЦИФРЫ", help="нажать эти клавиши", **step)
        parser.add_argument("--words", action="store_true", help="и словами: распознаёт настроенный поставщик")
        parser.add_argument("--interrupt", action="store_true", help="говорить поверх ответов, не дожидаясь их конца")
        parser.add_argument(
            "--save", type=Path, metavar="ФАЙЛ.WAV", help="сохранить разговор: слева станция, справа мы"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        steps = [as_step(kind, value) for kind, value in options["steps"]]
        vendor = recognizer() if options["words"] else ""
        report = asyncio.run(_check(options, steps, vendor))
        for line in report.lines():
            self.stdout.write(line)
        if not report.good:
            raise SystemExit(1)


async def _check(options: dict[str, Any], steps: list[Step], vendor: str) -> Report:
    port = options["port"] or local.sip_port(settings.VAR_DIR)
    async with SipCaller(options["host"], port, options["user"], options["password"]) as phone:
        report = await check(phone, options["number"], steps, talk_over=options["interrupt"], save=options["save"])
    if vendor:
        await _put_into_words(report, vendor)
    return report


def recognizer() -> str:
    """The first recogniser that is set up; raises InvalidInput when there is none."""
    found = next((vendor for vendor in speech.RECOGNIZERS if not speech.missing_for(vendor)), None)
    if found is None:
        raise InvalidInput("--words: распознавать речь некому, ни один поставщик не настроен.", field="words")
    return found


async def _put_into_words(report: Report, vendor: str) -> None:
    """Raises InvalidInput, when the vendor does not answer."""
    ears = speech.only_recognizer(vendor)
    try:
        parts: list[Report | Reply] = [report, *report.replies]
        for part in parts:
            if part.audio is None:
                continue
            heard = await hear(ears, Recording("", part.audio.tobytes(), ""), in_real_time=False)
            if heard.failure:
                raise InvalidInput(f"--words: {heard.failure}", field="words")
            part.words = heard.text
    finally:
        await registry.close()


def as_step(kind: str, value: str) -> Step:
    """Raises InvalidInput."""
    if kind == "dtmf":
        if not value or set(value) - set("0123456789*#"):
            raise InvalidInput("--dtmf: ожидаются цифры, * и #.", field="dtmf")
        return Step(f"клавиши {value}", digits=value)
    if kind == "text":
        return Step(f"«{value}»", speech=spoken(value))
    return Step(Path(value).name, speech=load_wav(value))


def spoken(text: str) -> Any:
    """The text as the telephone's samples, in the voice of espeak-ng; raises Rejected where it is not installed."""
    import numpy as np

    from providers.espeak.library import speak

    pcm, rate = speak(text)
    return at_level(resampled(np.frombuffer(pcm, "<i2"), rate))
