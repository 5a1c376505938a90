"""A visitor at the socket, for tests."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.contrib.auth.models import User
from django.test import Client

Result = TypeVar("Result")
HOST = "office.example"


def cookie_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return f"sessionid={client.cookies['sessionid'].value}"


async def read(function: Callable[..., Result], *args: Any) -> Result:
    """Something of the database, from a test that is a coroutine."""
    return await database_sync_to_async(function, thread_sensitive=False)(*args)


class Line:
    """One socket at /ws. `frames` is everything that came and was not asked for yet."""

    def __init__(
        self,
        query: str = "",
        *,
        json: bool = True,
        cookie: str = "",
        origin: str = "",
        address: str = "203.0.113.5",
        host: str = HOST,
    ) -> None:
        from vasdom.asgi import application

        headers = [(b"host", host.encode())]
        for name, value in ((b"cookie", cookie), (b"origin", origin)):
            if value:
                headers.append((name, value.encode()))
        subprotocols = ["vasdom.v1"] if json else None
        self.socket = WebsocketCommunicator(application, f"/ws?{query}", headers=headers, subprotocols=subprotocols)
        self.socket.scope["client"] = [address, 40000]
        self.session = ""

    async def open(self) -> bool:
        accepted, _ = await self.socket.connect(timeout=5)
        return accepted

    async def enter(self) -> Line:
        """Open, and hear the greeting (v1)."""
        assert await self.open()
        ready = await self.frame()
        assert ready["type"] == "ready", ready
        self.session = ready["session"]
        if not ready["resumed"]:
            assert (await self.frame())["type"] == "greeting"
        return self

    async def text(self, seconds: float = 20) -> str:
        """The next frame; the first answer of a process waits for the model's library to load."""
        return str(await self.socket.receive_from(timeout=seconds))

    async def frame(self, seconds: float = 20) -> dict[str, Any]:
        return dict(json.loads(await self.text(seconds)))

    async def say(self, text: str, about: str = "1") -> None:
        await self.send(type="message", text=text, id=about)

    async def send(self, **frame: Any) -> None:
        await self.socket.send_to(text_data=json.dumps(frame))

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """The frames up to the first of this kind."""
        frames = [await self.frame()]
        while frames[-1]["type"] != kind:
            assert frames[-1]["type"] != "error", frames
            frames.append(await self.frame())
        return frames

    async def ask(self, text: str) -> dict[str, Any]:
        """The end frame of the answer."""
        await self.say(text)
        return (await self.until("end"))[-1]

    async def close_code(self) -> int:
        """The code the server closes with, after whatever it still says."""
        while (event := await self.socket.receive_output(timeout=5))["type"] != "websocket.close":
            pass
        return int(event["code"])

    async def leave(self, code: int = 1000) -> None:
        await self.socket.disconnect(code=code, timeout=5)
