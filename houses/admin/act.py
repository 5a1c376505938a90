"""Signed acts, one row a house and month."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from houses.admin.base import ReadOnlyAdmin
from houses.admin.filters import NONE, FilterForm, OpenChoiceField
from houses.admin.house_filters import brigade_choices, by_brigade
from houses.models import Act, House
from houses.querysets import NO_BRIGADE
from houses.schedule import first_day, month_title, parse_month
from vasdom.errors import InvalidInput


class ActFilterForm(FilterForm):
    month = forms.CharField(label="Месяц", required=False, widget=forms.TextInput(attrs={"type": "month"}))
    brigade = OpenChoiceField("Бригада")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("brigade", [("", "Все бригады"), *brigade_choices(), (NONE, NO_BRIGADE)])

    def clean_month(self) -> Any:
        text = self.cleaned_data["month"]
        try:
            return first_day(parse_month(text)) if text else None
        except InvalidInput as exc:
            raise forms.ValidationError(exc.message) from exc

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        if month := wanted.get("month"):
            queryset = queryset.filter(month=month)
        if brigade := wanted.get("brigade"):
            queryset = by_brigade(queryset, brigade)
        return queryset


@admin.register(Act)
class ActAdmin(ReadOnlyAdmin):
    """Acts are signed and taken back on the house's card and on the page of the month."""

    filter_form_class = ActFilterForm
    list_display = ("house_cell", "month_cell", "signed_date", "signed_by", "brigade", "created_by")
    list_display_links = None
    list_select_related = ("house", "brigade", "created_by")
    search_fields = ("house__title", "house__address", "signed_by")
    search_help_text = "Дом или кто подписал"
    ordering = ("-month", "house__street_key", "house__number_key")
    fields = ("house", "month_cell", "signed_date", "signed_by", "brigade", "notes", "created_by", "created_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(house__in=House.objects.visible_to(request.user))

    @admin.display(description="Дом", ordering="house__street_key")
    def house_cell(self, act: Act) -> SafeString:
        address = reverse("admin:houses_house_change", args=[act.house_id])
        cell = '<a class="of of-link" href="{}" data-panel="#act-{}?month={}">{}</a>'
        return format_html(cell, address, act.house_id, f"{act.month:%Y-%m}", act.house)

    @admin.display(description="Месяц", ordering="month")
    def month_cell(self, act: Act) -> str:
        return month_title((act.month.year, act.month.month))
