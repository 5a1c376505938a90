"""Runs of the synchronisation: the record, the button, the live progress, the decision about a refused run."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_GET, require_POST
from kombu.exceptions import OperationalError as BrokerDown

from houses import jobs
from houses.admin.base import OfficeChangeList, ReadOnlyAdmin
from houses.admin.filters import FilterForm, date_field
from houses.models import PortalEvent, SyncRun
from houses.sync_progress import progress
from houses.templatetags.admin_houses import NO_DATA

STATE_CLASSES = {"running": "is-busy", "done": "is-good", "failed": "is-bad", "refused": "is-warn"}


class SyncFilterForm(FilterForm):
    state = forms.ChoiceField(label="Итог", required=False, choices=[("", "Все"), *SyncRun.State.choices])
    kind = forms.ChoiceField(label="Вид", required=False, choices=[("", "Все"), *SyncRun.Kind.choices])
    date_from = date_field("С")
    date_to = date_field("По")

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        names = {"date_from": "started_at__date__gte", "date_to": "started_at__date__lte"}
        return queryset.filter(**{names.get(name, name): value for name, value in wanted.items()})


class SyncChangeList(OfficeChangeList):
    @property
    def now(self) -> dict[str, Any]:
        return progress()

    @property
    def refused(self) -> SyncRun | None:
        """The last finished run, when it waits for a person."""
        last = SyncRun.objects.exclude(state=SyncRun.State.RUNNING).exclude(kind=SyncRun.Kind.EVENTS).first()
        return last if last and last.state == SyncRun.State.REFUSED else None


@admin.register(SyncRun)
class SyncRunAdmin(ReadOnlyAdmin):
    filter_form_class = SyncFilterForm
    change_list_template = "admin/houses/sync/list.html"
    card_template = "admin/houses/sync/card.html"
    list_display = (
        "started_cell",
        "kind",
        "state_cell",
        "houses_cell",
        "changes_cell",
        "requests",
        "seconds_cell",
        "who_cell",
    )
    list_display_links = None
    list_select_related = ("requested_by",)
    ordering = ("-started_at",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[OfficeChangeList]:
        return SyncChangeList

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("start/", wrap(require_POST(self.start)), name="houses_sync_start"),
            path("progress/", wrap(require_GET(self.poll)), name="houses_sync_progress"),
            path("<int:run_id>/accept/", wrap(require_POST(self.accept)), name="houses_sync_accept"),
        ]
        return own + super().get_urls()  # type: ignore[no-any-return]

    def start(self, request: HttpRequest) -> HttpResponse:
        """«Синхронизировать сейчас»: ask a worker for it; the page then shows what it does."""
        if not request.user.has_perm("houses.sync_now"):
            raise PermissionDenied
        self.ask(request, jobs.sync_delta if request.POST.get("kind") == "delta" else jobs.sync_full)
        return HttpResponseRedirect(reverse("admin:houses_syncrun_changelist"))

    def accept(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """«Принять архивацию»: a full run that may archive as many houses as the portal no longer has."""
        if not request.user.has_perm("houses.accept_archiving"):
            raise PermissionDenied
        if SyncRun.objects.filter(pk=run_id, state=SyncRun.State.REFUSED).exists():
            self.ask(request, jobs.sync_full, accept_archiving=True)
        else:
            messages.error(request, "Эта синхронизация не ждёт решения.")
        return HttpResponseRedirect(reverse("admin:houses_syncrun_changelist"))

    def ask(self, request: HttpRequest, job: Any, **options: Any) -> None:
        if not settings.BITRIX24_WEBHOOK_URL:
            messages.error(request, "Bitrix24 не подключён: задайте переменную BITRIX24_WEBHOOK_URL и перезапустите.")
            return
        try:
            job.delay(requested_by_id=request.user.pk, **options)
        except BrokerDown:
            messages.error(request, "Очередь заданий не отвечает: синхронизация не запущена.")
        else:
            messages.success(request, "Синхронизация запущена.")

    def poll(self, request: HttpRequest) -> HttpResponse:
        """The same figures as the socket sends, for browsers without one."""
        if not request.user.has_perm("houses.sync_now"):
            raise PermissionDenied
        return JsonResponse(progress())

    def card_context(self, request: HttpRequest, row: SyncRun) -> dict[str, Any]:
        return {"run": row, "state_class": STATE_CLASSES[row.state], "seconds": seconds_of(row)}

    @admin.display(description="Начало", ordering="started_at")
    def started_cell(self, run: SyncRun) -> SafeString:
        when = timezone.localtime(run.started_at)
        cell = '<a class="of of-strong of-nowrap" href="{}/change/">{}</a>'
        return format_html(cell, run.pk, f"{when:%d.%m.%Y %H:%M:%S}")

    @admin.display(description="Итог", ordering="state")
    def state_cell(self, run: SyncRun) -> SafeString:
        chip = format_html('<span class="of-chip {}">{}</span>', STATE_CLASSES[run.state], run.get_state_display())
        first = str(run.errors[0]) if run.errors else ""
        return format_html('<span class="of of-house">{}<small>{}</small></span>', chip, first)

    @admin.display(description="Домов в CRM")
    def houses_cell(self, run: SyncRun) -> object:
        return run.portal_total if run.portal_total is not None else NO_DATA

    @admin.display(description="Новых / изменено / в архив")
    def changes_cell(self, run: SyncRun) -> SafeString:
        return format_html('<span class="of-nowrap">{} / {} / {}</span>', run.created, run.updated, run.archived)

    @admin.display(description="Длилась")
    def seconds_cell(self, run: SyncRun) -> object:
        seconds = seconds_of(run)
        return NO_DATA if seconds is None else f"{seconds:.1f} с".replace(".", ",")

    @admin.display(description="Кто запустил")
    def who_cell(self, run: SyncRun) -> str:
        return str(run.requested_by) if run.requested_by else "расписание или команда"


def seconds_of(run: SyncRun) -> float | None:
    return (run.finished_at - run.started_at).total_seconds() if run.finished_at else None


class EventFilterForm(FilterForm):
    state = forms.ChoiceField(
        label="Состояние",
        required=False,
        choices=[("", "Все"), ("waiting", "Ждёт"), ("done", "Обработано"), ("error", "С ошибкой")],
    )

    def narrow(self, queryset: QuerySet[Any], wanted: dict[str, Any]) -> QuerySet[Any]:
        match wanted.get("state"):
            case "waiting":
                return queryset.filter(processed_at=None)
            case "done":
                return queryset.filter(processed_at__isnull=False, error="")
            case "error":
                return queryset.exclude(error="")
            case _:
                return queryset


@admin.register(PortalEvent)
class PortalEventAdmin(ReadOnlyAdmin):
    filter_form_class = EventFilterForm
    list_display = ("received_at", "event", "deal_id", "processed_at", "error")
    search_fields = ("=deal_id",)
    search_help_text = "№ сделки"
    ordering = ("-received_at",)
    fields = ("event", "deal_id", "received_at", "processed_at", "error")
    readonly_fields = fields
