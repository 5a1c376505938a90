"""The list of houses and a house's card."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from houses.admin.base import OfficeChangeList, ReadOnlyAdmin
from houses.admin.card import card_context
from houses.admin.exports import export_houses
from houses.admin.house_filters import HouseFilterForm, search_houses
from houses.admin.house_panels import act_panel, details_panel, schedule_panel
from houses.links import bitrix_url
from houses.models import House, OfficeSettings, ScheduleField
from houses.quality import Issue
from houses.reports.export import next_visits
from houses.schedule import month_title, periodicity_month, periodicity_of
from houses.templatetags.admin_houses import NO_DATA, or_no_data, type_chip

BUTTON = (
    '<a class="of-btn is-small" href="{href}" data-panel="{panel}" title="{title}">'
    '<span class="material-symbols-outlined of-icon" aria-hidden="true">{icon}</span>'
    '<span class="of-word">{title}</span><span class="of-hidden"> {house}</span></a>'
)


class HouseChangeList(OfficeChangeList):
    """Adds what stands above the list (totals, freshness) and what each row needs, in a constant number of queries."""

    filter_form: HouseFilterForm

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str] | None = None) -> QuerySet[Any]:
        queryset = super().get_queryset(request, exclude_parameters)
        if self.query.strip() and not self.params.get(ORDER_VAR):
            return queryset.order_by("search_rank", "street_key", "number_key", "pk")
        return queryset

    @cached_property
    def totals(self) -> Any:
        return self.queryset.totals()

    @cached_property
    def conflicts(self) -> int:
        return ScheduleField.objects.filter(state=ScheduleField.State.CONFLICT).count()

    def prepare(self, paginator: Paginator[Any]) -> None:
        paginator.count = self.totals.houses  # the totals have counted the same rows

    def decorate(self, rows: list[Any]) -> None:
        today = timezone.localdate()
        wording = OfficeSettings.load().periodicity_wording
        upcoming = next_visits(rows, today)
        for house in rows:
            house.next_row = upcoming.get(house.pk)
            slots = house.slots
            house.month_shown = periodicity_month(slots, wanted=self.filter_form.month, today=today)
            house.periodicity_shown = periodicity_of(slots, house.month_shown, wording) if house.month_shown else ""


@admin.register(House)
class HouseAdmin(ReadOnlyAdmin):
    filter_form_class = HouseFilterForm
    change_list_template = "admin/houses/house/list.html"
    toolbar_template = "admin/houses/house/toolbar.html"
    card_template = "admin/houses/house/card.html"
    search_fields = ("title",)
    search_help_text = "Адрес, название, УК или № сделки"
    ordering = ("street_key", "number_key", "pk")
    list_select_related = ("company", "brigade", "stage")
    list_display = (
        "house_cell",
        "company_cell",
        "brigade_cell",
        "sizes_cell",
        "periodicity_cell",
        "next_cell",
        "row_buttons",
    )
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).with_next_visit()  # type: ignore[attr-defined,no-any-return]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return HouseChangeList

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        return (search_houses(queryset, search_term), False) if search_term.strip() else (queryset, False)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("export/<str:kind>/", wrap(self.export), name="houses_house_export"),
            path("<int:house_id>/schedule/", wrap(schedule_panel), name="houses_house_schedule"),
            path("<int:house_id>/details/", wrap(details_panel), name="houses_house_details"),
            path("<int:house_id>/act/", wrap(act_panel), name="houses_house_act"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """Exactly the rows that the list with this address shows, all pages of it."""
        return export_houses(request, self.get_changelist_instance(request), kind)

    def card_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """CRM fields are not edited here: the CRM is their source."""
        return card_context(request, row)

    @admin.display(description="Дом", ordering="street_key")
    def house_cell(self, house: House) -> SafeString:
        marks = SafeString()
        if house.archived_at:
            marks += format_html(' <span class="of-chip">{}</span>', "в архиве")
        if house.issues:
            labels = ", ".join(issue_label(code) for code in house.issues)
            marks += format_html(
                ' <span class="of-chip is-warn" title="{0}"><span aria-hidden="true">!</span> {1}'
                '<span class="of-hidden"> замечаний: {0}</span></span>',
                labels,
                len(house.issues),
            )
        return format_html(
            '<div class="of of-house"><span><a href="{}">{}</a>{}</span><small>{}</small></div>',
            f"{house.pk}/change/",
            house,
            marks,
            house.address if house.address != house.title else "",
        )

    @admin.display(description="УК", ordering="company__title")
    def company_cell(self, house: House) -> object:
        return or_no_data(house.company and house.company.title)

    @admin.display(description="Бригада", ordering="brigade__number")
    def brigade_cell(self, house: House) -> str | SafeString:
        if house.brigade is None:
            return format_html('<span class="of-none">{}</span>', "Бригада не назначена")
        return house.brigade.name

    @admin.display(description="Кв. / под. / эт.", ordering="apartments")
    def sizes_cell(self, house: House) -> SafeString:
        sizes = (house.apartments, house.entrances, house.floors)
        return format_html('<span class="of-nowrap">{} / {} / {}</span>', *(or_no_data(size) for size in sizes))

    @admin.display(description="Периодичность")
    def periodicity_cell(self, house: Any) -> SafeString:
        if not house.month_shown:
            return format_html('<span class="of-none" title="нет дат в графике">{}</span>', "не указана")
        return format_html(
            '<span class="of-when"><span>{}</span><small class="of-small of-muted">{}</small></span>',
            house.periodicity_shown,
            month_title(house.month_shown),
        )

    @admin.display(description="Ближайшая уборка", ordering="next_visit")
    def next_cell(self, house: Any) -> SafeString:
        if house.next_row is None:
            return NO_DATA
        visit = house.next_row
        return format_html(
            '<span class="of-when of"><span>{}</span>{}</span>',
            f"{visit.date:%d.%m.%Y}",
            type_chip(visit.cleaning_type),
        )

    @admin.display(description="")
    def row_buttons(self, house: House) -> SafeString:
        change = f"{house.pk}/change/"
        buttons = [
            format_html(
                BUTTON, href=change, panel=f"#schedule-{house.pk}", title="График", icon="calendar_month", house=house
            ),
            format_html(BUTTON, href=change, panel=f"#details-{house.pk}", title="Детали", icon="info", house=house),
            bitrix_link(house),
        ]
        return format_html('<div class="of of-actions">{}{}{}</div>', *buttons)


def bitrix_link(house: House) -> SafeString:
    """«Открыть в Bitrix24», or a muted «Bitrix24 недоступен»."""
    address = bitrix_url(house)
    if address is None:
        return format_html('<span class="of-off">{}</span>', "Bitrix24 недоступен")
    return format_html(
        '<a class="of-btn is-small" href="{}" target="_blank" rel="noopener noreferrer" title="{}">'
        '<span class="material-symbols-outlined of-icon" aria-hidden="true">open_in_new</span>'
        '<span class="of-word">Bitrix24</span></a>',
        address,
        "Открыть в Bitrix24",
    )


def issue_label(code: str) -> str:
    return str(Issue(code).label) if code in Issue.values else code
