"""The socket of «Сейчас на линии» and «Оператор»: `/ws/live/`."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.db import DatabaseError
from redis.exceptions import RedisError

from vasdom.errors import VasdomError
from voice.live import store
from voice.live.feed import BEAT_SECONDS, GROUP
from voice.live.state import now
from voice.live.steering import answer
from voice.live.viewer import Viewer, viewer_of
from voice.threads import in_thread

CODE_FORBIDDEN, CODE_TRY_LATER = 4403, 1013
logger = logging.getLogger(__name__)


class LiveConsumer(AsyncJsonWebsocketConsumer):
    """Sends every call at first, then what changes, then which of them still live; takes commands."""

    viewer: Viewer | None = None
    _watching: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        await self.accept()  # a close code is only seen by a browser after the handshake
        self._watching = asyncio.create_task(self.watch())

    async def watch(self) -> None:
        try:
            viewer = await self.look_up()
            await self.channel_layer.group_add(GROUP, self.channel_name)
            calls = [viewer.state(state) for state in await store.everyone()]
            await self.send_json({"calls": calls, "may_steer": viewer.may_steer, "now": now()})
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                await self.look_up()
                await self.send_json({"alive": {state["id"]: state["seq"] for state in await store.everyone()}})
        except VasdomError:
            await self.close(code=CODE_FORBIDDEN)
        except (DatabaseError, RedisError, OSError) as exc:
            logger.warning("A live page is closed: %s", type(exc).__name__)
            await self.close(code=CODE_TRY_LATER)

    async def look_up(self) -> Viewer:
        self.viewer = await in_thread(viewer_of, getattr(self.scope.get("user"), "pk", None))
        return self.viewer

    async def live_changed(self, message: dict[str, Any]) -> None:
        if self.viewer is not None:
            await self.send_json({"changed": self.viewer.change(message)})

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any) -> None:
        if self.viewer is not None:
            await self.send_json(await answer(text_data or "", self.viewer))

    async def disconnect(self, code: int) -> None:
        if self._watching is not None:
            self._watching.cancel()
        await self.channel_layer.group_discard(GROUP, self.channel_name)
