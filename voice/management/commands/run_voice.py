"""`manage.py run_voice`: answers the phone."""

from __future__ import annotations

import asyncio
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from vasdom.interpreter import settle
from vasdom.processes import come_first
from voice.phone.line import VoiceLine
from voice.transports.errors import LineRefused


class Command(BaseCommand):
    """One process for one ARI application; ends on SIGTERM, its calls go on in the dialplan."""

    help = (
        "Отвечает на телефонные звонки: соединяется с Asterisk (переменные ARI_URL, ARI_USER, ARI_PASSWORD, ARI_APP)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [name for name in ("ARI_URL", "ARI_USER", "ARI_PASSWORD") if not getattr(settings, name)]
        if missing:
            raise CommandError(f"Телефон выключен: не задано {', '.join(missing)}.")
        settle()
        come_first()
        try:
            asyncio.run(VoiceLine().run())
        except LineRefused as exc:
            raise CommandError(exc.message) from exc
