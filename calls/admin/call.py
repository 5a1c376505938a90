"""The list of calls, a call's card, and clearing the log."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from calls import access, actions
from calls.admin import listening
from calls.admin.card import RATINGS, awaits_recording, earlier, entries, player
from calls.admin.filters import GOING, STATUSES, CallFilterForm
from calls.admin.words import calls_in_words, status_chip
from calls.audit import WHOLE_LOG
from calls.models import KEPT_HIDDEN_FOR, Call
from calls.querysets import CallCounts, CallQuerySet
from calls.reports import header, rows
from calls.search import search_calls
from calls.templatetags.calls_words import call_length
from houses.access import sees_phones
from houses.admin.base import OfficeChangeList, ReadOnlyAdmin
from houses.admin.downloads import download
from houses.reports.tables import csv_file
from vasdom.errors import VasdomError

Status = Call.Status


class CallChangeList(OfficeChangeList):
    filter_form: CallFilterForm

    @cached_property
    def _but_status(self) -> CallQuerySet:
        """The calls under every filter but that of the status."""
        queryset: Any = self.root_queryset
        if not self.filter_form.is_valid():
            return queryset.none()  # type: ignore[no-any-return]
        if self.query:
            queryset, _ = self.model_admin.get_search_results(self.request, queryset, self.query)
        wanted = {name: value for name, value in self.filter_form.cleaned_data.items() if value}
        return self.filter_form.narrow_but_status(queryset, wanted)  # type: ignore[no-any-return]

    @cached_property
    def totals(self) -> CallCounts:
        """Of the rows that are listed, all pages of them."""
        return self.queryset.counts()  # type: ignore[no-any-return]

    @cached_property
    def chips(self) -> list[tuple[str, int, str, bool]]:
        """Label, number, address and «chosen» of each status."""
        counts = self._but_status.counts()
        chosen = self.filter_form.cleaned_data.get("status", "") if self.filter_form.is_valid() else ""
        numbers = {
            "": counts.total,
            "Completed": counts.completed,
            "Interrupted": counts.interrupted,
            "Failed": counts.failed,
            GOING: counts.going_on,
        }
        labels = {"": "Все", **STATUSES}
        return [
            (
                labels[code],
                number,
                self.get_query_string({"status": code} if code else {}, ["p", "status"]),
                code == chosen,
            )
            for code, number in numbers.items()
        ]

    @cached_property
    def hidden(self) -> int:
        """How many calls this person could bring back; 0 for who may not."""
        if not access.may_clear(self.request.user):
            return 0
        return Call.objects.visible_to(self.request.user).hidden().count()

    def get_ordering_field_columns(self) -> dict[int, str]:
        """No column is marked as sorted until somebody sorts by one: newest first is the log's own order."""
        return super().get_ordering_field_columns() if self.params.get("o") else {}

    def decorate(self, rows: list[Any]) -> None:
        """Numbers as this reader may see them."""
        for call in rows:
            call.shown_caller = access.caller_for(call.caller, self.request.user)

    @property
    def shows_hidden(self) -> bool:
        return self.filter_form.query.get("hidden") == "1"

    @property
    def may_clear(self) -> bool:
        return access.may_clear(self.request.user)

    @property
    def state(self) -> str:
        return self.queryset.state()  # type: ignore[no-any-return]


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    """Calls are written by the recorder; the office reads, rates and clears through `calls.actions`."""

    filter_form_class = CallFilterForm
    change_list_template = "admin/calls/call/list.html"
    card_template = "admin/calls/call/card.html"
    toolbar_template = "admin/calls/call/toolbar.html"
    search_fields = ("caller",)
    search_help_text = "Слова диалога, номер или ID"
    ordering = ("-started_at", "-pk")
    list_select_related = ("house",)
    list_display = ("id_cell", "caller_cell", "started_cell", "length_cell", "status_cell")
    list_display_links = None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return CallChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        lasted = ExpressionWrapper(F("ended_at") - F("started_at"), DurationField())
        calls: QuerySet[Any] = super().get_queryset(request).annotate(lasted=lasted)
        return calls

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """A call that was cleared is there only for those who may bring it back."""
        call = super().get_object(request, object_id, from_field)
        return None if call and call.hidden_at and not access.may_clear(request.user) else call

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        if request.GET.get("hidden") != "1" or not access.may_clear(request.user):
            queryset = queryset.kept()  # type: ignore[attr-defined]
        return search_calls(queryset, search_term, request.user), False  # type: ignore[arg-type]

    def get_urls(self) -> list[URLPattern]:
        own: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("state/", require_safe(self.state), "state"),
            ("export/csv/", require_safe(self.export), "export"),
            ("clear/", self.clear, "clear"),
            ("restore/", require_POST(self.restore), "restore"),
            ("<uuid:call_id>/state/", require_safe(self.call_state), "call_state"),
            ("<uuid:call_id>/recording.wav", require_safe(self.recording), "recording"),
            ("<uuid:call_id>/restore/", require_POST(self.restore_one), "restore_one"),
            ("<uuid:call_id>/turns/<int:number>/rate/", require_POST(self.rate), "rate"),
        ]
        wrap = self.admin_site.admin_view
        ours = [path(route, wrap(view), name=f"calls_call_{name}") for route, view, name in own]
        return ours + super().get_urls()  # type: ignore[no-any-return]

    # --- the card

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if object_id == WHOLE_LOG:  # the audit trail's line about the log as a whole
            return HttpResponseRedirect(list_address())
        return super().change_view(request, object_id, form_url, extra_context)

    def card_context(self, request: HttpRequest, row: Call) -> dict[str, Any]:
        user = request.user
        shown = entries(row, user)
        others, number_of_others = earlier(row, user)
        return {
            "call": row,
            "contact": row.contact if sees_phones(user) else "",
            "player": player(row, shown, user),
            "earlier": [(call, status_chip(call)) for call in others],
            "earlier_number": number_of_others,
            "earlier_address": f"{list_address()}?{urlencode({'q': row.caller})}" if sees_phones(user) else "",
            "is_live": not row.is_final or awaits_recording(row),
            "caller": access.caller_for(row.caller, user),
            "chip": status_chip(row),
            "entries": shown,
            "ratings": RATINGS,
            "may_rate": access.may_rate(user),
            "may_clear": access.may_clear(user),
            "state": call_state(row),
        }

    def call_state(self, request: HttpRequest, call_id: UUID) -> HttpResponse:
        """Changes whenever the card would."""
        return JsonResponse({"state": call_state(self.own(request, call_id))})

    def recording(self, request: HttpRequest, call_id: UUID) -> HttpResponseBase:
        return listening.listen(request, self.own(request, call_id), request.user)

    def rate(self, request: HttpRequest, call_id: UUID, number: int) -> HttpResponse:
        """The stars under an answer; a script gets JSON, a form its page."""
        self.own(request, call_id)
        given = request.POST.get("rating", "")
        rating = int(given) if given in {str(mark) for mark in RATINGS} else None
        failure = None
        try:
            actions.rate_turn(call_id, number, rating, comment=request.POST.get("comment", ""), user=request.user)
        except VasdomError as exc:
            failure = exc.message
        told = failure or ("Оценка сохранена." if rating else "Оценка снята.")
        if request.headers.get("X-Requested-With") == "fetch":
            return JsonResponse({"message": told, "failed": bool(failure)}, status=400 if failure else 200)
        (messages.error if failure else messages.success)(request, told)
        return HttpResponseRedirect(f"{card_address(call_id)}#turn-{number}")

    def own(self, request: HttpRequest, call_id: UUID) -> Call:
        call = self.get_object(request, str(call_id))
        if call is None or not self.has_view_permission(request, call):
            raise Http404
        return call  # type: ignore[no-any-return]

    # --- the list

    def listed(self, request: HttpRequest) -> CallChangeList:
        """The list with this address, all pages of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self.get_changelist_instance(request)  # type: ignore[no-any-return]

    def state(self, request: HttpRequest) -> HttpResponse:
        """A word that changes whenever the list would: what the page asks every few seconds."""
        return JsonResponse({"state": self.listed(request).state})

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Exactly the calls that the list with this address shows."""
        if not request.user.has_perm("houses.export"):
            raise PermissionDenied
        found = rows(self.listed(request).queryset, request.user, more=True)
        return download(
            request, csv_file(header(more=True), found), f"звонки_{timezone.localtime():%Y%m%d_%H%M%S}.csv", "csv"
        )

    # --- clearing

    def clear(self, request: HttpRequest) -> HttpResponse:
        """Asked twice: what is about to go, then whether that is really meant. Calls that began after the first
        question stay."""
        if not access.may_clear(request.user):
            raise PermissionDenied
        changelist = self.listed(request)
        until = parse_datetime(request.POST.get("until", "")) or timezone.now()
        step = int(request.POST.get("step") in ("1", "2")) + int(request.POST.get("step") == "2")
        wanted = changelist.queryset.exclude(status__in=(Status.INITIATED, Status.IN_PROGRESS))
        wanted = wanted.filter(started_at__lte=until, hidden_at=None)
        said = changelist.filter_form.told() + (" поиск" if changelist.query else "")
        if step < 2:
            return self.ask(
                request, changelist, wanted, {"said": said.strip(), "until": until.isoformat(), "step": step + 1}
            )
        hidden = actions.hide_calls(wanted, user=request.user, said=said.strip())
        day = timezone.localtime(timezone.now() + KEPT_HIDDEN_FOR)
        messages.success(request, f"Журнал очищен: {calls_in_words(hidden)}. Вернуть можно до {day:%d.%m.%Y %H:%M}.")
        return HttpResponseRedirect(list_address())

    def ask(
        self, request: HttpRequest, changelist: CallChangeList, wanted: CallQuerySet, context: dict[str, Any]
    ) -> HttpResponse:
        request.current_app = self.admin_site.name
        context |= {"title": "Очистить журнал звонков", "number": wanted.count(), "opts": self.opts}
        context |= {"back": f"{list_address()}?{changelist.filter_query}"}
        context |= {"kept_until": timezone.now() + KEPT_HIDDEN_FOR}
        return TemplateResponse(request, "admin/calls/call/clear.html", self.admin_site.each_context(request) | context)

    def restore(self, request: HttpRequest) -> HttpResponse:
        """«Вернуть»: every call that was cleared and is not yet deleted."""
        return self.brought_back(request, Call.objects.visible_to(request.user), list_address())

    def restore_one(self, request: HttpRequest, call_id: UUID) -> HttpResponse:
        call = self.own(request, call_id)
        return self.brought_back(request, Call.objects.filter(pk=call.pk), card_address(call_id))

    def brought_back(self, request: HttpRequest, calls: CallQuerySet, address: str) -> HttpResponse:
        try:
            number = actions.restore_calls(calls, user=request.user)
        except VasdomError as exc:
            raise PermissionDenied from exc
        messages.success(request, f"Возвращено: {calls_in_words(number)}.")
        return HttpResponseRedirect(address)

    # --- columns

    @admin.display(description="ID", ordering="pk")
    def id_cell(self, call: Call) -> SafeString:
        return format_html(
            '<a class="of of-strong of-nowrap call-id" href="{}/change/" title="{}">{}…</a>',
            call.pk,
            call.pk,
            call.short_id,
        )

    @admin.display(description="Номер", ordering="caller")
    def caller_cell(self, call: Any) -> SafeString:
        return format_html(
            '<div class="of of-house"><a href="{}/change/">{}</a><small>{}{}</small></div>',
            call.pk,
            call.shown_caller or "без номера",
            call.get_channel_display(),
            f" · {call.house}" if call.house else "",
        )

    @admin.display(description="Начало", ordering="started_at")
    def started_cell(self, call: Call) -> SafeString:
        begun = timezone.localtime(call.started_at)
        return format_html(
            '<span class="of of-when"><span>{}</span><small class="of-small of-muted">{}</small></span>',
            f"{begun:%d.%m.%Y}",
            f"{begun:%H:%M:%S}",
        )

    @admin.display(description="Длительность", ordering="lasted")
    def length_cell(self, call: Call) -> SafeString:
        if call.duration is None:
            return format_html('<span class="of of-muted">{}</span>', "идёт" if not call.is_final else "нет данных")
        return format_html('<span class="of of-nowrap">{}</span>', call_length(call.duration))

    @admin.display(description="Статус", ordering="status")
    def status_cell(self, call: Call) -> SafeString:
        base = format_html(' <span class="call-base">[{}]</span>', call.base) if call.base else ""
        return format_html('<span class="of of-nowrap">{}{}</span>', status_chip(call), base)


def call_state(call: Call) -> str:
    return f"{call.changed_at.timestamp():.6f}"


def list_address() -> str:
    return reverse("admin:calls_call_changelist")


def card_address(call_id: UUID) -> str:
    return reverse("admin:calls_call_change", args=[call_id])
