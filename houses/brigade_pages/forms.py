"""What the brigade pages take in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from houses.models import CleaningVisit


class SignInForm(AuthenticationForm):
    """Django's own form with words for people who type on a phone."""

    error_messages = {
        "invalid_login": "Логин или пароль не подошли. Проверьте раскладку и заглавные буквы.",
        "inactive": "Эта учётная запись отключена. Обратитесь к менеджеру.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "Логин"
        self.fields["username"].error_messages = {"required": "Введите логин."}
        self.fields["username"].widget.attrs |= {
            "autocapitalize": "none",
            "autocomplete": "username",
            "spellcheck": "false",
        }
        self.fields["password"].label = "Пароль"
        self.fields["password"].error_messages = {"required": "Введите пароль."}
        self.fields["password"].widget.attrs |= {"autocomplete": "current-password"}


class ReportForm(forms.Form):
    """Fields of every report. `age` is how long it waited for a connection, in seconds by the phone's own clock."""

    MOST_AGE_SECONDS = 31 * 24 * 3600

    comment = forms.CharField(
        label="Комментарий",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 2000}),
        error_messages={"max_length": "Комментарий длиннее 2000 знаков: сократите его."},
    )
    age = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_age(self) -> int:
        """Nonsense in a hidden field is not the brigade's fault: then the report counts from now."""
        text = self.cleaned_data["age"]
        age = int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0
        return age if age <= self.MOST_AGE_SECONDS else 0


class NotPossibleForm(ReportForm):
    reason = forms.ChoiceField(
        label="Причина",
        choices=CleaningVisit.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": "Выберите причину, по которой уборка не выполнена.",
            "invalid_choice": "Выберите причину из списка.",
        },
    )
    field_order = ["reason", "comment", "age"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("reason") == CleaningVisit.Reason.OTHER and not (data.get("comment") or "").strip():
            self.add_error("comment", "Напишите в комментарии, что помешало.")
        return data
