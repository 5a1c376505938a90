"""Live progress of the synchronisation over a socket."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError

from houses.sync_progress import progress

POLL_SECONDS = 0.7
CODE_FORBIDDEN = 4403
CODE_TRY_LATER = 1013
logger = logging.getLogger(__name__)


class SyncProgressConsumer(AsyncJsonWebsocketConsumer):
    """Sends `houses.sync_progress.progress()` at once and whenever it changes.

    It reads the run's row instead of listening to the channel layer: a row is there whoever started the run, and a
    message lost between two processes would leave a page standing still.
    """

    _watching: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        if not await self.is_allowed():
            await self.accept()  # a close code is only seen by a browser after the handshake
            await self.close(code=CODE_FORBIDDEN)
            return
        await self.accept()
        self._watching = asyncio.create_task(self.watch())

    async def disconnect(self, code: int) -> None:
        if self._watching is not None:
            self._watching.cancel()

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        """The page has nothing to say."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        """Whatever is sent is ignored, garbage included."""

    @database_sync_to_async
    def is_allowed(self) -> bool:
        user = self.scope.get("user")
        return bool(user and user.is_active and user.is_staff and user.has_perm("houses.sync_now"))

    async def watch(self) -> None:
        last: dict[str, Any] | None = None
        while True:
            try:
                now = await database_sync_to_async(progress)()
            except DatabaseError:
                logger.warning("Sync progress: the database does not answer, the socket is closed")
                await self.close(code=CODE_TRY_LATER)
                return
            if now != last:
                await self.send_json(now)
                last = now
            await asyncio.sleep(POLL_SECONDS)
