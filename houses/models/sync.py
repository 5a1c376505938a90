"""Every exchange with the portal, on record."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models


class SyncRun(models.Model):
    """One run of the synchronisation with Bitrix24."""

    class Kind(models.TextChoices):
        FULL = "full", "Полная"
        DELTA = "delta", "Изменения"
        EVENTS = "events", "По событиям"

    class State(models.TextChoices):
        RUNNING = "running", "Идёт"
        DONE = "done", "Выполнена"
        FAILED = "failed", "Не удалась"
        REFUSED = "refused", "Остановлена: нужен человек"

    kind = models.CharField("вид", max_length=8, choices=Kind.choices)
    state = models.CharField("итог", max_length=8, choices=State.choices, default=State.RUNNING)
    started_at = models.DateTimeField("начало", auto_now_add=True, db_index=True)
    finished_at = models.DateTimeField("конец", null=True, blank=True)
    # The moment the data are true for: taken before the first request.
    data_as_of = models.DateTimeField("данные на", null=True, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто запустил"
    )
    progress_done = models.PositiveIntegerField("сделано", default=0)
    progress_total = models.PositiveIntegerField("всего", null=True, blank=True)
    step = models.CharField("шаг", max_length=120, blank=True)
    portal_total = models.PositiveIntegerField("домов в CRM", null=True, blank=True)
    created = models.PositiveIntegerField("новых", default=0)
    updated = models.PositiveIntegerField("изменённых", default=0)
    unchanged = models.PositiveIntegerField("без изменений", default=0)
    archived = models.PositiveIntegerField("в архив", default=0)
    restored = models.PositiveIntegerField("из архива", default=0)
    requests = models.PositiveIntegerField("запросов", default=0)
    # Sentences for a person; never a token, never a traceback.
    errors: models.JSONField[Any, Any] = models.JSONField("ошибки", default=list, blank=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "синхронизация"
        verbose_name_plural = "синхронизации"
        ordering = ["-started_at"]
        permissions = [
            ("sync_now", "Может запускать синхронизацию"),
            ("accept_archiving", "Может подтверждать уход домов в архив"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.started_at:%d.%m.%Y %H:%M}"

    @property
    def seconds(self) -> float | None:
        """How long the run took; None while it runs."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


class PortalEvent(models.Model):
    """The inbox of Bitrix24's outgoing webhook: stored at once, worked off later.

    Only the kind of event and the deal's number are believed; the deal itself is read from the portal.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False, help_text="SHA-256 тела без токена")
    event = models.CharField("событие", max_length=64)
    deal_id = models.BigIntegerField("сделка")
    received_at = models.DateTimeField("получено", auto_now_add=True)
    processed_at = models.DateTimeField("обработано", null=True, blank=True, db_index=True)
    error = models.CharField("ошибка", max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField("попыток", default=0)
    retry_at = models.DateTimeField("повторить не раньше", null=True, blank=True)

    class Meta:
        verbose_name = "событие CRM"
        verbose_name_plural = "события CRM"
        ordering = ["-received_at"]

    def __str__(self) -> str:
        return f"{self.event} {self.deal_id}"
