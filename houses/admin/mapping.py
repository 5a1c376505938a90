"""Which CRM field means what, and the decisions a person makes about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from houses.admin.base import OfficeAdmin, OfficeChangeList, ReadOnlyAdmin
from houses.admin.filters import NONE, FilterForm
from houses.cleaning import CleaningType
from houses.models import EnumOption, FieldMapping, ScheduleField, Stage
from houses.schedule import month_title
from houses.templatetags.admin_houses import NO_DATA, type_chip

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[ScheduleField]
else:
    ModelForm = forms.ModelForm

State = ScheduleField.State
STATE_CLASSES = {State.FOUND: "", State.CONFIRMED: "is-good", State.CONFLICT: "is-warn", State.IGNORED: ""}


class ScheduleFieldFilterForm(FilterForm):
    state = forms.ChoiceField(label="Состояние", required=False, choices=[("", "Все"), *State.choices])
    kind = forms.ChoiceField(label="Содержит", required=False, choices=[("", "Всё"), *ScheduleField.Kind.choices])
    year = forms.IntegerField(label="Год", required=False, min_value=2000, max_value=2100)

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        return queryset.filter(**wanted)


class ScheduleChangeList(OfficeChangeList):
    @property
    def conflicts(self) -> int:
        return ScheduleField.objects.filter(state=State.CONFLICT).count()


class ScheduleFieldForm(ModelForm):
    class Meta:
        model = ScheduleField
        fields = ("kind", "year", "month", "slot", "state")

    def clean(self) -> dict[str, Any]:
        """Two fields may not be read for the same slot of the same month."""
        cleaned = super().clean() or {}
        if cleaned.get("state") in {State.FOUND, State.CONFIRMED}:
            place = {name: cleaned.get(name) for name in ("kind", "year", "month", "slot")}
            rival = ScheduleField.objects.filter(**place, state__in=[State.FOUND, State.CONFIRMED])
            if other := rival.exclude(pk=self.instance.pk).first():
                raise forms.ValidationError(f"Этот месяц и слот уже читаются из поля «{other}» ({other.field_name}).")
        for name, low, high in (("month", 1, 12), ("year", 2000, 2100), ("slot", 1, 9)):
            if cleaned.get(name) is not None and not low <= cleaned[name] <= high:
                self.add_error(name, f"От {low} до {high}.")
        return cleaned


@admin.register(ScheduleField)
class ScheduleFieldAdmin(OfficeAdmin):
    """Month fields found at each sync; what a person decided here stays."""

    form = ScheduleFieldForm
    filter_form_class = ScheduleFieldFilterForm
    change_list_template = "admin/houses/sync/fields.html"
    list_display = ("label_cell", "month_cell", "slot", "kind", "state_cell", "field_name", "seen_at")
    search_fields = ("label", "field_name")
    search_help_text = "Подпись или код поля"
    ordering = ("-year", "-month", "slot", "kind")
    actions = ("confirm", "ignore")
    fields = ("field_name", "label", "problem", "seen_at", "state", ("kind", "slot"), ("year", "month"))
    readonly_fields = ("field_name", "label", "problem", "seen_at")

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return ScheduleChangeList

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ScheduleField, form: ScheduleFieldForm, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.changed_data and obj.state in {State.FOUND, State.CONFIRMED}:
            messages.info(request, how_to_read_now(request))

    @admin.action(description="Подтвердить: читать эти поля", permissions=["change"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[ScheduleField]) -> None:
        """Each on its own: two fields for one slot cannot both be right, and the second is told so."""
        done = 0
        for field in queryset:
            field.state = State.CONFIRMED
            try:
                with transaction.atomic():
                    field.save(update_fields=["state"])
            except IntegrityError:
                text = (
                    f"«{field}» ({field.field_name}): этот месяц и слот уже читаются из другого поля. "
                    "Сначала отметьте то поле «Не читать» или исправьте месяц и слот."
                )
                messages.error(request, text)
            else:
                done += 1
        if done:
            messages.success(request, format_html("Подтверждено полей: {}. {}", done, how_to_read_now(request)))

    @admin.action(description="Не читать", permissions=["change"])
    def ignore(self, request: HttpRequest, queryset: QuerySet[ScheduleField]) -> None:
        fields = list(queryset)
        for field in fields:
            field.state = State.IGNORED
            field.save(update_fields=["state"])
        messages.success(request, f"Больше не читается полей: {len(fields)}.")

    @admin.display(description="Подпись в CRM", ordering="label")
    def label_cell(self, field: ScheduleField) -> SafeString:
        cell = '<span class="of of-house"><span class="of-strong">{}</span><small>{}</small></span>'
        return format_html(cell, field.label or field.field_name, field.problem)

    @admin.display(description="Месяц", ordering="year")
    def month_cell(self, field: ScheduleField) -> str:
        return month_title((field.year, field.month))

    @admin.display(description="Состояние", ordering="state")
    def state_cell(self, field: ScheduleField) -> SafeString:
        css = STATE_CLASSES[State(field.state)]
        return format_html('<span class="of of-chip {}">{}</span>', css, field.get_state_display())


def how_to_read_now(request: HttpRequest) -> SafeString:
    """Dates of a month come with a full synchronisation only; who may start one is shown where."""
    if not request.user.has_perm("houses.sync_now"):
        return format_html("{}", "Даты прочтутся при полной синхронизации.")
    return format_html(
        'Даты прочтутся при полной синхронизации: <a href="{}">запустить сейчас</a> или подождать ночной.',
        reverse("admin:houses_syncrun_changelist"),
    )


@admin.register(FieldMapping)
class FieldMappingAdmin(OfficeAdmin):
    list_display = ("title", "field_name", "label", "seen_cell")
    search_fields = ("title", "field_name", "label")
    fields = ("title", "field_name", "label", "seen_at")
    readonly_fields = ("title", "label", "seen_at")
    ordering = ("id",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Встречено в CRM", ordering="seen_at")
    def seen_cell(self, mapping: FieldMapping) -> object:
        if mapping.seen_at is not None or not mapping.field_name:
            return mapping.seen_at or NO_DATA
        return format_html('<span class="of of-chip is-warn">{}</span>', "в CRM не встречалось")


class OptionFilterForm(FilterForm):
    cleaning_type = forms.ChoiceField(
        label="Тип уборки", required=False, choices=[("", "Все"), *CleaningType.choices, (NONE, "Не распознан")]
    )

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        if kind := wanted.get("cleaning_type"):
            queryset = queryset.filter(cleaning_type="" if kind == NONE else kind)
        return queryset


@admin.register(EnumOption)
class EnumOptionAdmin(OfficeAdmin):
    filter_form_class = OptionFilterForm
    list_display = ("text", "type_cell", "field_name", "option_id")
    search_fields = ("text", "field_name", "=option_id")
    fields = ("text", "field_name", "option_id", "cleaning_type")
    readonly_fields = ("text", "field_name", "option_id")
    ordering = ("field_name", "option_id")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description="Тип уборки", ordering="cleaning_type")
    def type_cell(self, option: EnumOption) -> SafeString:
        return format_html('<span class="of">{}</span>', type_chip(option.cleaning_type))


@admin.register(Stage)
class StageAdmin(ReadOnlyAdmin):
    list_display = ("name", "status_id", "sort")
    fields = ("name", "status_id", "sort", "color", "semantics")
    readonly_fields = fields
    ordering = ("sort", "status_id")
