"""How long the log and its recordings are kept."""

from __future__ import annotations

from django.core.validators import MinValueValidator
from django.db import models


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
    recordings_days = models.PositiveSmallIntegerField(
        "хранить записи разговоров, дней",
        null=True,
        blank=True,
        default=90,
        validators=[MinValueValidator(1)],
        help_text="Потом звук удаляется, текст звонка остаётся. Пусто — столько же, сколько сам звонок",
    )
    arrival_contexts = models.CharField(
        "контексты входящих в Asterisk",
        max_length=200,
        blank=True,
        default="",
        help_text="Через запятую: какие строки журнала CDR — звонки на линию. Пусто — все, кроме служебных каналов",
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

    @property
    def contexts(self) -> frozenset[str]:
        """The contexts of Asterisk whose calls are the line's; none chosen = all."""
        return frozenset(filter(None, (name.strip() for name in self.arrival_contexts.split(","))))
