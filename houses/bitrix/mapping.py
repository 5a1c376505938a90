"""What is read from which CRM field in one run: a frozen picture of the mapping tables."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from houses.models import EnumOption, FieldMapping, ScheduleField

Place = tuple[int, int, int]
"""(year, month, slot)."""
REPLACED = "Поля больше нет в CRM, его место заняло другое"
"""The problem of a row that the sync itself, and not a person, has set to IGNORED."""
READABLE = (ScheduleField.State.FOUND, ScheduleField.State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a list field; `cleaning_type` is empty when the text is none of the three types."""

    text: str
    cleaning_type: str


@dataclass(frozen=True, slots=True)
class SlotFields:
    """Where one slot of one month stands in a deal."""

    year: int
    month: int
    slot: int
    dates_field: str
    type_field: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """The mapping of one run.

    `fixed` holds only fields that are mapped and exist in the CRM: what is not in it is not read, and keeps its last
    value. `dropped` are places a person told us not to read: their old dates go, unlike those of places that merely
    cannot be read now.
    """

    fixed: dict[str, str]
    slots: tuple[SlotFields, ...]
    options: dict[str, dict[int, Option]]
    dropped: frozenset[Place]

    @property
    def places(self) -> frozenset[Place]:
        return frozenset((slot.year, slot.month, slot.slot) for slot in self.slots)

    @property
    def select(self) -> list[str]:
        """The custom fields to ask for, each once."""
        names = dict.fromkeys(self.fixed.values())
        for slot in self.slots:
            names |= dict.fromkeys(name for name in (slot.dates_field, slot.type_field) if name)
        return list(names)


def load_mapping(present: Collection[str] | None = None) -> Mapping:
    """The mapping as the tables have it now.

    Args:
        present: names of the fields the CRM has; None when its list could not be read, then all are believed to exist.
    """
    fixed = {
        row.key: row.field_name
        for row in FieldMapping.objects.exclude(field_name="")
        if present is None or row.field_name in present
    }
    rows = [
        row
        for row in ScheduleField.objects.filter(state__in=READABLE, year__gte=2000, slot__gte=1).order_by(
            "year", "month", "slot"
        )
        if present is None or row.field_name in present
    ]
    types = {_place(row): row.field_name for row in rows if row.kind == ScheduleField.Kind.TYPE}
    slots = tuple(
        SlotFields(row.year, row.month, row.slot, row.field_name, types.get(_place(row), ""))
        for row in rows
        if row.kind == ScheduleField.Kind.DATES
    )
    ignored = ScheduleField.objects.filter(state=ScheduleField.State.IGNORED, kind=ScheduleField.Kind.DATES)
    places = {(slot.year, slot.month, slot.slot) for slot in slots}
    return Mapping(
        fixed=fixed,
        slots=slots,
        options=_options([*fixed.values(), *types.values()]),
        dropped=frozenset(_place(row) for row in ignored.exclude(problem=REPLACED)) - places,
    )


def _place(row: ScheduleField) -> Place:
    return row.year, row.month, row.slot


def _options(field_names: Collection[str]) -> dict[str, dict[int, Option]]:
    shared: dict[Option, Option] = {}  # the same three texts stand in every month's field
    options: dict[str, dict[int, Option]] = {}
    for row in EnumOption.objects.filter(field_name__in=field_names):
        option = Option(row.text, row.cleaning_type)
        options.setdefault(row.field_name, {})[row.option_id] = shared.setdefault(option, option)
    return options
