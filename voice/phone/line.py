"""The process that answers the phone: one ARI application, its calls, and what they share."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from channels.routing import URLRouter
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from voice import brain, health
from voice.phone.call import PhoneCall, recognizer_of
from voice.phone.engine_settings import for_phone
from voice.phone.journal import Journal
from voice.phone.ledger import Ledger
from voice.phone.models import PhoneSettings
from voice.phone.phrases import PhraseStore
from voice.phone.speaker import PhoneSpeaker
from voice.phone.stand import Stand
from voice.pondering import rehearse
from voice.spoken import warm_up
from voice.threads import apart, begin_apart, in_thread
from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.config import LineConfig
from voice.transports.asterisk.line import AsteriskLine
from voice.transports.consumers import routes
from voice.transports.errors import LineError
from voice.transports.serving import serving

logger = logging.getLogger(__name__)
ROOM_FOR_BUSY = 8
"""So many more calls have room for the polite phrase."""
BUSY_SECONDS = 12.0
DATABASE_SECONDS = 2.0


class VoiceLine:
    """Runs until it is told to stop, or until another process takes its application."""

    def __init__(self) -> None:
        folder = Path(settings.VAR_DIR) / "voice"
        self._ledger = Ledger(Journal(folder / "journal" / settings.ARI_APP))
        self._stand = Stand(self._ledger, PhraseStore(folder / "phrases"))
        self._calls: dict[str, PhoneCall] = {}
        self._started: datetime = timezone.now()
        self._line: AsteriskLine | None = None

    async def run(self) -> None:
        """Raises LineRefused when the line cannot work as it is set up."""
        await self._begin()
        line = self._line = AsteriskLine(await in_thread(line_config))
        loop = asyncio.get_running_loop()
        work = asyncio.ensure_future(line.run(self._answer))
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, work.cancel)
        helpers = [
            asyncio.create_task(self._beat(), name="heartbeat"),
            asyncio.create_task(self._stand.keep_fresh(), name="settings"),
            asyncio.create_task(self._recover(), name="journal"),
        ]
        try:
            with suppress(asyncio.CancelledError):
                async with media_server(line.config):
                    await work
        finally:
            for helper in helpers:
                helper.cancel()
            await asyncio.gather(*helpers, return_exceptions=True)
            await self._ledger.close()
            await asyncio.to_thread(health.gone, settings.ARI_APP)

    async def _begin(self) -> None:
        """Everything that is slow and needed once, so that the first call is as quick as the others."""
        while True:
            try:
                await self._stand.begin()
                break
            except (DatabaseError, InterfaceError) as exc:  # it may come up later than we do
                logger.warning("waiting for the database: %s", type(exc).__name__)
                await asyncio.sleep(DATABASE_SECONDS)
        await asyncio.to_thread(warm_up)
        if brain.asks_a_vendor(self._stand.settings):
            begin_apart()
        await brain.language_model(for_phone(self._stand.settings)).ready()
        try:
            await apart(rehearse, repeatable=True)
        except Exception:  # then the first caller waits a little longer
            logger.exception("the assistant could not rehearse")
        await PhoneSpeaker(self._stand.settings, self._stand.phrases).make_ready()
        if (recognizer := recognizer_of(self._stand.settings)) is not None:
            await recognizer.ready()

    # --- calls

    async def _answer(self, call: AsteriskCall) -> None:
        if len(self._calls) >= self._stand.max_calls:
            await self._turn_away(call)
            return
        await self._stand.refresh()
        self._calls[call.id] = phone = PhoneCall(call, self._stand)
        try:
            await phone.run()
        finally:
            self._calls.pop(call.id, None)

    async def _turn_away(self, call: AsteriskCall) -> None:
        """The line is full: a polite phrase, then the dialplan's queue."""
        stand = self._stand
        phrase = stand.settings.phrase_busy
        if stand.says_busy and phrase:
            with suppress(LineError, TimeoutError):
                await call.open()
                async with asyncio.timeout(BUSY_SECONDS):
                    async for audio in PhoneSpeaker(stand.settings, stand.phrases).speak(phrase):
                        call.transport.play(audio)
                    await call.transport.drained()
        await call.leave(reason="busy")

    # --- besides

    async def _recover(self) -> None:
        if count := await self._ledger.recover(
            lambda call_id: any(call_id == each.id for each in self._calls.values())
        ):
            logger.info("%d calls were taken over from the journal", count)

    async def _beat(self) -> None:
        while True:
            line = self._line
            warnings = list(line.warnings) if line else []
            if self._ledger.is_behind:
                warnings.append("База не принимает журнал звонков; он ждёт на диске.")
            if self._stand.phrases_missing:
                warnings.append("Часть готовых фраз не озвучена: синтез речи не отвечает.")
            await asyncio.to_thread(
                health.beat,
                app=settings.ARI_APP,
                calls=len(self._calls),
                connected=bool(line and line.connected),
                version=line.version if line else "",
                warnings=warnings,
                started=self._started,
            )
            await asyncio.sleep(health.BEAT_SECONDS)


@asynccontextmanager
async def media_server(config: LineConfig) -> AsyncIterator[None]:
    """Where Asterisk brings the audio, when it is Asterisk that connects."""
    if not config.websocket_client:
        yield
        return
    application: Any = URLRouter(cast(Any, routes()))
    async with serving(application, "127.0.0.1", settings.ARI_MEDIA_PORT):
        yield


def line_config() -> LineConfig:
    """From the environment and the office's page of the phone."""
    line = PhoneSettings.load()
    return LineConfig(
        ari_url=settings.ARI_URL,
        user=settings.ARI_USER,
        password=settings.ARI_PASSWORD,
        app=settings.ARI_APP,
        media=line.media,
        max_calls=line.max_calls + ROOM_FOR_BUSY,
        first_rtp_port=line.rtp_port_first,
        last_rtp_port=line.rtp_port_last,
        websocket_client=settings.ARI_MEDIA_CLIENT if line.media == PhoneSettings.Media.WEBSOCKET else "",
    )
