"""Visits and their photos."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from houses.access import employee_of
from houses.actions import reopen_visit, report_not_possible
from houses.admin.base import FRESH_TOOLBAR, OfficeChangeList, ReadOnlyAdmin, history_address
from houses.admin.filters import NONE, FilterForm, OpenChoiceField, date_field, type_of_user
from houses.admin.house_filters import is_key, known_names
from houses.analytics import counted, of_brigade
from houses.cleaning import CleaningType
from houses.links import bitrix_url
from houses.models import CleaningVisit, House, VisitPhoto
from houses.querysets import NO_BRIGADE
from houses.templatetags.admin_houses import NO_DATA, status_chip, type_chip
from vasdom.errors import VasdomError

Status = CleaningVisit.Status
MISSED, AHEAD = "missed", "ahead"
STATUS_CHOICES = [
    ("", "Все"),
    *Status.choices,
    (MISSED, "Без отчёта: дата прошла"),
    (AHEAD, "Впереди: сегодня и позже"),
]


class VisitFilterForm(FilterForm):
    presets_of = ("date", "date_from", "date_to")
    main_fields = ("brigade", "company")

    brigade = OpenChoiceField("Бригада")
    company = OpenChoiceField("УК")
    date = date_field("Дата")
    date_from = date_field("С")
    date_to = date_field("По")
    status = forms.ChoiceField(label="Состояние", required=False, choices=STATUS_CHOICES)
    type = forms.ChoiceField(
        label="Тип уборки", required=False, choices=[("", "Все"), *CleaningType.choices, (NONE, "Неизвестен")]
    )
    house = OpenChoiceField("Дом")

    def __init__(self, data: QueryDict, *, user: type_of_user) -> None:
        super().__init__(data, user=user)
        brigades, companies, _ = known_names()
        self.offer("brigade", [("", "Все бригады"), *brigades, (NONE, NO_BRIGADE)])
        self.offer("company", [("", "Все УК"), *companies, (NONE, "Не указана")])
        chosen = data.get("house", "")
        house = House.objects.filter(pk=int(chosen)).first() if is_key(chosen) else None
        self.offer("house", [("", "Все дома"), *([(chosen, str(house))] if house else [])])

    def narrow(self, queryset: Any, wanted: dict[str, Any]) -> Any:
        return by_status(self.narrow_but_status(queryset, wanted), wanted.get("status", ""))

    @property
    def reset_address(self) -> str:
        return "?q="  # a bare address shows today

    def narrow_but_status(self, queryset: Any, wanted: dict[str, Any]) -> Any:
        if not wanted.get("house"):
            queryset = counted(queryset)
        if brigade := wanted.get("brigade"):
            queryset = by_brigade(queryset, brigade)
        if company := wanted.get("company"):
            queryset = by_company(queryset, company)
        if house := wanted.get("house"):
            queryset = queryset.filter(house=int(house)) if is_key(house) else queryset.none()
        if kind := wanted.get("type"):
            queryset = queryset.filter(cleaning_type="" if kind == NONE else kind)
        for name, lookup in (("date", "date"), ("date_from", "date__gte"), ("date_to", "date__lte")):
            if day := wanted.get(name):
                queryset = queryset.filter(**{lookup: day})
        return queryset


def by_brigade(queryset: Any, value: str) -> Any:
    """Visits a brigade reported, and those of its houses that nobody reported yet."""
    if value == NONE:
        return queryset.filter(brigade=None, house__brigade=None)
    if is_key(value):
        return of_brigade(queryset, int(value))
    return queryset.filter(Q(brigade__name__icontains=value) | Q(brigade=None, house__brigade__name__icontains=value))


def by_company(queryset: Any, value: str) -> Any:
    if value == NONE:
        return queryset.filter(house__company=None)
    if is_key(value):
        return queryset.filter(house__company=int(value))
    return queryset.filter(house__company__title__icontains=value)


def by_status(queryset: Any, value: str) -> Any:
    today = timezone.localdate()
    if value == MISSED:
        return queryset.filter(status=Status.PLANNED, date__lt=today)
    if value == AHEAD:
        return queryset.filter(status=Status.PLANNED, date__gte=today)
    return queryset.filter(status=value) if value else queryset


class VisitChangeList(OfficeChangeList):
    filter_form: VisitFilterForm

    def decorate(self, rows: list[Any]) -> None:
        photos = VisitPhoto.objects.filter(visit__in=[visit.pk for visit in rows]).order_by()
        numbers = dict(photos.values_list("visit").annotate(number=Count("pk")))
        for visit in rows:
            visit.photo_count = numbers.get(visit.pk, 0)

    @cached_property
    def counts(self) -> list[tuple[str, str, int, str, bool]]:
        """Code, label, number, address and «chosen» of each state, for the filters without that of the state."""
        queryset = self.root_queryset
        if not self.filter_form.is_valid():
            queryset = queryset.none()
        if self.query:
            queryset, _ = self.model_admin.get_search_results(self.request, queryset, self.query)
        wanted = {name: value for name, value in self.filter_form.cleaned_data.items() if value}
        queryset = self.filter_form.narrow_but_status(queryset, wanted)
        today = timezone.localdate()
        asked = {
            AHEAD: Q(status=Status.PLANNED, date__gte=today),
            Status.IN_PROGRESS: Q(status=Status.IN_PROGRESS),
            Status.DONE: Q(status=Status.DONE),
            MISSED: Q(status=Status.PLANNED, date__lt=today),
            Status.NOT_POSSIBLE: Q(status=Status.NOT_POSSIBLE),
        }
        found = queryset.order_by().aggregate(**{str(code): Count("pk", filter=which) for code, which in asked.items()})
        labels = {**dict(Status.choices), AHEAD: "Запланировано", MISSED: "Без отчёта"}
        chosen = wanted.get("status", "")
        return [
            (str(code), labels[code], found[str(code)], self.get_query_string({"status": code}, ["p"]), code == chosen)
            for code in asked
        ]


@admin.register(CleaningVisit)
class CleaningVisitAdmin(ReadOnlyAdmin):
    """Visits come from the CRM's schedule and are reported by brigades; the office corrects reports."""

    filter_form_class = VisitFilterForm
    change_list_template = "admin/houses/visit/list.html"
    toolbar_template = FRESH_TOOLBAR
    card_template = "admin/houses/visit/card.html"
    search_fields = ("house__title", "house__address")
    search_help_text = "Адрес или название дома"
    ordering = ("date", "house__street_key", "house__number_key", "pk")
    list_select_related = ("house", "house__brigade", "brigade", "employee")
    list_display = ("date_cell", "house_cell", "type_cell", "status_cell", "brigade_cell", "photos_cell")
    list_display_links = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return VisitChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Opened without a question, the list shows today."""
        if not request.GET:
            return HttpResponseRedirect(f"?date={timezone.localdate().isoformat()}")
        return super().changelist_view(request, extra_context)  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path(
                "<int:visit_id>/not-possible/", wrap(require_POST(self.not_possible)), name="houses_visit_not_possible"
            ),
            path("<int:visit_id>/reopen/", wrap(require_POST(self.reopen)), name="houses_visit_reopen"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def card_context(self, request: HttpRequest, row: CleaningVisit) -> dict[str, Any]:
        return {
            "visit": row,
            "house": row.house,
            "photos": row.photos.select_related("visit", "uploaded_by"),
            "reasons": CleaningVisit.Reason.choices,
            "may_correct": request.user.has_perm("houses.change_cleaningvisit"),
            "may_reopen": request.user.has_perm("houses.reopen_visit"),
            "is_missed": row.status == Status.PLANNED and row.date < timezone.localdate(),
            "bitrix_url": bitrix_url(row.house),
            "history_address": history_address(CleaningVisit, row.pk),
        }

    def not_possible(self, request: HttpRequest, visit_id: int) -> HttpResponse:
        """«Не выполнено» with a reason, reported by the office."""
        visit = self.own_visit(request, visit_id, "houses.change_cleaningvisit")
        reason, comment = request.POST.get("reason", ""), request.POST.get("comment", "")[:2000]
        try:
            report_not_possible(visit.pk, employee=employee_of(request.user), reason=reason, comment=comment)
        except VasdomError as exc:
            messages.error(request, exc.message)
        else:
            messages.success(request, "Отмечено: уборка не выполнена.")
        return self.back(visit_id)

    def reopen(self, request: HttpRequest, visit_id: int) -> HttpResponse:
        """The report taken back: the visit is planned again."""
        visit = self.own_visit(request, visit_id, "houses.reopen_visit")
        try:
            reopen_visit(visit.pk, user=request.user)
        except VasdomError as exc:
            messages.error(request, exc.message)
        else:
            messages.success(request, "Уборка снова запланирована.")
        return self.back(visit_id)

    def own_visit(self, request: HttpRequest, visit_id: int, permission: str) -> CleaningVisit:
        visit = self.get_object(request, str(visit_id))
        if visit is None or not request.user.has_perm(permission):
            raise PermissionDenied
        return visit  # type: ignore[no-any-return]

    def back(self, visit_id: int) -> HttpResponse:
        return HttpResponseRedirect(reverse("admin:houses_cleaningvisit_change", args=[visit_id]))

    @admin.display(description="Дата", ordering="date")
    def date_cell(self, visit: CleaningVisit) -> SafeString:
        return format_html(
            '<a class="of-strong of-nowrap" href="{}/change/">{}</a>', visit.pk, f"{visit.date:%d.%m.%Y}"
        )

    @admin.display(description="Дом", ordering="house__street_key")
    def house_cell(self, visit: CleaningVisit) -> SafeString:
        house = visit.house
        address = house.address if house.address != house.title else ""
        card = reverse("admin:houses_house_change", args=[house.pk])
        cell = '<div class="of of-house"><a href="{}" data-panel="#schedule-{}">{}</a><small>{}</small></div>'
        return format_html(cell, card, house.pk, house, address)

    @admin.display(description="Тип", ordering="cleaning_type")
    def type_cell(self, visit: CleaningVisit) -> SafeString:
        return format_html('<span class="of">{}</span>', type_chip(visit.cleaning_type))

    @admin.display(description="Состояние", ordering="status")
    def status_cell(self, visit: CleaningVisit) -> SafeString:
        if visit.status == Status.PLANNED and visit.date < timezone.localdate():
            return format_html('<span class="of of-chip is-warn">{}</span>', "Без отчёта")
        chip = status_chip(visit.status, visit.get_status_display())
        why = visit.get_reason_display() if visit.reason else ""
        return format_html('<span class="of of-when">{}<small class="of-small of-muted">{}</small></span>', chip, why)

    @admin.display(description="Бригада", ordering="house__brigade__number")
    def brigade_cell(self, visit: CleaningVisit) -> SafeString:
        brigade = visit.brigade or visit.house.brigade
        name = brigade.name if brigade else NO_BRIGADE
        return format_html(
            '<span class="of of-when"><span>{}</span><small class="of-small of-muted">{}</small></span>',
            name,
            visit.employee or "",
        )

    @admin.display(description="Фото")
    def photos_cell(self, visit: Any) -> object:
        return visit.photo_count or NO_DATA if visit.status == Status.PLANNED else visit.photo_count


class PhotoFilterForm(FilterForm):
    date_from = date_field("Уборки с")
    date_to = date_field("По")

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        for name, lookup in (("date_from", "visit__date__gte"), ("date_to", "visit__date__lte")):
            if day := wanted.get(name):
                queryset = queryset.filter(**{lookup: day})
        return queryset


@admin.register(VisitPhoto)
class VisitPhotoAdmin(ReadOnlyAdmin):
    filter_form_class = PhotoFilterForm
    list_display = ("thumb", "visit", "uploaded_at", "uploaded_by")
    list_select_related = ("visit", "visit__house", "uploaded_by")
    search_fields = ("visit__house__title", "visit__house__address")
    search_help_text = "Адрес или название дома"
    ordering = ("-uploaded_at",)
    fields = ("thumb", "visit", "taken_at", "uploaded_at", "uploaded_by", "width", "height")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visits = CleaningVisit.objects.visible_to(request.user)
        return super().get_queryset(request).filter(visit__in=visits)

    @admin.display(description="Фото")
    def thumb(self, photo: VisitPhoto) -> SafeString:
        picture = '<img class="of-thumb" src="{0}?w=320" alt="{1}" loading="lazy">'
        return format_html(
            f'<a href="{{0}}" target="_blank" rel="noopener">{picture}</a>',
            photo.image.url,
            f"Фото уборки {photo.visit.date:%d.%m.%Y}",
        )
