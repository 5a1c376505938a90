"""The two languages of the socket.

Plain (no subprotocol): every frame is text. What comes in is said by the visitor; what goes out is said by the
assistant, the greeting first, then each answer sentence by sentence. There is no mark at an answer's end.

`vasdom.v1`: every frame is a JSON object with "type".
  In:  message (text, id?), stop, rate (call, turn, rating, comment?, id?).
  Out: ready (session, message_length, resumed) and greeting (text, revision); then for every message delta (id, text),
       as many as the text comes in, citations (id, base, citations) and end (id, call, turn, text, base, revision,
       outcome, answered, offers_person, interrupted, tools, timings); rated (id, call, turn, rating);
       error (id, code, message, retry_after).
A client that comes back adds ?session= to the address, with what `ready` told it, and goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

from vasdom.errors import InvalidInput, VasdomError
from voice.chat.errors import TooOften
from voice.chat.talk import Answered
from voice.events import Citation, Citations, Delta, End, Event, Greeting, ToolUse

SUBPROTOCOL = "vasdom.v1"
LONGEST_ID = 100
# What people call the assistant's tools; one without a name here goes by its own.
TOOL_LABELS = {
    "next_visits": "График уборки",
    "past_visits": "Прошлые уборки",
    "house_by_address": "Дом по адресу",
    "elder_contact": "Контакт старшего",
    "company_contact": "Контакты УК",
    "brigade_plan": "План бригады",
    "totals": "Подсчёт",
    "register_complaint": "Запись жалобы",
    "register_request": "Запись заявки",
    "call_back": "Обратный звонок",
}
BROKEN = VasdomError("Простите, у меня не получилось ответить. Повторите, пожалуйста, вопрос.", code="internal_error")


# --- what comes in


@dataclass(frozen=True, slots=True)
class Message:
    """Something said; `id` is the client's name for it and comes back with everything that answers it."""

    text: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Stop:
    """The answer in progress is not wanted any more."""


@dataclass(frozen=True, slots=True)
class Rating:
    """A judgement of one answer, 1…5; None takes it back."""

    call: UUID
    turn: int
    rating: int | None
    comment: str = ""
    id: str = ""


Incoming = Message | Stop | Rating


class Language(Protocol):
    """How a connection speaks."""

    subprotocol: str | None

    def read(self, frame: str) -> Incoming:
        """Raises InvalidInput for what it does not understand."""

    def ready(self, session: str, message_length: int, resumed: bool) -> str | None: ...

    def event(self, event: Event, about: str) -> str | None:
        """A frame for one event of the message `about`; None when this language has no word for it."""

    def answered(self, answered: Answered, about: str) -> str | None: ...

    def rated(self, rating: Rating) -> str | None: ...

    def error(self, error: VasdomError, about: str = "") -> str: ...


class Plain:
    """Text only, as the first version of the line spoke: a frame is a whole sentence."""

    subprotocol: str | None = None
    _begun = ""

    def read(self, frame: str) -> Incoming:
        return Message(frame)

    def ready(self, session: str, message_length: int, resumed: bool) -> str | None:
        return None

    def event(self, event: Event, about: str) -> str | None:
        if not isinstance(event, Greeting | Delta):
            return None
        text, self._begun = self._begun + event.text, ""
        if isinstance(event, Delta) and event.is_begun:
            self._begun = text
            return None
        return text

    def answered(self, answered: Answered, about: str) -> str | None:
        begun, self._begun = self._begun, ""  # the words an answer ended with, or broke off after
        if answered.end is None and answered.failed:
            return BROKEN.message
        return begun or None

    def rated(self, rating: Rating) -> str | None:
        return None

    def error(self, error: VasdomError, about: str = "") -> str:
        return error.message


class Json:
    """`vasdom.v1`."""

    subprotocol: str | None = SUBPROTOCOL

    def read(self, frame: str) -> Incoming:
        try:
            body = json.loads(frame)
        except (ValueError, RecursionError) as exc:
            raise InvalidInput("Ожидается объект JSON.", code="parse_error") from exc
        if not isinstance(body, dict):
            raise InvalidInput("Ожидается объект JSON.", code="parse_error")
        kind = body.get("type")
        if kind == "message":
            return Message(_text(body, "text"), _text(body, "id", "")[:LONGEST_ID])
        if kind == "rate":
            return _rating(body)
        if kind == "stop":
            return Stop()
        raise InvalidInput("Неизвестный тип сообщения.", field="type")

    def ready(self, session: str, message_length: int, resumed: bool) -> str | None:
        return _frame("ready", session=session, message_length=message_length, resumed=resumed)

    def event(self, event: Event, about: str) -> str | None:
        if isinstance(event, Greeting):
            return _frame("greeting", text=event.text, revision=event.revision)
        if isinstance(event, Delta):
            return _frame("delta", id=about, text=event.text)
        if isinstance(event, Citations):
            base = event.items[0].base if event.items else ""
            return _frame("citations", id=about, base=base, citations=[citation_json(one) for one in event.items])
        return None  # the end is told when its turn is in the log: `answered`

    def answered(self, answered: Answered, about: str) -> str | None:
        if answered.failed and answered.end is None:
            return self.error(BROKEN, about)
        kept = {"call": str(answered.call_id), "turn": answered.turn, "text": answered.text}
        return _frame("end", id=about, interrupted=answered.interrupted, **kept, **_ending(answered.end))

    def rated(self, rating: Rating) -> str | None:
        return _frame("rated", id=rating.id, call=str(rating.call), turn=rating.turn, rating=rating.rating)

    def error(self, error: VasdomError, about: str = "") -> str:
        wait = error.wait_seconds if isinstance(error, TooOften) else None
        return _frame("error", id=about, code=error.code, message=error.message, retry_after=wait)


def language_for(offered: Iterable[str]) -> Language:
    """JSON for a client that asks for it, plain text for anyone else."""
    return Json() if SUBPROTOCOL in offered else Plain()


# --- parts of frames


def citation_json(citation: Citation) -> dict[str, Any]:
    return asdict(citation)


def tool_json(used: ToolUse) -> dict[str, Any]:
    label = TOOL_LABELS.get(used.name, used.name)
    return {"name": used.name, "label": label, "result": used.result, "outcome": used.outcome, "task_id": used.task_id}


def _ending(end: End | None) -> dict[str, Any]:
    if end is None:
        return {"base": "", "revision": None, "outcome": "interrupted", "answered": None, "tools": [], "timings": {}}
    return {
        "base": end.base,
        "revision": end.revision,
        "outcome": end.outcome.value,
        "answered": end.answered,
        "offers_person": end.offers_person,
        "tools": [tool_json(used) for used in end.tool_calls],
        "timings": {stage: round(spent, 1) for stage, spent in end.timings.items()},
    }


def _frame(kind: str, **values: Any) -> str:
    return json.dumps({"type": kind, **values}, ensure_ascii=False)


def _text(body: Mapping[str, Any], name: str, otherwise: str | None = None) -> str:
    value = body.get(name, otherwise)
    if not isinstance(value, str):
        raise InvalidInput(f"Поле {name}: ожидается строка.", field=name)
    return value


def _rating(body: Mapping[str, Any]) -> Rating:
    try:
        call = UUID(_text(body, "call"))
    except ValueError as exc:
        raise InvalidInput("Поле call: ожидается номер разговора.", field="call") from exc
    turn, rating = body.get("turn"), body.get("rating")
    if type(turn) is not int or not 1 <= turn <= 2**31 - 1:
        raise InvalidInput("Поле turn: ожидается номер реплики.", field="turn")
    if rating is not None and type(rating) is not int:
        raise InvalidInput("Поле rating: ожидается число от 1 до 5.", field="rating")
    return Rating(call, turn, rating, _text(body, "comment", ""), _text(body, "id", "")[:LONGEST_ID])
