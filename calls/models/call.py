"""Calls: conversations with the assistant by phone, in chats and over the API."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from calls.querysets import FINAL, CallQuerySet
from houses.models import House

LONGEST_CALLER, LONGEST_BASE, LONGEST_CONTACT, LONGEST_LINE = 64, 32, 200, 64
KEPT_HIDDEN_FOR = timedelta(days=7)
"""How long a call that was cleared from the log can be brought back."""


class Call(models.Model):
    """One conversation. Rows change through `calls.actions` only.

    What is remembered of the assistant (revision, base) is copied, and survives whatever becomes of it.
    """

    class Channel(models.TextChoices):
        PHONE = "phone", "Телефон"
        WEB = "web", "Чат в кабинете"
        WS = "ws", "Чат на сайте"
        API = "api", "API"

    class Status(models.TextChoices):
        """The values are those of the original's log, which scripts filter by."""

        INITIATED = "Initiated", "Начат"
        IN_PROGRESS = "InProgress", "Идёт"
        COMPLETED = "Completed", "Завершён"
        FAILED = "Failed", "Неудачный"
        INTERRUPTED = "Interrupted", "Прерван"

    class Ending(models.TextChoices):
        """Why it ended; the engine's own words (`voice.engine.events.Ending`), and one for a process that died."""

        CALLER_HUNG_UP = "caller_hung_up", "Звонящий положил трубку"
        SAID_GOODBYE = "said_goodbye", "Попрощались"
        CALLER_SILENT = "caller_silent", "Звонящий молчал"
        TOO_LONG = "too_long", "Предельная длительность"
        HANDED_OVER = "handed_over", "Передан сотруднику"
        FAILED = "failed", "Сбой"
        LOST = "lost", "Процесс телефонии прервался"

    id = models.UUIDField("ID", primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField("канал", max_length=8, choices=Channel.choices)
    caller = models.CharField("номер", max_length=LONGEST_CALLER, blank=True, help_text="Телефон или имя сессии")
    contact = models.CharField(
        "контакт", max_length=LONGEST_CONTACT, blank=True, help_text="Имя по номеру, каким оно было во время звонка"
    )
    house = models.ForeignKey(House, models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name="дом")
    started_at = models.DateTimeField("начало", default=timezone.now)
    ended_at = models.DateTimeField("конец", null=True, blank=True)
    status = models.CharField("статус", max_length=12, choices=Status.choices, default=Status.INITIATED)
    ending = models.CharField("чем закончился", max_length=16, choices=Ending.choices, blank=True)
    dialled = models.CharField("набранный номер", max_length=LONGEST_CALLER, blank=True)
    line_id = models.CharField(
        "канал Asterisk", max_length=LONGEST_LINE, blank=True, help_text="uniqueid канала, как в журнале CDR"
    )
    arrived_at = models.DateTimeField("поступил", null=True, blank=True)
    greeted_ms = models.PositiveIntegerField(
        "до приветствия, мс",
        null=True,
        blank=True,
        help_text="От поступления звонка до первого звука приветствия; пусто — не прозвучало",
    )
    revision_number = models.PositiveIntegerField("ревизия ассистента", null=True, blank=True)
    base = models.CharField("база последнего ответа", max_length=LONGEST_BASE, blank=True)
    changed_at = models.DateTimeField("изменён", auto_now=True)
    hidden_at = models.DateTimeField("скрыт", null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто скрыл"
    )
    redacted_at = models.DateTimeField("номера стёрты", null=True, blank=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    objects = CallQuerySet.as_manager()

    class Meta:
        verbose_name = "звонок"
        verbose_name_plural = "звонки"
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["-started_at", "-id"], name="call_newest"),
            models.Index(fields=["status", "-started_at"], name="call_status"),
            models.Index(fields=["changed_at"], name="call_changed"),
            models.Index(fields=["caller", "-started_at"], name="call_caller"),
            models.Index(fields=["arrived_at"], condition=models.Q(arrived_at__isnull=False), name="call_arrived"),
            models.Index(fields=["line_id"], condition=~models.Q(line_id=""), name="call_line"),
            models.Index(fields=["hidden_at"], condition=models.Q(hidden_at__isnull=False), name="call_hidden"),
        ]
        permissions = [
            ("rate_turn", "Может оценивать ответы ассистента"),
            ("clear_log", "Может очищать журнал звонков и возвращать очищенное"),
            ("hear_recording", "Может слушать записи звонков"),
            ("watch_live", "Может видеть звонки, которые идут сейчас"),
            ("steer_call", "Может завершать и переводить идущий звонок и говорить в нём"),
        ]

    def __str__(self) -> str:
        """Without the number: the title is shown to every role."""
        return f"Звонок {timezone.localtime(self.started_at):%d.%m.%Y %H:%M}"

    @property
    def short_id(self) -> str:
        return str(self.pk)[:8]

    @property
    def is_final(self) -> bool:
        return self.status in FINAL

    @property
    def duration(self) -> timedelta | None:
        """None while the call goes on."""
        return max(self.ended_at - self.started_at, timedelta()) if self.ended_at else None

    @property
    def purged_at(self) -> Any:
        """When a hidden call is deleted for good; None for one that is not hidden."""
        return self.hidden_at + KEPT_HIDDEN_FOR if self.hidden_at else None
