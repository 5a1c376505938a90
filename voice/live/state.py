"""What is shown of a call that goes on: a dictionary, and what each thing that happens changes of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone

State = dict[str, Any]
"""A call as JSON: see `fresh`."""
Change = tuple[dict[str, Any], list[dict[str, Any]]]
"""Fields with their new values, and the lines that are added to `lines`."""

MOST_LINES = 200
STARTED = ("caller", "contact", "house", "house_id", "dialled", "revision", "targets", "started_at")
"""What a call brings with it; a part may come later, with `identified`."""


def fresh(call_id: str) -> State:
    """`speaks` is "caller", "assistant" or nobody; `interim` are words that may change, `saying` what sounds now.

    `lines` are turns (`speaker`, `text`, `cut`, `interrupted`, `spoken_to`, `digits`, `at`) and notes (`note`, `at`).
    `targets` are `{"key", "label"}`: where the call may be put through to. `handover` is `{"state", "reason",
    "target", "at"}`, `command` the office's last word, both None at first.
    """
    return {
        "id": call_id,
        "seq": 0,
        "caller": "",
        "contact": "",
        "house": "",
        "house_id": None,
        "dialled": "",
        "revision": None,
        "targets": [],
        "started_at": now(),
        "greeted": False,
        "speaks": "",
        "interim": "",
        "saying": "",
        "handover": None,
        "command": None,
        "ended": None,
        "lines": [],
    }


def now() -> str:
    return timezone.now().isoformat()


def change(state: State, kind: str, data: dict[str, Any]) -> Change:
    """What this event changes; nothing for a kind that is not known here."""
    step = STEPS.get(kind)
    return step(state, data) if step else ({}, [])


def apply(state: State, changed: Change) -> None:
    fields, lines = changed
    state.update(fields)
    state["lines"] = [*state["lines"], *lines][-MOST_LINES:]


def _started(state: State, data: dict[str, Any]) -> Change:
    fields = {name: data[name] for name in STARTED if data.get(name) not in (None, "")}
    if isinstance(fields.get("started_at"), datetime):
        fields["started_at"] = fields["started_at"].isoformat()
    return fields, []


def _answered(state: State, data: dict[str, Any]) -> Change:
    return {"greeted": True}, []


def _caller_heard(state: State, data: dict[str, Any]) -> Change:
    return {"interim": data.get("text", ""), "speaks": "caller"}, []


def _caller_turn(state: State, data: dict[str, Any]) -> Change:
    line = _line("caller", data, spoken_to=bool(data.get("spoken_to", True)), digits=bool(data.get("digits")))
    return {"interim": "", "speaks": "assistant" if state["saying"] else ""}, [line]


def _assistant_speaks(state: State, data: dict[str, Any]) -> Change:
    saying = " ".join(part for part in (state["saying"], data.get("text", "")) if part)
    return {"saying": saying, "speaks": "assistant"}, []


def _assistant_turn(state: State, data: dict[str, Any]) -> Change:
    line = _line("assistant", data, cut=data.get("cut", ""), interrupted=bool(data.get("interrupted")))
    return {"saying": "", "speaks": "caller" if state["interim"] else ""}, [line]


def _resumed(state: State, data: dict[str, Any]) -> Change:
    fields = {"interim": "", "speaks": "assistant" if state["saying"] else ""}
    heard = data.get("text", "")
    return fields, [_note(f"Пауза и продолжение{f' после «{heard}»' if heard else ''}")]


def _trouble(state: State, data: dict[str, Any]) -> Change:
    what = TROUBLES.get(data.get("what", ""), data.get("what", ""))
    return {}, [_note(": ".join(part for part in (f"Сбой: {what}", data.get("detail", "")) if part), bad=True)]


def _note_told(state: State, data: dict[str, Any]) -> Change:
    return {}, [_note(data.get("text", ""))]


def _handover_wanted(state: State, data: dict[str, Any]) -> Change:
    handover = {"state": "wanted", "reason": data.get("reason", ""), "target": data.get("target", ""), "at": now()}
    return {"handover": handover}, [_note(f"Нужен сотрудник: {data.get('reason', '') or 'причина не названа'}")]


def _handover(state: State, data: dict[str, Any]) -> Change:
    before = state["handover"] or {"reason": data.get("reason", ""), "target": "", "at": now()}
    reached = data.get("state", "")
    handover = before | {"state": reached, "target": data.get("target", before["target"]), "changed_at": now()}
    words = ": ".join(filter(None, (HANDOVERS.get(reached, reached), handover["target"])))
    return {"handover": handover}, [_note(words)]


def _command(state: State, data: dict[str, Any]) -> Change:
    told = {name: data.get(name, "") for name in ("id", "kind", "text", "target", "user")} | {"at": now()}
    words = COMMANDS.get(told["kind"], told["kind"])
    more = told["text"] or told["target"]
    return {"command": told}, [_note(f"{told['user'] or 'Сотрудник'}: {words}{f' «{more}»' if more else ''}")]


def _ended(state: State, data: dict[str, Any]) -> Change:
    ended = {"ending": data.get("ending", ""), "reason": data.get("reason", ""), "at": now()}
    return {"ended": ended, "interim": "", "saying": "", "speaks": ""}, []


def _line(speaker: str, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"speaker": speaker, "text": data.get("text", ""), "at": now()} | more


def _note(words: str, *, bad: bool = False) -> dict[str, Any]:
    return {"note": words, "bad": bad, "at": now()}


TROUBLES = {"recognition": "распознавание речи", "reply": "ответ", "synthesis": "синтез речи"}
HANDOVERS = {
    "wanted": "Нужен сотрудник",
    "ringing": "Звоним сотруднику",
    "accepted": "Сотрудник принял звонок",
    "busy": "Занято",
    "no_answer": "Не отвечают",
    "refused": "Сотрудник отказался",
    "closed": "Нерабочее время",
    "failed": "Перевод не удался",
    "back": "Звонящий вернулся к ассистенту",
    "callback": "Заявка на обратный звонок",
}
COMMANDS = {"hang_up": "завершить звонок", "transfer": "перевести", "say": "сказать"}
STEPS: dict[str, Callable[[State, dict[str, Any]], Change]] = {
    "call_started": _started,
    "identified": _started,
    "answered": _answered,
    "caller_heard": _caller_heard,
    "caller_turn": _caller_turn,
    "assistant_speaks": _assistant_speaks,
    "assistant_turn": _assistant_turn,
    "resumed": _resumed,
    "trouble": _trouble,
    "note": _note_told,
    "handover_wanted": _handover_wanted,
    "handover": _handover,
    "command": _command,
    "ended": _ended,
}
