"""What the office may tune of the written chat."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


@dataclass(frozen=True, slots=True)
class ChatLimits:
    """What one visitor may do. Seconds, characters, messages and sockets, each at least 1."""

    message_length: int
    messages_per_minute: int
    sessions: int
    idle_seconds: int


def _between(low: int, high: int) -> list[MinValueValidator | MaxValueValidator]:
    return [MinValueValidator(low), MaxValueValidator(high)]


class ChatSettings(models.Model):
    """The one row of settings; read it through `ChatSettings.load()`."""

    STAFF_SESSIONS = 20

    is_public = models.BooleanField(
        "открыт для посетителей",
        default=True,
        help_text="Выключено — без входа, токена или ключа ассистент не отвечает ни в чате, ни по API",
    )
    message_length = models.PositiveIntegerField(
        "длина сообщения, знаков", default=1000, validators=_between(50, 2000), help_text="Длиннее не принимается"
    )
    messages_per_minute = models.PositiveIntegerField(
        "сообщений в минуту с одного адреса", default=12, validators=_between(1, 600), help_text="Для посетителей"
    )
    staff_messages_per_minute = models.PositiveIntegerField(
        "сообщений в минуту сотрудника", default=60, validators=_between(1, 6000), help_text="Для вошедших и ключей"
    )
    sessions_per_address = models.PositiveIntegerField(
        "разговоров одновременно с одного адреса", default=5, validators=_between(1, 1000), help_text="Для посетителей"
    )
    idle_minutes = models.PositiveIntegerField(
        "закрывать молчащий разговор, минут", default=15, validators=_between(1, 1440), help_text="Для посетителей"
    )

    class Meta:
        verbose_name = "настройки чата"
        verbose_name_plural = "настройки чата"
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_row_of_chat_settings")]

    def __str__(self) -> str:
        return "Настройки чата"

    @classmethod
    def load(cls) -> ChatSettings:
        return cls.objects.get_or_create(pk=1)[0]

    def limits(self, *, trusted: bool) -> ChatLimits:
        """Limits of a stranger, or of someone who signed in or showed a key."""
        if trusted:
            return ChatLimits(self.message_length, self.staff_messages_per_minute, self.STAFF_SESSIONS, 24 * 3600)
        return ChatLimits(
            self.message_length, self.messages_per_minute, self.sessions_per_address, self.idle_minutes * 60
        )
