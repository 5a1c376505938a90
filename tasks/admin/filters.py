"""What the list of tasks may be narrowed by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from houses.access import sees_phones
from houses.admin.filters import NONE, FilterForm, OpenChoiceField, Preset, date_field, type_of_user
from houses.admin.house_filters import by_brigade, is_key, known_names
from houses.models import House
from tasks.models import Task

OPENED, OVERDUE = "open", "overdue"
NOBODY = "Офис, без бригады"
STATUS_CHOICES = [("", "Все"), (OPENED, "Открытые"), (OVERDUE, "Просроченные"), *Task.Status.choices]
FEWEST_PHONE_DIGITS = 4
FOUND_HOUSES = 300


class TaskFilterForm(FilterForm):
    presets_of = ("due", "due_from", "due_to")
    main_fields = ("brigade", "status")

    brigade = OpenChoiceField("Бригада")
    status = forms.ChoiceField(label="Состояние", required=False, choices=STATUS_CHOICES)
    kind = forms.ChoiceField(label="Вид", required=False, choices=[("", "Все"), *Task.Kind.choices])
    due = date_field("Срок")
    due_from = date_field("Срок с")
    due_to = date_field("По")
    house = OpenChoiceField("Дом")

    def __init__(self, data: QueryDict, *, user: type_of_user) -> None:
        super().__init__(data, user=user)
        brigades, _, _ = known_names()
        self.offer("brigade", [("", "Все бригады"), *brigades, (NONE, NOBODY)])
        chosen = data.get("house", "")
        house = House.objects.filter(pk=int(chosen)).first() if is_key(chosen) else None
        self.offer("house", [("", "Все дома"), *([(chosen, str(house))] if house else [])])

    def narrow(self, queryset: Any, wanted: dict[str, Any]) -> Any:
        return by_status(self.narrow_but_status(queryset, wanted), wanted.get("status", ""))

    def narrow_but_status(self, queryset: Any, wanted: dict[str, Any]) -> Any:
        if brigade := wanted.get("brigade"):
            queryset = by_brigade(queryset, brigade)
        if kind := wanted.get("kind"):
            queryset = queryset.filter(kind=kind)
        if house := wanted.get("house"):
            queryset = queryset.filter(house=int(house)) if is_key(house) else queryset.none()
        for name, lookup in (("due", "due"), ("due_from", "due__gte"), ("due_to", "due__lte")):
            if day := wanted.get(name):
                queryset = queryset.filter(**{lookup: day})
        return queryset

    def presets(self, today: date | None = None) -> list[Preset]:
        """Сегодня · Просрочено · Неделя (Monday to Sunday) · Сброс."""
        today = today or timezone.localdate()
        monday = today - timedelta(days=today.weekday())
        week = {"due_from": monday.isoformat(), "due_to": (monday + timedelta(days=6)).isoformat()}
        return [
            self._due_preset("Сегодня", {"due": today.isoformat()}),
            self._due_preset("Просрочено", {"status": OVERDUE}),
            self._due_preset("Неделя", week),
            Preset("Сброс", self.reset_address, False),
        ]

    def _due_preset(self, label: str, values: dict[str, str]) -> Preset:
        params = self.query.copy()
        own = {name: self.query.get(name, "") for name in (*self.presets_of, "status")}
        for name in (*self.presets_of, "p"):
            params.pop(name, None)
        if OVERDUE in (own["status"], values.get("status")):
            params.pop("status", None)
        is_active = all(own[name] == values.get(name, "") for name in self.presets_of)
        is_active &= (own["status"] == OVERDUE) == ("status" in values)
        return Preset(label, f"?{urlencode({**params.dict(), **values})}", is_active)

    @property
    def active_count(self) -> int:
        """Of the fields that a phone folds away."""
        return sum(1 for name in self.fields if name not in self.main_fields and self.query.get(name))

    @property
    def reset_address(self) -> str:
        return "?q="  # a bare address shows the open ones


def by_status(queryset: Any, value: str) -> Any:
    if value == OPENED:
        return queryset.open()
    if value == OVERDUE:
        return queryset.overdue()
    return queryset.filter(status=value) if value else queryset


def search_tasks(queryset: Any, text: str, user: type_of_user) -> Any:
    """Tasks by words of theirs, by the house's address as people type it, or by the caller's phone."""
    text = " ".join(text.replace("\x00", "").split())
    houses = [house.pk for house in House.objects.by_address(text)[:FOUND_HOUSES]]
    found = Q(text__icontains=text) | Q(house__in=houses) | Q(house__title__icontains=text)
    found |= Q(assignee__full_name__icontains=text)
    digits = "".join(letter for letter in text if letter.isdecimal() and letter.isascii())
    if len(digits) >= FEWEST_PHONE_DIGITS and sees_phones(user):  # type: ignore[arg-type]
        found |= Q(contact_phone__contains=digits[1:] if len(digits) == 11 else digits)
    return queryset.filter(found)
