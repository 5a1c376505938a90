"""Brigades, employees with their logins, management companies, elders."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import BooleanField, Count, Q, QuerySet, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from houses.access import sees_phones
from houses.admin.base import FRESH_TOOLBAR, OfficeAdmin, ReadOnlyAdmin
from houses.admin.employee_form import EmployeeForm
from houses.admin.filters import NONE, FilterForm, OpenChoiceField
from houses.admin.house_filters import brigade_choices, by_brigade
from houses.api.plain_text import plain_text
from houses.models import Brigade, Contact, Employee, ManagementCompany
from houses.querysets import NO_BRIGADE
from houses.templatetags.admin_houses import NO_DATA, or_no_data
from houses.text import plain

ACTIVE_HOUSES = Count("houses", filter=Q(houses__archived_at=None), distinct=True)


def houses_link(owner: str, key: int, number: int) -> SafeString:
    """A number of houses that opens the list of them."""
    address = reverse("admin:houses_house_changelist")
    return format_html('<a class="of of-link" href="{}?{}={}">{}</a>', address, owner, key, number)


def yes_no(value: bool, yes: str, no: str) -> SafeString:
    css = "is-good" if value else ""
    return format_html('<span class="of of-chip {}">{}</span>', css, yes if value else no)


@admin.register(Brigade)
class BrigadeAdmin(OfficeAdmin):
    toolbar_template = FRESH_TOOLBAR
    list_display = ("name", "number", "house_count", "people_count", "state", "bitrix_user_id")
    search_fields = ("name",)
    fields = ("name", "number", "is_active", "bitrix_user_id")
    readonly_fields = ("bitrix_user_id",)
    ordering = ("number", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        people = Count("employees", filter=Q(employees__is_active=True), distinct=True)
        opens = Value(request.user.has_perm("houses.view_employee"), output_field=BooleanField())
        queryset: QuerySet[Any] = (
            super().get_queryset(request).annotate(active_houses=ACTIVE_HOUSES, people=people, opens_people=opens)
        )
        return queryset

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Домов", ordering="active_houses")
    def house_count(self, brigade: Any) -> SafeString:
        return houses_link("brigade", brigade.pk, brigade.active_houses)

    @admin.display(description="Сотрудников", ordering="people")
    def people_count(self, brigade: Any) -> SafeString:
        if not brigade.opens_people:
            return format_html("{}", brigade.people)
        address = reverse("admin:houses_employee_changelist")
        return format_html('<a class="of of-link" href="{}?brigade={}">{}</a>', address, brigade.pk, brigade.people)

    @admin.display(description="Состояние", ordering="is_active")
    def state(self, brigade: Brigade) -> SafeString:
        return yes_no(brigade.is_active, "работает", "не работает")


class EmployeeFilterForm(FilterForm):
    brigade = OpenChoiceField("Бригада")
    state = forms.ChoiceField(
        label="Состояние", required=False, choices=[("", "Все"), ("working", "Работает"), ("left", "Не работает")]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("brigade", [("", "Все бригады"), *brigade_choices(), (NONE, NO_BRIGADE)])

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        if brigade := wanted.get("brigade"):
            queryset = by_brigade(queryset, brigade)
        if state := wanted.get("state"):
            queryset = queryset.filter(is_active=state == "working")
        return queryset


@admin.register(Employee)
class EmployeeAdmin(OfficeAdmin):
    """A person with a login; making the person makes the login."""

    form = EmployeeForm
    filter_form_class = EmployeeFilterForm
    list_display = ("full_name", "brigade", "position", "login_cell", "role_cell", "telegram_cell", "state")
    list_select_related = ("brigade", "user")
    search_fields = ("full_name", "user__username", "phone")
    search_help_text = "Имя, логин или телефон"
    ordering = ("full_name",)
    fieldsets = (
        ("Сотрудник", {"fields": (("full_name", "position"), ("brigade", "is_active"), ("phone", "telegram_id"))}),
        ("Вход на сайт", {"fields": (("login", "role"), "password")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).prefetch_related("user__groups")

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Who only looks sees the login and the role as words; there is no form whose fields could be named."""
        if obj is None or self.has_change_permission(request, obj):
            return self.fieldsets
        return (self.fieldsets[0], ("Вход на сайт", {"fields": (("login_cell", "role_cell"),)}))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("login_cell", "role_cell") if obj and not self.has_change_permission(request, obj) else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        kwargs["fields"] = list(EmployeeForm.Meta.fields)
        form = super().get_form(request, obj, change, **kwargs)
        form.request_user = request.user
        return form

    def save_model(self, request: HttpRequest, obj: Employee, form: EmployeeForm, change: bool) -> None:
        form.save_login()
        super().save_model(request, obj, form, change)

    @admin.display(description="Логин", ordering="user__username")
    def login_cell(self, employee: Employee) -> str:
        return employee.user.get_username()

    @admin.display(description="Роль")
    def role_cell(self, employee: Employee) -> object:
        if employee.user.is_superuser:
            return "Администратор"
        return ", ".join(group.name for group in employee.user.groups.all()) or NO_DATA

    @admin.display(description="Telegram", ordering="telegram_id")
    def telegram_cell(self, employee: Employee) -> SafeString:
        return yes_no(employee.telegram_id is not None, "привязан", "нет")

    @admin.display(description="Состояние", ordering="is_active")
    def state(self, employee: Employee) -> SafeString:
        return yes_no(employee.is_active, "работает", "не работает")


@admin.register(ManagementCompany)
class CompanyAdmin(ReadOnlyAdmin):
    toolbar_template = FRESH_TOOLBAR
    list_display = ("title", "house_count", "phone_cell", "email_cell", "address_cell")
    search_fields = ("title",)
    search_help_text = "Название, в любом регистре и с любыми кавычками"
    ordering = ("title",)
    fields = ("title", "house_count", "phone", "email", "web", "address", "comments_plain", "bitrix_id")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request).annotate(active_houses=ACTIVE_HOUSES)
        return queryset

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return queryset.filter(title_key__contains=plain(search_term)), False

    @admin.display(description="Домов", ordering="active_houses")
    def house_count(self, company: Any) -> SafeString:
        return houses_link("company", company.pk, company.active_houses)

    @admin.display(description="Телефон")
    def phone_cell(self, company: ManagementCompany) -> object:
        return or_no_data(company.phone)

    @admin.display(description="Почта")
    def email_cell(self, company: ManagementCompany) -> object:
        return or_no_data(company.email)

    @admin.display(description="Адрес")
    def address_cell(self, company: ManagementCompany) -> object:
        return or_no_data(company.address)

    @admin.display(description="Комментарий")
    def comments_plain(self, company: ManagementCompany) -> object:
        return or_no_data(plain_text(company.comments))


@admin.register(Contact)
class ContactAdmin(ReadOnlyAdmin):
    """Elders of houses; their phones by role."""

    list_display = ("full_name_cell", "house_count", "phones_cell")
    search_fields = ("last_name", "name", "second_name")
    search_help_text = "Имя или фамилия"
    ordering = ("last_name", "name")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # Said by the rows themselves: this object serves all requests at once, whoever asks.
        shown = Value(sees_phones(request.user), output_field=BooleanField())
        queryset: QuerySet[Any] = (
            super()
            .get_queryset(request)
            .prefetch_related("phones")
            .annotate(active_houses=ACTIVE_HOUSES, shows_phones=shown)
        )
        return queryset

    def get_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        private = ("phones_cell", "email", "comments_plain") if sees_phones(request.user) else ("phones_cell",)
        return ("last_name", "name", "second_name", *private, "house_count", "bitrix_id")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.get_fields(request, obj)

    @admin.display(description="ФИО", ordering="last_name")
    def full_name_cell(self, contact: Contact) -> str:
        return str(contact)

    @admin.display(description="Телефоны")
    def phones_cell(self, contact: Any) -> object:
        if not contact.shows_phones:
            return "скрыты для вашей роли"
        return ", ".join(phone.number for phone in contact.phones.all()) or NO_DATA

    @admin.display(description="Домов", ordering="active_houses")
    def house_count(self, contact: Any) -> int:
        return int(contact.active_houses)

    @admin.display(description="Комментарий")
    def comments_plain(self, contact: Contact) -> object:
        return or_no_data(plain_text(contact.comments))
