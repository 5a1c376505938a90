"""What one revision changes of another, as people read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import ndiff
from typing import Any

from voice.models import EDITABLE, AssistantRevision, EscalationRule
from voice.phone.fields import VENDOR_NAMES
from voice.phone.rules import COUNTED, Reason

RULES_LABEL = "когда нужен человек"
RULES = "rules"


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `lines` are pairs of a sign (" ", "+", "-") and a line."""

    field: str
    label: str
    old: str
    new: str
    lines: tuple[tuple[str, str], ...]


def diff(old: AssistantRevision, new: AssistantRevision) -> list[Change]:
    """What the newer revision changes, in the order people read it. Reads the rules of both, unless prefetched."""
    found = [
        change
        for name in EDITABLE
        if (change := _change(name, label_of(name), shown(old, name), shown(new, name))) is not None
    ]
    rules = _change(RULES, RULES_LABEL, shown_rules(old), shown_rules(new))
    return [*found, rules] if rules else found


def label_of(name: str) -> str:
    return str(AssistantRevision._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def shown(revision: AssistantRevision, name: str) -> str:
    """A value as people read it."""
    display = getattr(revision, f"get_{name}_display", None)
    return written(display() if display else getattr(revision, name))


def written(value: Any) -> str:
    if isinstance(value, bool):
        return "да" if value else "нет"
    if isinstance(value, list):
        return " → ".join(str(VENDOR_NAMES.get(each, each)) for each in value) or "никто"
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)


def shown_rules(revision: AssistantRevision) -> str:
    """The rules that lead to a person, one a line."""
    return "\n".join(map(rule_line, revision.escalations.all()))


def rule_line(rule: EscalationRule) -> str:
    """«Не знает ответа несколько раз подряд: 2 → Офис, «Соединяю»»."""
    about = str(rule.threshold) if rule.reason in COUNTED else ""
    if rule.reason == Reason.COMPLAINT_WORDS:
        about = ", ".join(rule.word_lines())
    line = f"{rule}: {about}" if about else str(rule)
    line += f" → {rule.target or 'первому из списка'}"
    return f"{line}, «{rule.phrase}»" if rule.phrase else line


def same_rules(old: Sequence[EscalationRule], new: Sequence[EscalationRule]) -> bool:
    return [rule_line(rule) for rule in old] == [rule_line(rule) for rule in new]


def _change(name: str, label: str, before: str, after: str) -> Change | None:
    if before.strip() == after.strip():
        return None
    lines = tuple(
        (line[0], line[2:]) for line in ndiff(before.splitlines() or [""], after.splitlines() or [""]) if line[0] != "?"
    )
    return Change(name, label, before, after, lines)
