"""The socket of the written chat: `/ws?callerId=…`."""

from __future__ import annotations

import asyncio
from functools import partial

from channels.generic.websocket import AsyncWebsocketConsumer

from vasdom.errors import VasdomError
from voice.chat.admission import Admission, Place, database_needed
from voice.chat.errors import Refused, TooManyWaiting
from voice.chat.lingering import LINGERING
from voice.chat.protocol import Incoming, Language, Message, Rating, Stop, language_for
from voice.chat.talk import Talk
from voice.chat.visitors import origin_of
from voice.events import Event

WAITING_MESSAGES = 3
PULSE_SECONDS = 20.0
NORMAL_CLOSURE, ABNORMAL_CLOSURE = 1000, 1006


class ChatConsumer(AsyncWebsocketConsumer):
    """Translates between frames and a `Talk`. Who may talk, and how much, is for `Admission` to say."""

    language: Language
    admission: Admission
    talk: Talk | None = None
    _working: asyncio.Task[None] | None = None
    _pulse: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        origin = origin_of(self.scope)
        if not origin.is_allowed:
            await self.close()  # before the handshake, which makes it a 403
            return
        self.language = language_for(self.scope.get("subprotocols", []))
        self._waiting: asyncio.Queue[Message | None] = asyncio.Queue()
        self.admission = Admission(self.scope, origin)
        await self.accept(self.language.subprotocol)  # a browser sees close codes only after the handshake
        try:
            self.talk, place = await self.admission.open(continued=self.is_continuous)
            await self.greet(self.talk, place)
        except Refused as exc:
            await self.show_out(exc)
            return
        self._working = asyncio.create_task(self.work(self.talk))
        self._pulse = asyncio.create_task(self.keep_place())

    @property
    def is_continuous(self) -> bool:
        """The client can come back to its conversation."""
        return self.language.subprotocol is not None

    async def greet(self, talk: Talk, place: Place) -> None:
        LINGERING.keep(place.call_id)
        await self.tell(self.language.ready(place.session, self.admission.limits.message_length, place.resumed))
        if not place.resumed:
            with database_needed():
                await self.hear(await talk.greeting(self.admission.visitor.user))

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.talk is None:
            return
        frame = text_data if text_data is not None else (bytes_data or b"").decode("utf-8", "replace")
        about = ""
        try:
            message = self.language.read(frame)
            about = getattr(message, "id", "")
            await self.take(message, self.talk)
        except Refused as exc:
            await self.show_out(exc)
        except VasdomError as exc:
            await self.tell(self.language.error(exc, about))

    async def take(self, message: Incoming, talk: Talk) -> None:
        if isinstance(message, Stop):
            talk.stop()
        elif isinstance(message, Rating):
            await self.admission.rate(message, talk)
            await self.tell(self.language.rated(message))
        elif message.text.strip():
            if self._waiting.qsize() >= WAITING_MESSAGES:
                raise TooManyWaiting("Подождите ответа на предыдущие сообщения.")
            await self.admission.count(message.text)
            self._waiting.put_nowait(message)

    async def work(self, talk: Talk) -> None:
        """Answer message after message, until there is a None."""
        while (message := await self._waiting.get()) is not None:
            listener = partial(self.hear, about=message.id)
            answered = await talk.answer(message.text, self.admission.visitor.user, listener)
            await self.tell(self.language.answered(answered, message.id))

    async def hear(self, event: Event, about: str = "") -> None:
        await self.tell(self.language.event(event, about))

    async def tell(self, frame: str | None) -> None:
        if frame is not None:
            await self.send(text_data=frame)

    async def keep_place(self) -> None:
        try:
            while True:
                await asyncio.sleep(PULSE_SECONDS)
                await self.admission.renew()
        except Refused as exc:
            await self.show_out(exc)

    async def show_out(self, refused: Refused) -> None:
        await self.tell(self.language.error(refused))
        await self.close(refused.close_code)

    async def disconnect(self, code: int) -> None:
        if self._pulse is not None:
            self._pulse.cancel()
        if self.talk is not None and self._working is not None:
            while not self._waiting.empty():
                self._waiting.get_nowait()
            self._waiting.put_nowait(None)
            self.talk.stop()
            await asyncio.wait({self._working})
            await self.part(self.talk, code)
            await self.admission.leave()

    async def part(self, talk: Talk, code: int) -> None:
        """End the call; at once, or soon unless the client comes back."""
        if self.is_continuous and code != NORMAL_CLOSURE:
            LINGERING.close_later(talk, lost=code == ABNORMAL_CLOSURE)
            return
        await talk.close(lost=code == ABNORMAL_CLOSURE)
        talk.forget()
