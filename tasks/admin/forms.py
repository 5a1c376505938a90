"""A task as the office types it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from houses.models import Brigade, Employee
from tasks.actions import CHANGEABLE, checked
from tasks.models import LONGEST_TEXT, Task
from vasdom.errors import InvalidInput

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Task]
else:
    ModelForm = forms.ModelForm


class TaskForm(ModelForm):
    """The rules are those of the action; here they are only told beside their fields."""

    text = forms.CharField(
        label="Что сделать",
        max_length=LONGEST_TEXT,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 5, "maxlength": LONGEST_TEXT}),
        error_messages={"required": "Напишите, что нужно сделать."},
    )
    # Longer than the column: people type blanks and brackets, which are taken out.
    contact_phone = forms.CharField(
        label="Телефон обратившегося",
        max_length=32,
        required=False,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "inputmode": "tel"}),
        help_text="Виден только офису",
    )

    class Meta:
        model = Task
        fields = CHANGEABLE
        error_messages = {"due": {"invalid": "Нужна дата вида 21.11.2026."}}
        help_texts = {
            "brigade": "Пусто — задача остаётся за офисом",
            "assignee": "Если нужен именно этот человек",
            "due": "Можно не указывать",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        task = self.instance
        self.offer("brigade", Brigade.objects.filter(is_active=True), task.brigade_id)
        self.offer("assignee", Employee.objects.filter(is_active=True), task.assignee_id)

    def offer(self, name: str, rows: Any, kept: int | None) -> None:
        """Those who work, and whoever stands there already."""
        if name in self.fields:
            known = rows.model.objects.filter(pk=kept) if kept else rows.model.objects.none()
            self.fields[name].queryset = rows | known  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in self.changed_data:
            if name not in cleaned:
                continue
            try:
                cleaned |= checked({name: cleaned[name]})
            except InvalidInput as exc:
                self.add_error(name, exc.message)
        return cleaned
