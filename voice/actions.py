"""Saving and activating revisions: each function is one transaction, audited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from houses.access import employee_of
from houses.audit import acting
from vasdom.errors import Conflict, InvalidInput, NotFound
from voice import defaults, voices
from voice.brain import missing_for
from voice.checking import check, check_rules
from voice.differences import diff as diff
from voice.differences import same_rules
from voice.differences import shown as shown
from voice.models import EDITABLE, Assistant, AssistantRevision, EscalationRule
from voice.signals import revision_activated

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Person = User | AnonymousUser | None

RULE_FIELDS = ("reason", "threshold", "words", "target", "phrase")


def active_revision(assistant: str = defaults.SLUG) -> AssistantRevision:
    """The revision that answers now."""
    rows = AssistantRevision.objects.select_related("assistant")
    found = rows.filter(assistant__slug=assistant, active=True).first()
    if found is not None:
        return found
    if assistant == defaults.SLUG and not rows.filter(assistant__slug=assistant).exists():
        return first_revision()
    raise NotFound("У помощника нет включённой редакции." if rows.exists() else "Нет такого помощника.")


def with_rules(rows: QuerySet[AssistantRevision]) -> QuerySet[AssistantRevision]:
    """The same rows with their rules and targets, in two queries more however many they are."""
    rules = EscalationRule.objects.select_related("target").order_by("order")
    return rows.prefetch_related(Prefetch("escalations", rules))


@transaction.atomic
def first_revision() -> AssistantRevision:
    """Revision 1 of the main assistant, active; the existing one where another process was quicker."""
    Assistant.objects.get_or_create(slug=defaults.SLUG, defaults={"title": defaults.TITLE})
    assistant = Assistant.objects.select_for_update().get(slug=defaults.SLUG)
    existing = assistant.revisions.select_related("assistant").filter(active=True).first()
    if existing is not None:
        return existing
    values = defaults.first_revision()
    revision = AssistantRevision.objects.create(
        assistant=assistant, number=_next_number(assistant), active=True, activated_at=timezone.now(), **values
    )
    _keep_rules(revision, [EscalationRule(**rule) for rule in defaults.RULES])
    return revision


def save_revision(
    values: Mapping[str, Any],
    *,
    author: Person,
    note: str = "",
    assistant: str = defaults.SLUG,
    base: AssistantRevision | None = None,
    rules: Sequence[Mapping[str, Any]] | None = None,
) -> AssistantRevision:
    """A new revision: `base` (else the active one) with these values. It does not answer until it is activated.

    Args:
        values: fields out of `EDITABLE`.
        rules: what leads to a person, in their order, each with fields out of `RULE_FIELDS`; None = those of the base.

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
    before = _rules_of(start)
    wanted = [EscalationRule(**_rule(each)) for each in (before if rules is None else rules)]
    check_rules(wanted)
    if all(getattr(start, name) == kept[name] for name in EDITABLE) and same_rules(before, wanted):
        raise Conflict("Ничего не изменилось: новая редакция была бы такой же.")
    person = author if isinstance(author, User) else None
    with transaction.atomic(), acting(person):
        row = Assistant.objects.select_for_update().get(pk=start.assistant_id)
        revision = AssistantRevision.objects.create(
            assistant=row,
            number=_next_number(row),
            author=person,
            author_name=_name(author),
            note=note.strip()[:300],
            **kept,
        )
        _keep_rules(revision, wanted)
        return revision


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
        revision_activated.send(sender=AssistantRevision, revision=revision, user=person)
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
    return missing_for(revision.model_vendor, revision.model) or voices.refusal(revision)


def warnings(revision: AssistantRevision) -> list[str]:
    """What of a revision works with a loss, in Russian sentences."""
    return voices.warnings(revision)


def _rules_of(revision: AssistantRevision) -> list[EscalationRule]:
    return list(revision.escalations.select_related("target"))


def _rule(given: Mapping[str, Any] | EscalationRule) -> dict[str, Any]:
    """The values of one row as kept."""
    if isinstance(given, EscalationRule):
        return {name: getattr(given, name) for name in RULE_FIELDS}
    strange = set(given) - set(RULE_FIELDS)
    if strange:
        raise InvalidInput("Такого поля у правила нет.", field="rules")
    return {name: _clean(value) for name, value in given.items()}


def _keep_rules(revision: AssistantRevision, rules: Sequence[EscalationRule]) -> None:
    for number, rule in enumerate(rules, 1):
        rule.revision, rule.order = revision, number
        rule.save()


def _clean(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_clean(each) for each in value if _clean(each)]
    return value.replace("\r\n", "\n").replace("\x00", "").strip() if isinstance(value, str) else value


def _next_number(assistant: Assistant) -> int:
    last = assistant.revisions.order_by("-number").values_list("number", flat=True).first()
    return (last or 0) + 1


def _name(person: Person) -> str:
    if not isinstance(person, User):
        return "API" if person is not None else ""
    employee = employee_of(person)
    return employee.full_name if employee else person.get_full_name() or person.get_username()
