"""Saving and activating revisions: each function is one transaction, audited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import ndiff
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from houses.access import employee_of
from houses.audit import acting
from vasdom.errors import Conflict, InvalidInput, NotFound
from voice import defaults
from voice.brain import missing_for
from voice.models import EDITABLE, Assistant, AssistantRevision

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Person = User | AnonymousUser | None

CONTEXT = "{context}"
ALLOWED = {"qa_prompt": {"context", "name"}, "contextualize_prompt": {"name"}, "greeting": {"hello", "name"}}
PLACE = re.compile(r"\{([^{}]*)\}")


def active_revision(assistant: str = defaults.SLUG) -> AssistantRevision:
    """The revision that answers now."""
    rows = AssistantRevision.objects.select_related("assistant")
    found = rows.filter(assistant__slug=assistant, active=True).first()
    if found is not None:
        return found
    if assistant == defaults.SLUG and not rows.filter(assistant__slug=assistant).exists():
        return first_revision()
    raise NotFound("У помощника нет включённой редакции." if rows.exists() else "Нет такого помощника.")


@transaction.atomic
def first_revision() -> AssistantRevision:
    """Revision 1 of the main assistant, active; the existing one where another process was quicker."""
    Assistant.objects.get_or_create(slug=defaults.SLUG, defaults={"title": defaults.TITLE})
    assistant = Assistant.objects.select_for_update().get(slug=defaults.SLUG)
    existing = assistant.revisions.select_related("assistant").filter(active=True).first()
    if existing is not None:
        return existing
    values = defaults.first_revision()
    return AssistantRevision.objects.create(
        assistant=assistant, number=_next_number(assistant), active=True, activated_at=timezone.now(), **values
    )


def save_revision(
    values: Mapping[str, Any],
    *,
    author: Person,
    note: str = "",
    assistant: str = defaults.SLUG,
    base: AssistantRevision | None = None,
) -> AssistantRevision:
    """A new revision: `base` (else the active one) with these values. It does not answer until it is activated.

    Args:
        values: fields out of `EDITABLE`.

    Raises:
        InvalidInput: with the field's name: a value that cannot be kept, a prompt without {context}.
        Conflict: nothing differs from the base.
    """
    start = base or active_revision(assistant)
    strange = set(values) - set(EDITABLE)
    if strange:
        raise InvalidInput("Такого поля у помощника нет.", field=min(strange))
    kept = {name: _clean(values.get(name, getattr(start, name))) for name in EDITABLE}
    check(kept)
    if all(getattr(start, name) == kept[name] for name in EDITABLE):
        raise Conflict("Ничего не изменилось: новая редакция была бы такой же.")
    person = author if isinstance(author, User) else None
    with transaction.atomic(), acting(person):
        row = Assistant.objects.select_for_update().get(pk=start.assistant_id)
        return AssistantRevision.objects.create(
            assistant=row,
            number=_next_number(row),
            author=person,
            author_name=_name(author),
            note=note.strip()[:300],
            **kept,
        )


def activate_revision(revision_id: int, *, user: Person) -> AssistantRevision:
    """Let this revision answer from the next message and the next call on. Active already = nothing happens.

    Raises:
        NotFound: no such revision.
        InvalidInput: its prompt cannot be used.
        Conflict: its provider has no key.
    """
    person = user if isinstance(user, User) else None
    with transaction.atomic(), acting(person):
        found = AssistantRevision.objects.select_related("assistant").filter(pk=revision_id).first()
        if found is None:
            raise NotFound("Такой редакции нет.")
        Assistant.objects.select_for_update().get(pk=found.assistant_id)
        revision = AssistantRevision.objects.select_related("assistant").get(pk=revision_id)
        if revision.active:
            return revision
        if reason := refusal(revision):
            raise Conflict(reason)
        for other in AssistantRevision.objects.filter(assistant=revision.assistant, active=True):
            other.active = False
            other.save(update_fields=["active"])
        revision.active, revision.activated_at = True, timezone.now()
        revision.save(update_fields=["active", "activated_at"])
        return revision


def save_and_activate(values: Mapping[str, Any], *, author: Person, note: str = "") -> AssistantRevision:
    """Both at once or nothing: what the API does. Values that are active already change nothing."""
    with transaction.atomic():
        active = active_revision()
        if all(getattr(active, name) == _clean(value) for name, value in values.items() if name in EDITABLE):
            return active
        revision = save_revision(values, author=author, note=note)
        return activate_revision(revision.pk, user=author)


def refusal(revision: AssistantRevision) -> str:
    """Why a revision cannot be activated, one Russian sentence; nothing = it can."""
    try:
        check({name: getattr(revision, name) for name in EDITABLE})
    except InvalidInput as exc:
        return exc.message
    return missing_for(revision.model_vendor, revision.model)


def check(values: Mapping[str, Any]) -> None:
    """Raises InvalidInput for the first value that cannot be used."""
    for name in EDITABLE:
        field = AssistantRevision._meta.get_field(name)
        label = str(field.verbose_name)  # type: ignore[union-attr]
        try:
            field.clean(values[name], None)  # type: ignore[union-attr]
        except ValidationError as exc:
            reason = " ".join(exc.messages)
            raise InvalidInput(f"Поле «{label}»: {reason}", field=name) from None
        if problem := _braces(name, values[name]):
            raise InvalidInput(f"Поле «{label}»: {problem}", field=name)


def _braces(name: str, text: Any) -> str:
    """What is wrong with the places of a text, nothing when it is fine."""
    if name not in ALLOWED and name != "greeting_night":
        return ""
    allowed = ALLOWED.get(name, ALLOWED["greeting"])
    rest = PLACE.sub("", text)
    if "{" in rest or "}" in rest:
        return "фигурные скобки не закрыты или вложены."
    strange = [place for place in PLACE.findall(text) if place not in allowed]
    if strange:
        return f"неизвестное место {{{strange[0]}}}; можно: {', '.join(f'{{{each}}}' for each in sorted(allowed))}."
    if name == "qa_prompt" and text.count(CONTEXT) != 1:
        return "нужно ровно одно место {context} — туда подставляются сведения."
    return ""


# --- differences


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `lines` are pairs of a sign (" ", "+", "-") and a line."""

    field: str
    label: str
    old: str
    new: str
    lines: tuple[tuple[str, str], ...]


def diff(old: AssistantRevision, new: AssistantRevision) -> list[Change]:
    """What the newer revision changes, in the order people read it."""
    changes = []
    for name in EDITABLE:
        before, after = shown(old, name), shown(new, name)
        if before.strip() == after.strip():
            continue
        lines = tuple(
            (line[0], line[2:])
            for line in ndiff(before.splitlines() or [""], after.splitlines() or [""])
            if line[0] != "?"
        )
        label = str(AssistantRevision._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
        changes.append(Change(name, label, before, after, lines))
    return changes


def shown(revision: AssistantRevision, name: str) -> str:
    """A value as people read it."""
    display = getattr(revision, f"get_{name}_display", None)
    value = display() if display else getattr(revision, name)
    return f"{value:g}".replace(".", ",") if isinstance(value, float) else str(value)


def _clean(value: Any) -> Any:
    return value.replace("\r\n", "\n").replace("\x00", "").strip() if isinstance(value, str) else value


def _next_number(assistant: Assistant) -> int:
    last = assistant.revisions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _name(person: Person) -> str:
    if not isinstance(person, User):
        return "API" if person is not None else ""
    employee = employee_of(person)
    return employee.full_name if employee else person.get_full_name() or person.get_username()
