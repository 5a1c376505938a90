"""One telephone call from its arrival to its last row: puts the parts together and takes them apart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from uuid import UUID, uuid4

from django.utils import timezone

from calls.models import CallEvent
from providers.speech import SpeechRecognizer
from voice import handover, speech
from voice.assistant import Conversation
from voice.engine import events
from voice.engine.events import Ended, Ending
from voice.engine.session import CallSession
from voice.engine.vad import VoiceActivity, classifier
from voice.live.feed import Command, LiveFeed
from voice.phone import engine_settings
from voice.phone.brain import PhoneBrain
from voice.phone.caller import CallerCardOf
from voice.phone.handing import OFFICE, Handing
from voice.phone.recorder import CallRecorder
from voice.phone.speaker import PhoneSpeaker
from voice.phone.stand import Stand
from voice.phone.tape import CallTape
from voice.snapshot import CallSettings
from voice.threads import behind
from voice.transports.asterisk.call import AsteriskCall
from voice.transports.errors import CallGone, LineError

logger = logging.getLogger(__name__)
Kind = CallEvent.Kind


class PhoneCall:
    """Leads one call of a process. `run` returns when the call is over, or was sent on."""

    def __init__(self, call: AsteriskCall, stand: Stand) -> None:
        self.id: UUID = uuid4()
        self._call, self._stand = call, stand
        settings = stand.settings
        self._settings: CallSettings = engine_settings.for_phone(settings)
        self._caller = CallerCardOf(call.caller)
        self._recognizer = recognizer_of(self._settings)
        self._speaker = PhoneSpeaker(self._settings, stand.phrases)
        self._recorder = CallRecorder(
            stand.ledger,
            self.id,
            revision=settings.number,
            arrived=call.arrived,
            recognizer=self._recognizer.name if self._recognizer else "",
            synthesizer=lambda: self._speaker.name,
        )
        self._feed = LiveFeed(self.id)
        self._tape = CallTape(self.id, call.arrived_at, is_on=settings.record_calls)
        self._session: CallSession | None = None
        self._ending: Ended | None = None

    async def run(self) -> None:
        call = self._call
        self._recorder.opened(caller=call.caller, dialled=call.dialled, line_id=call.id, arrived_at=call.arrived_at)
        try:
            await call.open()
        except CallGone:
            self._recorder.ended(Ending.CALLER_HUNG_UP, status="Interrupted")
            return
        except LineError as exc:
            logger.warning("a call could not be opened: %s", exc.message)
            self._recorder.note(Kind.TROUBLE, exc.message)
            self._recorder.ended(Ending.FAILED)
            await call.leave(reason="failed")
            return
        await self._talk()

    async def _talk(self) -> None:
        conversation = Conversation(str(self.id), channel="phone", phone=self._call.caller, settings=self._settings)
        self._session = session = self._made_session(conversation)
        self._call.on_digit = session.digit
        self._recorder.began = asyncio.get_running_loop().time()
        try:
            async with self._feed, self._helpers(session):
                self._ending = await session.run()
                if self._ending.ending is Ending.HANDED_OVER:
                    await self._call.ended
        finally:
            conversation.close()
            await self._finish()

    def _made_session(self, conversation: Conversation) -> CallSession:
        settings, now = self._settings, timezone.localtime()
        brain = PhoneBrain(conversation, settings, call_id=self.id, phone=self._call.caller)
        control = Handing(
            self._call,
            settings,
            call_id=self.id,
            caller=self._caller,
            recorder=self._recorder,
            feed=self._feed,
            speaker=self._speaker,
            accept_digit=self._stand.accept_digit,
        )
        return CallSession(
            transport=self._call.transport,
            recognizer=self._recognizer,
            speaker=self._speaker,
            brain=brain,
            control=control,
            observer=self,
            settings=engine_settings.voice_settings(settings, self._stand.hints),
            phrases=engine_settings.phrases(settings, now),
            activity=VoiceActivity(classifier(settings.vad)),
            arrived=self._call.arrived,
            tape=self._tape,
        )

    # --- what happens

    def happened(self, moment: events.Moment) -> None:
        """The engine's observer: the log and the office are told."""
        if isinstance(moment, events.MessageBegins):
            self._tape.turn_on()
        elif isinstance(moment, events.MessageTaken) and not self._settings.record_calls:
            self._tape.turn_off()
        elif isinstance(moment, events.Answered) and self._settings.record_calls:
            self._recorder.note(Kind.CONSENT)
        self._recorder.happened(moment)
        self._feed.happened(moment)

    @asynccontextmanager
    async def _helpers(self, session: CallSession) -> AsyncIterator[None]:
        """What runs beside the talk and ends with it."""
        tasks = [
            asyncio.create_task(self._introduce(), name="call: who calls"),
            asyncio.create_task(self._obey(session), name="call: the office's commands"),
        ]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _introduce(self) -> None:
        """Who calls is told to the log and to the office as soon as it is known."""
        self._feed.tell(
            "call_started",
            caller=self._call.caller,
            dialled=self._call.dialled,
            revision=self._settings.number,
            started_at=self._call.arrived_at,
        )
        await self._caller.look_up(self.id)
        house = self._caller.house
        if self._caller.name or house:
            self._recorder.identified(self._caller.name, house.pk if house else None)
        targets = await behind(handover.allowed_targets)
        self._feed.tell(
            "identified",
            contact=self._caller.name,
            house=self._caller.house_title,
            house_id=house.pk if house else None,
            targets=[{"key": str(target.id), "label": target.name} for target, is_open in targets if is_open],
        )

    async def _obey(self, session: CallSession) -> None:
        async for command in self._feed.commands():
            self._do(command, session)

    def _do(self, command: Command, session: CallSession) -> None:
        if command.kind == "say" and command.text.strip():
            self._recorder.note(Kind.OFFICE_SAID, f"{command.user}: {command.text}")
            session.say(command.text.strip())
        elif command.kind == "transfer":
            self._recorder.note(Kind.OFFICE_TRANSFERRED, command.user)
            session.hand_over(f"{OFFICE}{command.target}")
        elif command.kind == "hang_up":
            self._recorder.note(Kind.OFFICE_HUNG_UP, command.user)
            session.end(Ending.SAID_GOODBYE, "office")

    async def _finish(self) -> None:
        """The recording and the last row; whatever ended the call."""
        with suppress(OSError):
            await self._tape.close()
        ending = self._ending.ending if self._ending else Ending.FAILED
        self._recorder.ended(ending, consent=self._tape.has_any)


def recognizer_of(settings: CallSettings) -> SpeechRecognizer | None:
    """The revision's vendors, one after another; None when none of them is set up: the line works by keys then."""
    usable = [vendor for vendor in settings.recognizers if not speech.missing_for(vendor)]
    return speech.recognizer(usable) if usable else None
