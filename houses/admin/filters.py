"""The filter bars of the office's lists."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone

NONE = "none"  # the value of a choice for rows where the thing is missing
DATE_FORMATS = ["%Y-%m-%d", "%d.%m.%Y"]
type_of_user = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Preset:
    """A button above a list: a label, the address it leads to, and whether it is what is shown now."""

    label: str
    address: str
    is_active: bool


def date_field(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": "Нужна дата вида 2026-11-21"},
    )


class OpenChoiceField(forms.CharField):
    """A list of suggestions that also takes other text: addresses made by people and by other pages keep working."""

    def __init__(self, label: str, choices: Iterable[tuple[str, str]] = ()) -> None:
        super().__init__(label=label, required=False, max_length=200, widget=forms.Select(choices=list(choices)))

    def offer(self, choices: Iterable[tuple[str, str]], chosen: str) -> None:
        """Set the suggestions; text that is none of them is shown as one."""
        options = list(choices)
        if chosen and chosen not in {value for value, _ in options}:
            options.append((chosen, chosen))
        self.widget.choices = options


class FilterForm(forms.Form):
    """What a list may be narrowed by. Subclasses add fields and `narrow()`."""

    presets_of: tuple[str, str, str] | None = None  # names of the fields: exact date, from, to
    main_fields: tuple[str, ...] = ()

    def __init__(self, data: QueryDict, *, user: type_of_user) -> None:
        self.user = user
        self.query = data
        super().__init__(data)

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Set the suggestions of an open choice."""
        self.fields[name].offer(choices, self.query.get(name, ""))  # type: ignore[attr-defined]

    def apply(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows asked for; a field that could not be read narrows to nothing, and says so."""
        if not self.is_valid():
            return queryset.none()
        return self.narrow(queryset, {name: value for name, value in self.cleaned_data.items() if value})

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        return queryset

    @property
    def is_active(self) -> bool:
        return any(self.query.get(name) for name in self.fields)

    @property
    def active_count(self) -> int:
        return sum(1 for name in self.fields if self.query.get(name))

    def presets(self, today: date | None = None) -> list[Preset]:
        """The buttons above the list, «Сброс» the last."""
        if self.presets_of is None:
            return []
        days = self.preset_days(today or timezone.localdate())
        presets = [self._preset(label, {key: day.isoformat() for key, day in values.items()}) for label, values in days]
        return [*presets, Preset("Сброс", self.reset_address, False)]

    def preset_days(self, today: date) -> list[tuple[str, dict[str, date]]]:
        """Сегодня · Завтра · Неделя (Monday to Sunday) · Месяц (calendar)."""
        exact, start, end = self.presets_of or ("", "", "")
        monday = today - timedelta(days=today.weekday())
        month_end = (today.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        return [
            ("Сегодня", {exact: today}),
            ("Завтра", {exact: today + timedelta(days=1)}),
            ("Неделя", {start: monday, end: monday + timedelta(days=6)}),
            ("Месяц", {start: today.replace(day=1), end: month_end}),
        ]

    @property
    def reset_address(self) -> str:
        size = self.query.get("per_page")
        return f"?{urlencode({'per_page': size})}" if size else "?"

    def _preset(self, label: str, values: dict[str, str]) -> Preset:
        names = self.presets_of or ()
        params = self.query.copy()
        for name in (*names, "p"):
            params.pop(name, None)
        is_active = {name: self.query.get(name, "") for name in names if self.query.get(name)} == values
        for name, value in values.items():
            params[name] = value
        return Preset(label, f"?{params.urlencode()}", is_active)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.presets_of:
            _, start, end = self.presets_of
            if cleaned.get(start) and cleaned.get(end) and cleaned[start] > cleaned[end]:
                self.add_error(end, "Раньше, чем начало")
        return cleaned
