"""Putting a caller through: whom to ask in which order, what the operator is told, the call back when nobody answers.

Works in threads of the database; the telephone side is `voice.transports`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from houses.models import House
from tasks.actions import create_task
from tasks.models import Task
from vasdom.errors import InvalidInput
from voice.phone.models import LONGEST_CHAIN, TransferTarget
from voice.phone.rules import REASONS, Escalation, Reason, Target
from voice.snapshot import CallSettings

LONGEST_SAID = 160
LONGEST_QUOTED = 1_200


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as the operator needs it. `speaker` is "caller" or "assistant"."""

    speaker: str
    text: str


# --- whom


def rule_for(call: CallSettings, reason: str) -> Escalation | None:
    """The first rule of the revision with this reason."""
    return next((rule for rule in call.escalations if rule.reason == reason), None)


def plan(wanted: Escalation | Target | None, now: datetime | None = None) -> tuple[Target, ...]:
    """Who is asked, one after the other; empty = nobody works now, so a call back is noted.

    The allow-list is read anew: a target that was switched off since the call began is not dialled, and a new endpoint
    of it is the one that is dialled.

    Args:
        wanted: a rule, a target, or None: the first of the list that works.
        now: of the company's time; None = this moment.
    """
    rows = [row.frozen() for row in TransferTarget.objects.filter(enabled=True).order_by("position", "name")]
    target = wanted.target if isinstance(wanted, Escalation) else wanted
    moment = timezone.localtime(now)
    if target is not None:
        return chain(target.id, _by_id(rows), moment)
    return next((found for row in rows if (found := chain(row.id, _by_id(rows), moment))), ())


def chain(start: int, targets: Mapping[int, Target], now: datetime) -> tuple[Target, ...]:
    """The targets from `start` on that work at this moment, each once. What is not in `targets` ends the chain."""
    found: list[Target] = []
    seen: set[int] = set()
    step: int | None = start
    while step is not None and step in targets and step not in seen and len(seen) < LONGEST_CHAIN:
        seen.add(step)
        if targets[step].is_open(now):
            found.append(targets[step])
        step = targets[step].next_id
    return tuple(found)


def allowed_targets(now: datetime | None = None) -> tuple[tuple[Target, bool], ...]:
    """All that a person may put a call through to by hand, each with whether it works now."""
    moment = timezone.localtime(now)
    rows = (row.frozen() for row in TransferTarget.objects.filter(enabled=True).order_by("position", "name"))
    return tuple((target, target.is_open(moment)) for target in rows)


def _by_id(targets: Sequence[Target]) -> dict[int, Target]:
    return {target.id: target for target in targets}


# --- what is told


def briefing(caller: str, house: str, reason: str, turns: Sequence[Said], *, digit: str = "1") -> str:
    """What the operator hears before the call: who, about which house, why, the last question; how to take it.

    Args:
        caller: a name, as far as it is known; never a number: it is on the page.
        reason: a `Reason`.
        digit: takes the call.
    """
    parts = [f"Звонок от помощника. Звонит {caller}." if caller else "Звонок от помощника."]
    if house:
        parts.append(f"Дом: {house}.")
    parts.append(f"{reason_label(reason)}.")
    asked = last_question(turns)
    if asked:
        parts.append(f"Последние слова: {asked}")
    parts.append(f"Чтобы принять звонок, нажмите {digit}.")
    return " ".join(parts)


def reason_label(reason: str) -> str:
    return REASONS[Reason(reason)] if reason in set(Reason) else "Нужен человек"


def last_question(turns: Sequence[Said]) -> str:
    """What the caller said last at any length worth repeating, cut at a word, with an end mark."""
    said = [turn.text.strip() for turn in turns if turn.speaker == "caller" and turn.text.strip()]
    if not said:
        return ""
    chosen = next((text for text in reversed(said) if len(text.split()) > 2), said[-1])
    if len(chosen) > LONGEST_SAID:
        chosen = chosen[:LONGEST_SAID].rsplit(" ", 1)[0].rstrip(",;: ")
    return chosen if chosen[-1] in ".!?…" else f"{chosen}."


# --- nobody answered


def callback(
    call_id: str, *, phone: str, house: House | None = None, reason: str = "", turns: Sequence[Said] = ()
) -> Task:
    """Note that the caller is to be called back today; the task's history says from which call.

    An unusable number is left out rather than the task. One transaction.
    """
    try:
        return _put(call_id, phone, house, reason, turns)
    except InvalidInput as exc:
        if exc.field != "contact_phone":
            raise
        return _put(call_id, "", house, reason, turns)


def _put(call_id: str, phone: str, house: House | None, reason: str, turns: Sequence[Said]) -> Task:
    asked = last_question(turns)
    lines = ["Перезвонить: на звонок не ответил никто из сотрудников.", f"Повод: {reason_label(reason).lower()}."]
    if asked:
        lines.append(f"Спрашивали: {asked[:LONGEST_QUOTED]}")
    if not phone:
        lines.append("Номер не определился.")
    return create_task(
        "\n".join(lines),
        kind=Task.Kind.REQUEST,
        house=house,
        due=timezone.localdate(),
        source="phone",
        contact_phone=phone,
        comment=f"Звонок {call_id[:8]}",
    )
