"""The engine's moments as the call log's turns and events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from calls.actions import TurnRecord
from calls.models import CallEvent, Turn
from voice.chat.recorder import ANSWERED, tool_call
from voice.engine import events
from voice.events import Outcome
from voice.phone import entries
from voice.phone.brain import Record
from voice.phone.ledger import Ledger

Kind = CallEvent.Kind
STATUS = {
    events.Ending.CALLER_HUNG_UP: "Completed",
    events.Ending.SAID_GOODBYE: "Completed",
    events.Ending.CALLER_SILENT: "Completed",
    events.Ending.TOO_LONG: "Completed",
    events.Ending.HANDED_OVER: "Completed",
    events.Ending.FAILED: "Failed",
}


class CallRecorder:
    """Implements `Observer`: numbers the turns, turns the loop's clock into the company's."""

    def __init__(
        self,
        ledger: Ledger,
        call_id: UUID,
        *,
        revision: int,
        arrived: float,
        recognizer: str,
        synthesizer: Callable[[], str],
    ) -> None:
        self._ledger, self._call_id, self._revision, self._recognizer = ledger, call_id, revision, recognizer
        self._synthesizer = synthesizer
        self._arrived = arrived
        self._zero = timezone.now() - timedelta(seconds=asyncio.get_running_loop().time())
        self._turns = 0
        self._events = 0
        self.began: float | None = None
        """When the recording began, by the loop's clock."""
        self.said: list[tuple[str, str]] = []
        """The talk so far: ("caller" | "assistant", text)."""

    def opened(self, *, caller: str, dialled: str, line_id: str, arrived_at: datetime) -> None:
        """The call has come in."""
        entry = entries.opened(
            caller=caller, dialled=dialled, line_id=line_id, arrived_at=arrived_at, revision=self._revision
        )
        self._ledger.write(self._call_id, entry)

    def identified(self, contact: str, house_id: int | None) -> None:
        """It is known who calls."""
        self._ledger.write(self._call_id, entries.identified(contact, house_id))

    def happened(self, moment: events.Moment) -> None:
        match moment:
            case events.Answered(seconds=seconds):
                self._ledger.write(self._call_id, entries.greeted(seconds * 1000))
            case events.CallerTurn():
                self._caller(moment)
            case events.AssistantTurn():
                self._assistant(moment)
            case events.Resumed(seconds=seconds, text=text):
                self.note(Kind.RESUMED, text, milliseconds=seconds * 1000)
            case events.Trouble(what=what, detail=detail):
                self.note(Kind.TROUBLE, f"{TROUBLES.get(what, what)}: {detail}")
            case events.MessageTaken(seconds=seconds):
                self.note(Kind.KEY, f"Оставлено сообщение, {seconds:.0f} с" if seconds else "Сообщение не оставлено")
            case _:
                pass

    def note(self, kind: str, text: str = "", *, milliseconds: float | None = None) -> None:
        """Something besides what was said."""
        self._events += 1
        entry = entries.event(f"{self._events}", timezone.now(), kind, text, milliseconds)
        self._ledger.write(self._call_id, entry)

    def ended(self, ending: str, *, status: str | None = None, consent: bool = False) -> None:
        """The call is over: the last that is written of it."""
        status = status or STATUS.get(events.Ending(ending), "Completed")
        self._ledger.write(self._call_id, entries.recorded(consent=consent))
        self._ledger.write(self._call_id, entries.closed(status, ending, timezone.now()))
        self._ledger.end(self._call_id)

    def _caller(self, turn: events.CallerTurn) -> None:
        self.said.append(("caller", turn.text))
        self._turn(
            speaker=Turn.Speaker.CALLER,
            text=turn.text,
            started_at=self._at(turn.started),
            ended_at=self._at(turn.ended),
            spoken_to=turn.answered,
            digits=turn.digits,
            recognizer="" if turn.digits else self._recognizer,
            from_ms=self._offset(turn.started),
            to_ms=self._offset(turn.ended),
        )

    def _assistant(self, turn: events.AssistantTurn) -> None:
        if not turn.heard and not turn.cut:
            return
        if turn.heard:
            self.said.append(("assistant", turn.heard))
        record = turn.record if isinstance(turn.record, Record) else None
        end = record.end if record else None
        self._turn(
            speaker=Turn.Speaker.OPERATOR if turn.stock == "office" else Turn.Speaker.ASSISTANT,
            text=turn.heard,
            normalised=end.heard if end else "",
            base=end.base if end else "",
            revision_number=self._revision,
            citations=[asdict(one) for one in record.citations] if record else (),
            tool_calls=[tool_call(one) for one in end.tool_calls] if end else (),
            timings=turn.timings,
            answered=ANSWERED.get(Outcome(end.outcome)) if end else None,
            handed_over=bool(record and record.handed_over),
            embedding_requests=end.embedding_requests if end else None,
            started_at=self._at(turn.started),
            ended_at=self._at(turn.ended),
            synthesizer=self._synthesizer(),
            cut=turn.cut,
            interrupted=turn.interrupted,
            first_audio_ms=turn.first_audio_ms,
            cut_ms=turn.cut_ms,
            from_ms=self._offset(turn.started),
            to_ms=self._offset(turn.ended),
        )

    def _turn(self, **values: object) -> None:
        self._turns += 1
        self._ledger.write(self._call_id, entries.turn(TurnRecord(self._turns, **values)))  # type: ignore[arg-type]

    def _at(self, moment: float) -> datetime:
        return self._zero + timedelta(seconds=moment)

    def _offset(self, moment: float) -> float | None:
        return None if self.began is None else max(0.0, round((moment - self.began) * 1000))


TROUBLES = {"recognition": "распознавание", "synthesis": "синтез", "reply": "ответ", "handover": "перевод"}
