"""What the calls of a process share: the active revision as it was last read, ready phrases, the ledger."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from vasdom.errors import NotFound
from voice.phone.hints import likely_words
from voice.phone.ledger import Ledger
from voice.phone.models import PhoneSettings
from voice.phone.phrases import PhraseStore, signature
from voice.phone.speaker import prepare
from voice.snapshot import CallSettings, active_settings
from voice.threads import in_thread

logger = logging.getLogger(__name__)
REFRESH_SECONDS = 1.0
READ_SECONDS = 0.15
"""A call does not wait longer for the revision: it is led by the one that was read last."""
RETRY_PHRASES_SECONDS = 60.0
AWAY = (DatabaseError, InterfaceError, NotFound)


@dataclass
class Stand:
    """Kept fresh by `keep_fresh`, which runs as long as the process."""

    ledger: Ledger
    phrases: PhraseStore
    settings: CallSettings = field(init=False)
    max_calls: int = 50
    says_busy: bool = True
    accept_digit: str = "1"
    hints: tuple[str, ...] = ()
    phrases_missing: int = 0
    _prepared: str = ""
    _preparing: asyncio.Task[None] | None = None
    _reading: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        """Read everything once. Raises what the database raises."""
        await self._read()
        self.hints = await in_thread(likely_words)
        self._have_phrases()

    async def refresh(self) -> None:
        """For a call that comes now: the revision that is active now, if it can be read in time.

        Calls that come together share one reading.
        """
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._read(), name="settings for a call")
        try:
            async with asyncio.timeout(READ_SECONDS):
                await asyncio.shield(self._reading)
        except (TimeoutError, *AWAY) as exc:  # the one that was read last leads the call
            logger.warning("the active revision could not be read: %s", type(exc).__name__)

    async def keep_fresh(self) -> None:
        """For ever: a revision that is activated has its phrases ready before the next call."""
        passed = 0.0
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            passed += REFRESH_SECONDS
            try:
                await self._read()
                if passed % 300 < REFRESH_SECONDS:
                    self.hints = await in_thread(likely_words)
            except AWAY as exc:  # the next time
                logger.debug("settings were not read: %s", type(exc).__name__)
            if self.phrases_missing and passed % RETRY_PHRASES_SECONDS < REFRESH_SECONDS:
                self._prepared = ""
            self._have_phrases()

    async def _read(self) -> None:
        self.settings, line = await in_thread(lambda: (active_settings(), PhoneSettings.load()))
        self.max_calls, self.accept_digit = line.max_calls, line.accept_digit
        self.says_busy = line.beyond == PhoneSettings.Beyond.PHRASE_AND_QUEUE

    def _have_phrases(self) -> None:
        wanted = f"{self.settings.number}:{signature(self.settings)}"
        if wanted == self._prepared or (self._preparing is not None and not self._preparing.done()):
            return
        self._prepared = wanted
        self._preparing = asyncio.create_task(self._prepare(self.settings), name="phrases")

    async def _prepare(self, settings: CallSettings) -> None:
        try:
            self.phrases_missing = await prepare(settings, self.phrases, timezone.localtime())
            await asyncio.to_thread(self.phrases.forget_old)
        except Exception:  # calls go on without them
            logger.exception("phrases could not be prepared")
            self.phrases_missing = 1
