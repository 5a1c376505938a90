"""A line on a real Asterisk whose calls a test takes one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import numpy as np
from channels.routing import URLRouter

from voice.caller import Call, SipCaller
from voice.engine.ports import FRAME_BYTES
from voice.pbx import LocalAsterisk
from voice.transports.asterisk.call import AsteriskCall
from voice.transports.asterisk.config import LineConfig
from voice.transports.asterisk.line import AsteriskLine
from voice.transports.consumers import routes
from voice.transports.listening import SILENT_FRAME
from voice.transports.serving import serving

SECONDS = 30.0
WAYS = ("rtp", "we connect", "asterisk connects")


def config_for(asterisk: LocalAsterisk, **others: Any) -> LineConfig:
    settings = asterisk.settings
    fields: dict[str, Any] = {"app": settings.apps[0], "max_calls": 10, "first_rtp_port": 18_000, **others}
    return LineConfig(settings.ari_url, settings.ari_user, settings.ari_password, **fields)


class Desk:
    """Answers every call at once, unless told otherwise, and keeps it until it ends or is released."""

    def __init__(self, line: AsteriskLine) -> None:
        self.line = line
        self.opens = True
        self.calls: asyncio.Queue[AsteriskCall] = asyncio.Queue()
        self.running: asyncio.Task[None] | None = None
        self.let_go = asyncio.Event()
        self.fails = False

    async def on_call(self, call: AsteriskCall) -> None:
        if self.opens:
            await call.open()
        self.calls.put_nowait(call)
        await asyncio.wait(
            [call.ended, release := asyncio.ensure_future(self.let_go.wait())], return_when="FIRST_COMPLETED"
        )
        release.cancel()
        if self.fails:
            raise RuntimeError("a test's handler fails")

    async def next_call(self) -> AsteriskCall:
        async with asyncio.timeout(SECONDS):
            return await self.calls.get()

    async def connected(self) -> None:
        await until(lambda: self.line.connected or (self.running is not None and self.running.done()))
        assert self.line.connected, self.running


@asynccontextmanager
async def desk_of(config: LineConfig) -> AsyncIterator[Desk]:
    desk = Desk(AsteriskLine(config))
    desk.running = asyncio.create_task(desk.line.run(desk.on_call))
    try:
        await desk.connected()
        yield desk
    finally:
        desk.running.cancel()
        await asyncio.wait([desk.running])
    assert not desk.line.calls


@asynccontextmanager
async def desk_by(way: str, asterisk: LocalAsterisk, media_port: int) -> AsyncIterator[Desk]:
    """`way`: how the audio comes, one of WAYS."""
    async with AsyncExitStack() as stack:
        if way == "asterisk connects":
            await stack.enter_async_context(serving(URLRouter(routes()), "127.0.0.1", media_port))
            config = config_for(asterisk, media="websocket", websocket_client="vasdom")
        else:
            config = config_for(asterisk, media="rtp" if way == "rtp" else "websocket")
        yield await stack.enter_async_context(desk_of(config))


async def until(condition: Any, seconds: float = SECONDS) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


async def nothing_left(asterisk: LocalAsterisk, seconds: float = SECONDS) -> None:
    """No channel, no bridge."""
    await until(lambda: asterisk.channels() == 0 and "vasdom" not in asterisk.cli("bridge show all"), seconds)


def operator(asterisk: LocalAsterisk, user: str) -> SipCaller:
    phone = asterisk.settings.phone(user)
    return SipCaller(*asterisk.sip, phone.user, phone.password)


# --- audio of which every frame can be told from its neighbours


def distinct(frames: int, first: int = 0) -> bytes:
    """Loud A-law, a code a frame."""
    return b"".join(bytes([0xA0 + (first + number) % 30]) * FRAME_BYTES for number in range(frames))


def sounded(call: Call, since: float = 0.0) -> bytes:
    """What the caller heard, frame behind frame as it came, without the silent ones: A-law."""
    heard = call.media.heard
    codes = bytes(heard._codes)
    first = int(np.searchsorted(heard.times, since))
    frames = (codes[start : start + FRAME_BYTES] for start in range(first * FRAME_BYTES, len(codes), FRAME_BYTES))
    return b"".join(frame for frame in frames if frame != SILENT_FRAME)


async def echo(call: AsteriskCall) -> None:
    async for frame in call.transport.frames():
        call.transport.play(frame)
