"""What the list of calls may be narrowed by."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from calls import access
from calls.models import Call
from calls.querysets import GOING_ON
from houses.admin.filters import FilterForm, OpenChoiceField, Preset, date_field, type_of_user
from houses.admin.house_filters import is_key
from houses.models import House

GOING = "going"
STATUSES = {"Completed": "Завершённые", "Interrupted": "Прерванные", "Failed": "Неудачные", GOING: "Идут"}
MARKS = [("", "Не важно"), ("unanswered", "Без ответа"), ("bad", "Плохая оценка"), ("rated", "Есть оценка")]
BASES_SHOWN = 20


class CallFilterForm(FilterForm):
    presets_of = ("date", "date_from", "date_to")
    main_fields = ("status", "date_from", "date_to")

    status = forms.ChoiceField(label="Статус", required=False, choices=[("", "Все"), *STATUSES.items()])
    date_from = date_field("С")
    date_to = date_field("По")
    date = date_field("День")
    channel = forms.ChoiceField(label="Канал", required=False, choices=[("", "Все"), *Call.Channel.choices])
    base = OpenChoiceField("База")
    mark = forms.ChoiceField(label="Ответы", required=False, choices=MARKS)
    house = OpenChoiceField("Дом")
    hidden = forms.ChoiceField(
        label="Журнал", required=False, choices=[("", "Действующий"), ("1", "Очищенное, можно вернуть")]
    )

    def __init__(self, data: QueryDict, *, user: type_of_user) -> None:
        super().__init__(data, user=user)
        bases = Call.objects.exclude(base="").order_by("base").values_list("base", flat=True).distinct()[:BASES_SHOWN]
        self.offer("base", [("", "Все"), *((base, f"[{base}]") for base in bases)])
        chosen = data.get("house", "")
        house = House.objects.filter(pk=int(chosen)).first() if is_key(chosen) else None
        self.offer("house", [("", "Все дома"), *([(chosen, str(house))] if house else [])])
        self.sees_hidden = access.may_clear(user)  # type: ignore[arg-type]
        if not self.sees_hidden:
            self.fields["hidden"].widget = forms.HiddenInput()

    def narrow(self, queryset: Any, wanted: dict[str, Any]) -> Any:
        return by_status(self.narrow_but_status(queryset, wanted), wanted.get("status", ""))

    def narrow_but_status(self, queryset: Any, wanted: dict[str, Any]) -> Any:
        queryset = queryset.hidden() if wanted.get("hidden") and self.sees_hidden else queryset.kept()
        if day := wanted.get("date"):
            queryset = queryset.begun(day, day)
        queryset = queryset.begun(wanted.get("date_from"), wanted.get("date_to"))
        if channel := wanted.get("channel"):
            queryset = queryset.filter(channel=channel)
        if base := wanted.get("base"):
            queryset = queryset.filter(base=base)
        if house := wanted.get("house"):
            queryset = queryset.filter(house=int(house)) if is_key(house) else queryset.none()
        if mark := wanted.get("mark"):
            narrow = {"unanswered": "unanswered", "bad": "badly_rated", "rated": "rated"}[mark]
            queryset = getattr(queryset, narrow)()
        return queryset

    def presets(self, today: datetime.date | None = None) -> list[Preset]:
        """Сегодня · Вчера · Эта неделя (Monday to Sunday) · Все, in company time; other filters stay."""
        return [*super().presets(today)[:-1], self._preset("Все", {})]

    def preset_days(self, today: datetime.date) -> list[tuple[str, dict[str, datetime.date]]]:
        monday = today - datetime.timedelta(days=today.weekday())
        return [
            ("Сегодня", {"date": today}),
            ("Вчера", {"date": today - datetime.timedelta(days=1)}),
            ("Эта неделя", {"date_from": monday, "date_to": monday + datetime.timedelta(days=6)}),
        ]

    @property
    def active_count(self) -> int:
        """Of the fields that a phone folds away."""
        return sum(1 for name in self.fields if name not in self.main_fields and self.query.get(name))

    def told(self) -> str:
        """The filter in words, for the question before clearing and for the audit trail."""
        values = self.cleaned_data if self.is_valid() else {}
        parts = []
        for name, field in self.fields.items():
            if not (value := values.get(name)) or name == "hidden":
                continue
            choices: Any = dict(getattr(field, "choices", None) or getattr(field.widget, "choices", None) or ())
            words = f"{value:%d.%m.%Y}" if isinstance(value, datetime.date) else choices.get(value, value)
            parts.append(f"{str(field.label).lower()}: {words}")
        return ", ".join(parts)


def by_status(queryset: Any, value: str) -> Any:
    if value == GOING:
        return queryset.filter(status__in=GOING_ON)
    return queryset.filter(status=value) if value else queryset
