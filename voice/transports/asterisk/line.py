"""The connection to an Asterisk, and the calls on it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
from aiohttp import web_exceptions

from voice.transports.asterisk import versions
from voice.transports.asterisk.ari import PASSWORD_REFUSED, UNREACHABLE, Ari
from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.client import AriClient, HttpClient
from voice.transports.asterisk.config import LineConfig
from voice.transports.asterisk.legs import Legs, Names
from voice.transports.asterisk.rig import Rig, quietly
from voice.transports.asterisk.sweep import Sweep
from voice.transports.errors import LineError, LineRefused
from voice.transports.registry import make_media

log = logging.getLogger(__name__)

FIRST_DELAY_SECONDS = 0.1
LONGEST_DELAY_SECONDS = 2.0
LOST_SECONDS = 5.0
"""After so long without Asterisk's events its calls are taken for lost."""
STARTING_SECONDS = 15.0
"""An Asterisk that starts may lack a module for so long."""
STOPPING_SECONDS = 5.0

OnCall = Callable[[AsteriskCall], Awaitable[None]]


class AsteriskLine:
    """One ARI application. Reconnects by itself; puts in order what it finds at every connection.

    Attributes:
        connected: events come.
        version: Asterisk's, "22.10.1"; empty before the first connection.
        warnings: Russian sentences for the status page.
        calls: those that have not ended, and those whose `on_call` has not returned.
    """

    def __init__(self, config: LineConfig) -> None:
        self.config = config
        self.connected = False
        self.version = ""
        self.warnings: list[str] = []
        self.calls: list[AsteriskCall] = []
        self._names = Names(config.app)
        self._was_connected = False
        self._opened = asyncio.Event()
        self._losing: asyncio.TimerHandle | None = None
        self._missing_since: float | None = None
        self._servants: set[asyncio.Task[None]] = set()

    async def run(self, on_call: OnCall) -> None:
        """Take calls for ever, each in a task of its own.

        When `on_call` returns the call is hung up; when it fails, or this is cancelled, the call is left to the
        dialplan. A caller who talks with an operator stays with him when this is cancelled.

        Raises:
            LineRefused: another process took the application, the password is wrong, or Asterisk cannot do what
                `media` asks for.
        """
        config = self.config
        media = make_media(config.media, config.for_media())
        http = HttpClient(config.user, config.password)
        client = AriClient(config.server, http, self._happened)
        self._rig = Rig(Ari(client, config.app), Legs(self._names), media)
        self._sweep = Sweep(self._rig)
        self._on_call = on_call
        try:
            await self._stay_connected(client)
        finally:
            await self._stop()
            await media.close()
            await client.close()

    # --- the connection

    async def _stay_connected(self, client: AriClient) -> None:
        delay = FIRST_DELAY_SECONDS
        ready = False
        while True:
            try:
                if not ready:
                    await client.init()
                    ready = True
                await self._check_version()
                await self._listen(client)
                delay = FIRST_DELAY_SECONDS
            except web_exceptions.HTTPUnauthorized as exc:
                raise LineRefused(PASSWORD_REFUSED) from exc
            except LineRefused:
                raise
            except aiohttp.WSServerHandshakeError as exc:
                if exc.status == web_exceptions.HTTPUnauthorized.status_code:
                    raise LineRefused(PASSWORD_REFUSED) from exc
                log.warning("Asterisk refused its events: %d", exc.status)
            except (LineError, web_exceptions.HTTPException, *UNREACHABLE) as exc:
                if delay < LONGEST_DELAY_SECONDS:  # then it is known
                    log.warning("Asterisk is not reached: %s", type(exc).__name__)
            await asyncio.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY_SECONDS)

    async def _listen(self, client: AriClient) -> None:
        sweeping = asyncio.create_task(self._sweep_when_connected())
        try:
            await client.events(self.config.app, self._opened.set)
        finally:
            sweeping.cancel()
            self._opened.clear()
            if self.connected:
                self.connected = False
                log.warning("the connection to Asterisk ended")
                self._losing = asyncio.get_running_loop().call_later(LOST_SECONDS, self._lose_calls)

    async def _sweep_when_connected(self) -> None:
        await self._opened.wait()
        self.connected = self._was_connected = True
        log.info("connected to Asterisk %s as %s", self.version, self.config.app)
        if self._losing is not None:
            self._losing.cancel()
        await self._sweep.run()

    def _lose_calls(self) -> None:
        for call in self.calls:
            call.line_lost()

    async def _check_version(self) -> None:
        ari, media = self._rig.ari, self._rig.media
        info = await ari.info()
        self.version = versions.shown(str(info["system"]["version"]))
        missing = [name for name in media.modules if not await ari.has_module(name)]
        self.warnings = media.warnings(self.version)
        if missing:
            self._module_missing(missing)
        else:
            self._missing_since = None

    def _module_missing(self, names: list[str]) -> None:
        sentence = (
            f"В Asterisk {self.version} не загружен модуль {', '.join(names)}: звук по способу "
            f"«{self.config.media}» невозможен."
        )
        self.warnings = [sentence]
        now = asyncio.get_running_loop().time()
        self._missing_since = self._missing_since or now
        if self._was_connected or now - self._missing_since < STARTING_SECONDS:
            raise LineError(sentence)
        raise LineRefused(sentence)

    async def _stop(self) -> None:
        """Leave every caller to the dialplan; what is being cleaned up comes to its end."""
        if self._losing is not None:
            self._losing.cancel()
        self._sweep.stop_watching()
        for task in self._servants:
            task.cancel()
        if self._servants:
            await asyncio.wait(self._servants, timeout=STOPPING_SECONDS)
        if self._rig.tasks:
            await asyncio.wait(self._rig.tasks, timeout=STOPPING_SECONDS)

    # --- events

    def _happened(self, event: dict[str, Any]) -> None:
        kind = event["type"]
        channel = event.get("channel", {}).get("id")
        if channel is None:
            return
        leg = self._rig.legs.get(channel)
        if leg is not None:
            leg.happened(event)
        elif kind == "StasisStart":
            self._came(event)

    def _came(self, event: dict[str, Any]) -> None:
        channel = event["channel"]["id"]
        if self._names.kind(channel) is not None:
            # The line forgot it while Asterisk was still making it.
            self._rig.spawn(quietly(self._rig.ari.hang_up(channel)))
            return
        call = AsteriskCall(self._rig, event)
        self.calls.append(call)
        task = asyncio.create_task(self._serve(call))
        self._servants.add(task)
        task.add_done_callback(self._servants.discard)

    async def _serve(self, call: AsteriskCall) -> None:
        try:
            await self._on_call(call)
            await call.finish()
        except asyncio.CancelledError:
            if not call.with_operator:
                await call.leave(reason="stopped")
            raise
        except Exception:
            log.exception("call %s: the dialplan takes over", call.id)
            await call.leave(reason="failed")
        finally:
            self.calls.remove(call)
