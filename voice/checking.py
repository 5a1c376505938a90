"""Whether the values of a revision can be used, field by field and together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError

from vasdom.errors import InvalidInput
from voice import voices
from voice.models import EDITABLE, AssistantRevision, EscalationRule
from voice.phone import stress

CONTEXT = "{context}"
ALLOWED = {"qa_prompt": {"context", "name"}, "contextualize_prompt": {"name"}, "greeting": {"hello", "name"}}
ALLOWED["greeting_night"] = ALLOWED["greeting"]
PLACE = re.compile(r"\{([^{}]*)\}")
GENDERS = re.compile(r"[^{}/]+/[^{}/]+")
ORDERS: Mapping[str, tuple[str, ...]] = {"recognizers": voices.RECOGNIZERS, "synthesizers": voices.SYNTHESIZERS}
MOST_RULES = 30


def check(values: Mapping[str, Any]) -> None:
    """Raises InvalidInput for the first value that cannot be used."""
    check_fields(values, EDITABLE)
    _together(values)


def check_fields(values: Mapping[str, Any], names: Sequence[str]) -> None:
    """Each of these fields for itself; raises InvalidInput for the first that cannot be used."""
    for name in names:
        field = AssistantRevision._meta.get_field(name)
        label = str(field.verbose_name)  # type: ignore[union-attr]
        try:
            field.clean(values[name], None)  # type: ignore[union-attr]
        except ValidationError as exc:
            reason = " ".join(exc.messages)
            raise InvalidInput(f"Поле «{label}»: {reason}", field=name) from None
        if problem := _braces(name, values[name]) or _order(name, values[name]):
            raise InvalidInput(f"Поле «{label}»: {problem}", field=name)
        if name == "stress_words":
            _stress(values[name])


def check_rules(rules: Sequence[EscalationRule]) -> None:
    """Raises InvalidInput («rules») for the first row that cannot be used."""
    if len(rules) > MOST_RULES:
        raise InvalidInput(f"Правил слишком много, не больше {MOST_RULES}.", field="rules")
    for number, rule in enumerate(rules, 1):
        try:
            rule.full_clean(exclude=["revision", "order"], validate_unique=False, validate_constraints=False)
        except ValidationError as exc:
            reason = " ".join(exc.messages)
            raise InvalidInput(f"Правило {number}: {reason}", field="rules") from None
        if problem := _braces("phrase_of_rule", rule.phrase):
            raise InvalidInput(f"Правило {number}: {problem}", field="rules")


def _order(name: str, value: Any) -> str:
    """What is wrong with an order of vendors."""
    if name not in ORDERS:
        return ""
    strange = [vendor for vendor in value if vendor not in ORDERS[name]]
    if strange:
        return f"нет такого поставщика: «{strange[0]}»; есть {', '.join(ORDERS[name])}."
    return "" if len(set(value)) == len(value) else "один и тот же поставщик указан дважды."


def _stress(text: str) -> None:
    try:
        stress.check(text)
    except InvalidInput as exc:
        raise InvalidInput(f"Поле «ударения»: {exc.message}", field="stress_words") from None


def _together(values: Mapping[str, Any]) -> None:
    """What one field alone cannot tell."""
    if not values["endpoint_short_seconds"] <= values["endpoint_seconds"] <= values["endpoint_long_seconds"]:
        raise InvalidInput(
            "Пауза после короткого ответа не длиннее обычной, а на полуслове — не короче обычной.",
            field="endpoint_seconds",
        )
    if values["record_calls"] and not values["phrase_consent"]:
        raise InvalidInput("Чтобы записывать разговоры, нужна фраза о записи.", field="phrase_consent")
    if values["filler_after_seconds"] and not values["fillers"].strip():
        raise InvalidInput("Нужна хотя бы одна строка; чтобы не говорить ничего, поставьте 0.", field="fillers")


def _braces(name: str, text: Any) -> str:
    """What is wrong with the places of a text, nothing when it is fine."""
    said = name.startswith("phrase_") or name == "fillers"
    if name not in ALLOWED and not said:
        return ""
    allowed = {"name"} if said else ALLOWED[name]
    rest = PLACE.sub("", text)
    if "{" in rest or "}" in rest:
        return "фигурные скобки не закрыты или вложены."
    strange = [place for place in PLACE.findall(text) if place not in allowed]
    if said:
        strange = [place for place in strange if not GENDERS.fullmatch(place)]
    if strange:
        known = ", ".join(f"{{{each}}}" for each in sorted(allowed)) + (", {записала/записал}" if said else "")
        return f"неизвестное место {{{strange[0]}}}; можно: {known}."
    if name == "qa_prompt" and text.count(CONTEXT) != 1:
        return "нужно ровно одно место {context} — туда подставляются сведения."
    return ""
