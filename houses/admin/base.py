"""What every list of the office shares: a filter bar that says what it could not read, and pages in the address."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR
from django.contrib.contenttypes.models import ContentType
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from houses.admin.filters import FilterForm
from houses.freshness import Freshness, freshness

FRESH_TOOLBAR = "admin/houses/parts/fresh.html"  # the age of the CRM's data beside «Показать»
PER_PAGE_VAR = "per_page"
PER_PAGE_CHOICES = (10, 50, 100)


class OfficeChangeList(ChangeList):  # type: ignore[misc]
    """Reads filters from a form, so that a wrong value is an error beside its field and never a server error."""

    filter_form: FilterForm

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        model_admin = args[10] if len(args) > 10 else kwargs["model_admin"]
        self.request = request
        self.filter_form = model_admin.filter_form_class(request.GET, user=request.user)
        super().__init__(request, *args, **kwargs)

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        """What is left for Django's own field lookups."""
        lookups: dict[str, Any] = super().get_filters_params(params)
        for name in (PER_PAGE_VAR, *self.filter_form.fields):
            lookups.pop(name, None)
        return lookups

    def get_queryset(self, request: HttpRequest, exclude_parameters: list[str] | None = None) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request, exclude_parameters)
        return self.filter_form.apply(queryset)

    def get_results(self, request: HttpRequest) -> None:
        """One page of rows; a page beyond the end is the last one."""
        self.list_per_page = per_page(request, self.model_admin.list_per_page)
        paginator: Paginator[Any] = self.model_admin.get_paginator(request, self.queryset, self.list_per_page)
        self.prepare(paginator)
        page = paginator.get_page(self.page_num)
        self.page_num: int = page.number
        self.page = page
        self.paginator = paginator
        self.result_count = paginator.count
        self.full_result_count = paginator.count if not self.is_filtered else None
        self.result_list = list(page.object_list)
        self.can_show_all, self.multi_page, self.show_admin_actions = False, paginator.num_pages > 1, True
        self.decorate(self.result_list)

    def prepare(self, paginator: Paginator[Any]) -> None:
        """A place to give the paginator a count that is already known."""

    def decorate(self, rows: list[Any]) -> None:
        """A place to load, in one query, what belongs to the rows of this page."""

    @cached_property
    def freshness(self) -> Freshness:
        """The age of the CRM's data, for the lists that show them."""
        return freshness()

    @property
    def is_filtered(self) -> bool:
        return bool(self.query) or self.filter_form.is_active

    @property
    def per_page_links(self) -> list[tuple[int, str, bool]]:
        return [
            (size, self.get_query_string({PER_PAGE_VAR: size}, [PAGE_VAR]), size == self.list_per_page)
            for size in PER_PAGE_CHOICES
        ]

    @property
    def page_links(self) -> list[tuple[str, str, bool]]:
        """Pairs of page label and address, with a flag for the current one; an ellipsis has no address."""
        links = []
        for number in self.paginator.get_elided_page_range(self.page_num, on_each_side=2, on_ends=1):
            address = self.page_address(number) if isinstance(number, int) else ""
            links.append((str(number), address, number == self.page_num))
        return links

    def page_address(self, number: int) -> str:
        return str(self.get_query_string({PAGE_VAR: number}))

    @property
    def previous_address(self) -> str:
        return self.page_address(self.page_num - 1) if self.page.has_previous() else ""

    @property
    def next_address(self) -> str:
        return self.page_address(self.page_num + 1) if self.page.has_next() else ""

    @property
    def kept_params(self) -> list[tuple[str, str]]:
        """Parameters a new search must not lose: all but the filters themselves and the page."""
        own = {PAGE_VAR, SEARCH_VAR, "e", *self.filter_form.fields}
        return [(name, value) for name, value in self.params.items() if name not in own]

    @property
    def filter_query(self) -> str:
        """The filters alone, for an export of the same rows."""
        params = {name: value for name, value in self.params.items() if name not in {PAGE_VAR, PER_PAGE_VAR, "e"}}
        return urlencode(params)


def per_page(request: HttpRequest, default: int) -> int:
    """How many rows the address asks for, out of `PER_PAGE_CHOICES`."""
    asked = request.GET.get(PER_PAGE_VAR, "")
    return int(asked) if asked in {str(size) for size in PER_PAGE_CHOICES} else default


class OfficeAdmin(ModelAdmin):  # type: ignore[misc]
    """A list with the filter bar; rows only of those houses that the user may see."""

    filter_form_class: type[FilterForm] = FilterForm
    change_list_template: Any = "admin/houses/office_list.html"
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    actions: Any = None
    empty_value_display = "—"

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return OfficeChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        queryset: QuerySet[Any] = super().get_queryset(request)
        visible_to = getattr(queryset, "visible_to", None)
        return visible_to(request.user) if visible_to else queryset

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The history of a row is its part of the audit trail."""
        return HttpResponseRedirect(history_address(self.model, object_id))


class ReadOnlyAdmin(OfficeAdmin):
    """Rows that come from elsewhere: seen, never typed in. With a `card_template` a row opens as a page of its own."""

    card_template = ""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.card_template:
            return super().change_view(request, object_id, form_url, extra_context)  # type: ignore[no-any-return]
        row = self.get_object(request, object_id)
        if row is None or not self.has_view_permission(request, row):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[no-any-return]
        context = self.admin_site.each_context(request) | self.card_context(request, row)
        context |= {"opts": self.opts, "original": row, "title": str(row), "subtitle": None}
        return TemplateResponse(request, self.card_template, context | (extra_context or {}))

    def card_context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the card shows."""
        return {}

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def history_address(model: type[Model], key: object) -> str:
    """Where the audit trail shows one object."""
    kind = ContentType.objects.get_for_model(model)
    return f"{reverse('admin:auditlog_logentry_changelist')}?{urlencode({'kind': kind.pk, 'object': key})}"
