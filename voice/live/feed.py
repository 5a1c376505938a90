"""What a running call tells the office, and what the office asks of it.

    feed = LiveFeed(call_id)
    async with feed:
        await feed.publish("call_started", caller="+7…", house="Аллейная 1", house_id=1, targets=[…])
        …
        async for command in feed.commands(): …

Telling never waits: a sender of its own carries everything away, words that may still change at most some times a
second. Valkey that is away costs the office its view and the call nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, fields
from typing import Any, Self
from uuid import UUID

from channels.layers import get_channel_layer
from redis.exceptions import RedisError

from voice.engine import events
from voice.live import state as states
from voice.live import store

logger = logging.getLogger(__name__)
GROUP = "calls.live"
"""Everything of every call, for the pages: `{"type": "live.changed", "id", "seq", "fields", "lines"}`."""
BEAT_SECONDS = 5.0
SPACING_SECONDS = 0.15
RETRY_SECONDS = 1.0
AWAY = (RedisError, OSError, TimeoutError)


def group_of(call_id: UUID | str) -> str:
    """Where the commands for a call go: `{"type": "live.command", …fields of Command}`."""
    return f"calls.live.{call_id}"


@dataclass(frozen=True, slots=True)
class Command:
    """What somebody of the office wants of a call.

    Attributes:
        kind: "hang_up", "transfer" or "say".
        text: what to say.
        target: the key of one of the call's `targets`.
        user: the person's name, for the record.
        id: of its own, so that the page knows it when it is taken.
    """

    kind: str
    text: str = ""
    target: str = ""
    user: str = ""
    id: str = ""


class LiveFeed:
    """One call's line to the office. Every method is called from one event loop."""

    def __init__(self, call_id: UUID) -> None:
        self.call_id = str(call_id)
        self._state = states.fresh(self.call_id)
        self._fields: dict[str, Any] = {}
        self._lines: list[dict[str, Any]] = []
        self._wake, self._closing = asyncio.Event(), asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._away = False

    async def __aenter__(self) -> Self:
        self._sender = asyncio.create_task(self._work(), name=f"live feed {self.call_id}")
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def tell(self, kind: str, /, **data: Any) -> None:
        """Something happened (`voice.live.state.STEPS`); a kind that the pages do not know is left out."""
        changed = states.change(self._state, kind, data)
        states.apply(self._state, changed)
        self._fields |= changed[0]
        self._lines += changed[1]
        if any(changed):
            self._wake.set()

    async def publish(self, kind: str, /, **data: Any) -> None:
        """The same, for who awaits it; it returns at once."""
        self.tell(kind, **data)

    def happened(self, moment: events.Moment) -> None:
        """Something of the engine's: this is its `Observer`."""
        kind, data = told(moment)
        self.tell(kind, **data)

    async def commands(self) -> AsyncGenerator[Command, None]:
        """What the office wants, as it comes; ends when the feed is closed. Each is told to the pages as taken."""
        names = {field.name for field in fields(Command)}
        while not self._closing.is_set():
            try:
                async with self._letter_box() as next_letter:
                    while (letter := await self._unless_closing(next_letter())) is not None:
                        command = Command(**{name: str(letter.get(name, "")) for name in names})
                        self.tell("command", **{name: getattr(command, name) for name in names})
                        yield command
            except AWAY:
                await self._unless_closing(asyncio.sleep(RETRY_SECONDS))

    @contextlib.asynccontextmanager
    async def _letter_box(self) -> AsyncIterator[Callable[[], Awaitable[dict[str, Any]]]]:
        layer: Any = get_channel_layer()
        channel = await layer.new_channel()
        await layer.group_add(group_of(self.call_id), channel)
        try:
            yield lambda: layer.receive(channel)
        finally:
            with contextlib.suppress(*AWAY):
                await layer.group_discard(group_of(self.call_id), channel)

    async def close(self) -> None:
        """The call is over; what was told is carried away, and nothing of it stays. May be called twice."""
        self._closing.set()
        self._wake.set()
        if self._sender is not None:
            await asyncio.wait({self._sender}, timeout=2 * store.TIMEOUT_SECONDS)
            self._sender.cancel()

    # --- the sender

    async def _work(self) -> None:
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), BEAT_SECONDS)
            await self._send()
            await self._unless_closing(asyncio.sleep(SPACING_SECONDS))
        if self._state["ended"] is None:
            self.tell("ended")
        await self._send()

    async def _send(self) -> None:
        """Carry away what has changed, and renew the state."""
        self._wake.clear()
        changed, lines, self._fields, self._lines = self._fields, self._lines, {}, []
        if changed or lines:
            self._state["seq"] += 1
        try:
            async with asyncio.timeout(store.TIMEOUT_SECONDS):
                await (store.drop(self.call_id) if self._state["ended"] else store.put(self._state))
                if changed or lines:
                    await self._layer_send({"seq": self._state["seq"], "fields": changed, "lines": lines})
        except AWAY as exc:
            if not self._away:
                logger.warning("The live page does not get call %s: %s", self.call_id, type(exc).__name__)
            self._away = True
        else:
            self._away = False

    async def _layer_send(self, message: dict[str, Any]) -> None:
        layer: Any = get_channel_layer()
        await layer.group_send(GROUP, {"type": "live.changed", "id": self.call_id} | message)

    async def _unless_closing(self, waited: Any) -> Any:
        """The result; None when the feed is closed first."""
        work = asyncio.ensure_future(waited)
        closing = asyncio.ensure_future(self._closing.wait())
        try:
            await asyncio.wait({work, closing}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else None
        finally:
            for one in (work, closing):
                one.cancel()


def told(moment: events.Moment) -> tuple[str, dict[str, Any]]:
    """The engine's word as the pages' word."""
    match moment:
        case events.Answered():
            return "answered", {}
        case events.CallerHeard(text=text):
            return "caller_heard", {"text": text}
        case events.CallerTurn(text=text, answered=answered, digits=digits):
            return "caller_turn", {"text": text, "spoken_to": answered, "digits": digits}
        case events.AssistantSpeaks(text=text):
            return "assistant_speaks", {"text": text}
        case events.AssistantTurn(heard=heard, cut=cut, interrupted=interrupted):
            return "assistant_turn", {"text": heard, "cut": cut, "interrupted": interrupted}
        case events.Resumed(text=text, seconds=seconds):
            return "resumed", {"text": text, "seconds": seconds}
        case events.MessageBegins():
            return "note", {"text": "Звонящий оставляет сообщение"}
        case events.MessageTaken(seconds=seconds):
            return "note", {"text": f"Сообщение записано, {seconds:.0f} с" if seconds else "Сообщения не оставили"}
        case events.Trouble(what=what, detail=detail):
            return "trouble", {"what": what, "detail": detail}
        case events.Ended(ending=ending, reason=reason):
            return "ended", {"ending": str(ending), "reason": reason}
