"""Finding the month fields by their labels, so that a new month or a new year needs no deploy.

A label that leaves room for doubt is never guessed at: its row becomes a conflict with the reason, for a person.
What a person has decided (`CONFIRMED`, `IGNORED`) stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from houses.bitrix.labels import MonthLabel, parse_label
from houses.bitrix.mapping import REPLACED
from houses.bitrix.values import identifier, text
from houses.cleaning import classify
from houses.models import EnumOption, FieldMapping, ScheduleField

State = ScheduleField.State
_LABEL_NAMES = ("EDIT_FORM_LABEL", "LIST_COLUMN_LABEL", "LIST_FILTER_LABEL")
_FITTING_TYPES = {
    ScheduleField.Kind.DATES: frozenset({"date", "datetime"}),
    ScheduleField.Kind.TYPE: frozenset({"enumeration", "string"}),
}
Claim = tuple[str, int, int, int]
"""(kind, year, month, slot): what only one field may be."""


@dataclass(frozen=True, slots=True)
class CrmField:
    """A custom field of deals as the CRM describes it; `options` are (id, text) of a list field."""

    name: str
    label: str
    type: str
    options: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a sync makes of one field on its own; `problem` is empty when the label is clear."""

    field: CrmField
    label: MonthLabel
    problem: str

    @property
    def claim(self) -> Claim:
        return self.label.kind, self.label.year or 0, self.label.month, self.label.slot or 0


def parse_fields(rows: Iterable[Any]) -> tuple[CrmField, ...]:
    """The rows of crm.deal.userfield.list, each field once; rows without a name are passed over."""
    fields: dict[str, CrmField] = {}
    for row in rows:
        if isinstance(row, dict) and (name := text(row.get("FIELD_NAME"), 64)):
            fields[name] = CrmField(
                name, _label(row), text(row.get("USER_TYPE_ID"), 40), _option_pairs(row.get("LIST"))
            )
    return tuple(fields.values())


def _label(row: dict[str, Any]) -> str:
    for name in _LABEL_NAMES:
        value = row.get(name)
        if isinstance(value, dict):
            value = value.get("ru") or next(iter(value.values()), "")
        if label := text(value, 300):
            return label
    return ""


def _option_pairs(rows: Any) -> tuple[tuple[int, str], ...]:
    pairs = (
        (identifier(row.get("ID")), text(row.get("VALUE"), 500))
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
    )
    return tuple((number, value) for number, value in pairs if number is not None)


@transaction.atomic
def discover(fields: Sequence[CrmField], now: datetime) -> int:
    """Bring the mapping tables up to date with the CRM's fields; returns how many fields wait for a person."""
    readings = {
        field.name: _Reading(field, label, _own_problem(field, label))
        for field in fields
        if (label := parse_label(field.label)) is not None
    }
    rows = {row.field_name: row for row in ScheduleField.objects.select_for_update()}
    _store_schedule_fields(readings, rows, {field.name: field for field in fields}, now)
    _store_options(fields, {*readings, *rows})
    for mapping in FieldMapping.objects.exclude(field_name=""):
        if found := next((field for field in fields if field.name == mapping.field_name), None):
            mapping.label, mapping.seen_at = found.label, now
            mapping.save(update_fields=["label", "seen_at"])
    return ScheduleField.objects.filter(state=State.CONFLICT).count()


def _own_problem(field: CrmField, label: MonthLabel) -> str:
    if label.missing:
        return label.missing.capitalize()
    if field.type not in _FITTING_TYPES[label.kind]:
        expected = "дата" if label.kind == ScheduleField.Kind.DATES else "список"
        return f"Ожидается поле вида «{expected}»"
    return ""


def _is_personal(row: ScheduleField) -> bool:
    """A person's decision; a field that the sync itself has set aside says so."""
    return row.state == State.CONFIRMED or (row.state == State.IGNORED and row.problem != REPLACED)


def _store_schedule_fields(
    readings: dict[str, _Reading], rows: dict[str, ScheduleField], present: dict[str, CrmField], now: datetime
) -> None:
    confirmed = {_claim_of(row): row for row in rows.values() if row.state == State.CONFIRMED}
    personal = {name for name, row in rows.items() if _is_personal(row)}
    claims: dict[Claim, list[_Reading]] = defaultdict(list)
    for reading in readings.values():
        if not reading.problem and reading.field.name not in personal:
            claims[reading.claim].append(reading)
    changed: list[ScheduleField] = []
    for reading in readings.values():
        name = reading.field.name
        if name not in personal:
            problem = reading.problem or _rivalry(reading, claims[reading.claim], confirmed.get(reading.claim))
            row = rows.get(name) or ScheduleField(field_name=name)
            if _settle(row, reading, problem):
                changed.append(row)
    for name, row in rows.items():
        if row.state != State.FOUND or name in readings:
            continue
        if name in present:
            changed.append(_set_aside(row, State.CONFLICT, "Подпись больше не похожа на поле графика"))
        elif claims.get(_claim_of(row)):
            changed.append(_set_aside(row, State.IGNORED, REPLACED))
    _save(changed)
    for row in rows.values():  # the label is for people to read, whoever decided on the row
        if row.field_name in present and row.label != present[row.field_name].label:
            ScheduleField.objects.filter(pk=row.pk).update(label=present[row.field_name].label)
    ScheduleField.objects.filter(field_name__in=present).update(seen_at=now)
    ScheduleField.objects.filter(state=State.CONFIRMED).exclude(problem="").update(problem="")


def _claim_of(row: ScheduleField) -> Claim:
    return row.kind, row.year, row.month, row.slot


def _rivalry(reading: _Reading, claimants: Sequence[_Reading], confirmed: ScheduleField | None) -> str:
    """Why the place is not this field's alone; empty when it is."""
    if confirmed is not None:
        return f"Это место занято подтверждённым полем {confirmed.field_name}"
    if len(claimants) < 2:
        return ""
    names = sorted((each.field.name for each in claimants), key=lambda name: (len(name), name))
    rank, others = names.index(reading.field.name) + 1, ", ".join(n for n in names if n != reading.field.name)
    return f"Так же подписано поле {others}; по порядку создания это поле {rank} из {len(names)}"[:300]


def _settle(row: ScheduleField, reading: _Reading, problem: str) -> bool:
    """Write what was found into the row; true when anything but the label changes."""
    state = State.CONFLICT if problem else State.FOUND
    before = (*_claim_of(row), row.state, row.problem, row.is_demo) if row.pk else None
    row.kind, row.year, row.month, row.slot = reading.claim
    row.label, row.state, row.problem, row.is_demo = reading.field.label, state, problem, False
    return before != (*_claim_of(row), row.state, row.problem, row.is_demo)


def _set_aside(row: ScheduleField, state: ScheduleField.State, problem: str) -> ScheduleField:
    row.state, row.problem = state, problem
    return row


def _save(rows: Sequence[ScheduleField]) -> None:
    """First free every place the changed rows hold, then take the new ones: two fields may have swapped labels."""
    known = [row for row in rows if row.pk]
    ScheduleField.objects.filter(pk__in=[row.pk for row in known]).update(state=State.CONFLICT)
    names = ["kind", "year", "month", "slot", "label", "state", "problem", "is_demo"]
    ScheduleField.objects.bulk_update(known, names)
    ScheduleField.objects.bulk_create([row for row in rows if not row.pk])


def _store_options(fields: Iterable[CrmField], month_fields: set[str]) -> None:
    """Options of the lists we read. A cleaning type the office has set stays while the option's text does."""
    wanted = month_fields | set(FieldMapping.objects.values_list("field_name", flat=True))
    known = {(row.field_name, row.option_id): row for row in EnumOption.objects.filter(field_name__in=wanted)}
    new, changed = [], []
    for field in fields:
        if field.name not in wanted:
            continue
        is_type = field.name in month_fields
        for option_id, value in field.options:
            row = known.get((field.name, option_id)) or EnumOption(field_name=field.name, option_id=option_id)
            found = (classify(value) or "") if is_type else ""
            if not row.pk:
                row.text, row.cleaning_type = value, found
                new.append(row)
            elif row.text != value or (not row.cleaning_type and found) or row.is_demo:
                row.cleaning_type = found if row.text != value else row.cleaning_type or found
                row.text, row.is_demo = value, False
                changed.append(row)
    EnumOption.objects.bulk_create(new)
    EnumOption.objects.bulk_update(changed, ["text", "cleaning_type", "is_demo"])
