"""An employee and the login behind it, typed in as one form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth import get_user_model, password_validation
from django.contrib.auth.models import Group
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from houses.access import Role
from houses.models import Employee

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Employee]
else:
    ModelForm = forms.ModelForm

E164 = re.compile(r"\+\d{10,15}")
User = get_user_model()


class EmployeeForm(ModelForm):
    """`request_user` is who fills it in: only they may hand out a role who may change users."""

    request_user: Any = None

    # Longer than the column: people type blanks and brackets, which are taken out.
    phone = forms.CharField(
        label="Телефон",
        max_length=32,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="В виде +7XXXXXXXXXX",
    )
    login = forms.CharField(label="Логин", max_length=150, widget=UnfoldAdminTextInputWidget)
    role = forms.ChoiceField(
        label="Роль", choices=[("", "Без роли"), *Role.choices], required=False, widget=UnfoldAdminSelectWidget
    )
    password = forms.CharField(
        label="Пароль",
        required=False,
        strip=False,
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
        help_text="Не меньше 8 знаков. У существующего сотрудника пусто — пароль остаётся прежним.",
    )

    class Meta:
        model = Employee
        fields = ("full_name", "position", "brigade", "is_active", "phone", "telegram_id")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            user = self.instance.user
            self.fields["login"].initial = user.get_username()
            roles = set(user.groups.values_list("name", flat=True)) & set(Role.values)
            self.fields["role"].initial = next(iter(sorted(roles)), "")
        if not self.may_raise:
            brigade_only = [(Role.BRIGADE.value, Role.BRIGADE.label)]
            kept = self.fields["role"].initial
            extra = [(kept, kept)] if kept and kept != Role.BRIGADE else []
            self.fields["role"].choices = [*extra, *brigade_only]  # type: ignore[attr-defined]

    @property
    def may_raise(self) -> bool:
        """May this person give roles beyond «Бригада»?"""
        return self.request_user is None or self.request_user.has_perm("auth.change_user")

    def takes_over_an_office_login(self, cleaned: dict[str, Any]) -> bool:
        """Would somebody who may not change users change how a person of the office signs in?"""
        if self.may_raise or not self.instance.pk or not self.instance.user.is_staff:
            return False
        user = self.instance.user
        kept = {"login": user.get_username(), "role": self.fields["role"].initial, "is_active": user.is_active}
        return bool(cleaned.get("password")) or any(cleaned.get(name, kept[name]) != kept[name] for name in kept)

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s()\-]", "", self.cleaned_data["phone"])
        if phone and not E164.fullmatch(phone):
            raise forms.ValidationError("Телефон нужен в виде +7XXXXXXXXXX.")
        return phone

    def clean_login(self) -> str:
        login: str = self.cleaned_data["login"].strip()
        others = User.objects.filter(username__iexact=login)
        if self.instance.pk:
            others = others.exclude(pk=self.instance.user_id)
        if others.exists():
            raise forms.ValidationError("Такой логин уже есть.")
        User.username_validator(login)
        return login

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        password = cleaned.get("password")
        if password:
            user = self.instance.user if self.instance.pk else User(username=cleaned.get("login", ""))
            try:
                password_validation.validate_password(password, user)
            except forms.ValidationError as exc:
                self.add_error("password", exc)
        elif not self.instance.pk:
            self.add_error("password", "Новому сотруднику нужен пароль.")
        if cleaned.get("role") == Role.BRIGADE and not cleaned.get("brigade"):
            self.add_error(
                "brigade", "Для роли «Бригада» выберите бригаду: без неё сотрудник не увидит ни одного дома."
            )
        if self.instance.pk and self.instance.user.is_superuser and not self.request_user.is_superuser:
            raise forms.ValidationError("Учётную запись администратора меняет только администратор.")
        if self.takes_over_an_office_login(cleaned):
            raise forms.ValidationError("Логин, пароль, роль и допуск сотрудника офиса меняет только директор.")
        return cleaned

    def save_login(self) -> None:
        """Write the user behind the employee and tie them; call it before the employee is saved."""
        cleaned, employee = self.cleaned_data, self.instance
        user = employee.user if employee.user_id else User()
        user.username = cleaned["login"]
        user.is_active = employee.is_active
        if not user.is_superuser:
            user.is_staff = cleaned["role"] not in {"", Role.BRIGADE}
        if cleaned.get("password"):
            user.set_password(cleaned["password"])
        user.save()
        user.groups.remove(*Group.objects.filter(name__in=Role.values).exclude(name=cleaned["role"]))
        if cleaned["role"]:
            user.groups.add(Group.objects.get_or_create(name=cleaned["role"])[0])
        employee.user = user
