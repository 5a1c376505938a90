"""Calls: conversations with the assistant by phone, in chats and over the API, turn by turn."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from calls.querysets import FINAL, CallQuerySet
from houses.models import House

LONGEST_CALLER, LONGEST_BASE, LONGEST_COMMENT = 64, 32, 1000
KEPT_HIDDEN_FOR = timedelta(days=7)
"""How long a call that was cleared from the log can be brought back."""

# ё is е, and what PostgreSQL's parser would take for the inside of a word («мм/мин», «ул.Ленина») is a blank.
# What is searched for goes through the same (`calls.search`).
FOLD = "translate({}, 'ёЁ-/._@+', 'еЕ      ')"
SEARCH_SQL = "to_tsvector('russian', " + FOLD.format("text || ' ' || normalised") + ")"


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

    id = models.UUIDField("ID", primary_key=True, default=uuid.uuid4, editable=False)
    channel = models.CharField("канал", max_length=8, choices=Channel.choices)
    caller = models.CharField("номер", max_length=LONGEST_CALLER, blank=True, help_text="Телефон или имя сессии")
    house = models.ForeignKey(House, models.SET_NULL, null=True, blank=True, related_name="calls", verbose_name="дом")
    started_at = models.DateTimeField("начало", default=timezone.now)
    ended_at = models.DateTimeField("конец", null=True, blank=True)
    status = models.CharField("статус", max_length=12, choices=Status.choices, default=Status.INITIATED)
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
            models.Index(fields=["hidden_at"], condition=models.Q(hidden_at__isnull=False), name="call_hidden"),
        ]
        permissions = [
            ("rate_turn", "Может оценивать ответы ассистента"),
            ("clear_log", "Может очищать журнал звонков и возвращать очищенное"),
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


class Turn(models.Model):
    """One party's stretch of the floor. It is written when it ends, and then only rated or redacted."""

    class Speaker(models.TextChoices):
        CALLER = "caller", "Звонящий"
        ASSISTANT = "assistant", "Ассистент"
        OPERATOR = "operator", "Оператор"

    call = models.ForeignKey(Call, models.CASCADE, related_name="turns", verbose_name="звонок")
    number = models.PositiveIntegerField("номер реплики", validators=[MinValueValidator(1)])
    speaker = models.CharField("кто говорит", max_length=10, choices=Speaker.choices)
    text = models.TextField("сказано", help_text="Как сказано или распознано")
    normalised = models.TextField("после нормализации", blank=True)
    base = models.CharField("база", max_length=LONGEST_BASE, blank=True)
    revision_number = models.PositiveIntegerField("ревизия ассистента", null=True, blank=True)
    citations = models.JSONField("источники", default=list, blank=True)
    tool_calls = models.JSONField("инструменты", default=list, blank=True)
    timings = models.JSONField("время по этапам, мс", default=dict, blank=True)
    answered = models.BooleanField("ответ найден", null=True, blank=True, help_text="Пусто — вопроса не было")
    handed_over = models.BooleanField("передан человеку", default=False)
    embedding_requests = models.PositiveSmallIntegerField("запросов векторов", null=True, blank=True)
    rating = models.PositiveSmallIntegerField("оценка", null=True, blank=True)
    comment = models.CharField("комментарий к оценке", max_length=LONGEST_COMMENT, blank=True)
    rated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто оценил"
    )
    started_at = models.DateTimeField("начало", default=timezone.now)
    ended_at = models.DateTimeField("конец", default=timezone.now)
    search = models.GeneratedField(
        expression=RawSQL(SEARCH_SQL, ()), output_field=SearchVectorField(), db_persist=True, editable=False
    )

    class Meta:
        verbose_name = "реплика"
        verbose_name_plural = "реплики"
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "number"], name="call_turn_number"),
            models.CheckConstraint(
                condition=models.Q(rating=None) | models.Q(rating__range=(1, 5)), name="call_turn_rating"
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="call_turn_words"),
            models.Index(fields=["speaker", "started_at"], name="call_turn_spoken"),
            models.Index(fields=["rating"], condition=models.Q(rating__isnull=False), name="call_turn_rated"),
        ]

    def __str__(self) -> str:
        return f"Реплика {self.number}"


class CallLogSettings(models.Model):
    """How long the log is kept; the one row is read through `CallLogSettings.load()`."""

    redact_after_days = models.PositiveSmallIntegerField(
        "стирать номера через, дней",
        null=True,
        blank=True,
        default=180,
        validators=[MinValueValidator(1)],
        help_text="Телефоны в звонке и в его репликах заменяются на «…». Пусто — никогда",
    )
    delete_after_days = models.PositiveSmallIntegerField(
        "удалять звонки через, дней",
        null=True,
        blank=True,
        default=730,
        validators=[MinValueValidator(1)],
        help_text="Со всеми репликами, навсегда. Пусто — никогда",
    )

    class Meta:
        verbose_name = "хранение звонков"
        verbose_name_plural = "хранение звонков"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_call_settings")]

    def __str__(self) -> str:
        return "Хранение звонков"

    @classmethod
    def load(cls) -> CallLogSettings:
        return cls.objects.get_or_create(pk=1)[0]
