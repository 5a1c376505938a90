"""The assistant and its revisions: what it says, with which model, and how sure it must be."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from voice.chat.models import ChatSettings as ChatSettings
from voice.learning.models import ControlQuestion as ControlQuestion
from voice.learning.models import ControlResult as ControlResult
from voice.learning.models import ControlRun as ControlRun
from voice.phone import fields as phone
from voice.phone.models import EscalationRule as EscalationRule
from voice.phone.models import PhoneSettings as PhoneSettings
from voice.phone.models import TransferTarget as TransferTarget

AUTO = "auto"
LONGEST_PROMPT = 20_000
LONGEST_PHRASE = 1_000


class Assistant(models.Model):
    """One line that is answered: the phone and the chats share `main`; another line may have its own."""

    slug = models.SlugField("код", max_length=32, unique=True)
    title = models.CharField("название", max_length=120)

    class Meta:
        verbose_name = "помощник"
        verbose_name_plural = "помощники"
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.title


class AssistantRevision(phone.SpeechFields, phone.TurnFields, phone.PhonePhrases, models.Model):
    """One immutable configuration. A change is a new row (`voice.actions.save_revision`); of an assistant's rows one
    is active, which the database guarantees."""

    class Gender(models.TextChoices):
        FEMALE = "f", "женский"
        MALE = "m", "мужской"

    class Vendor(models.TextChoices):
        AUTO = AUTO, "Сервер AI, если есть ключ; иначе ответы из базы знаний"
        OPENAI = "openai", "Только сервер AI (OpenAI или совместимый)"
        EXTRACTIVE = "extractive", "Только ответы из базы знаний, без модели"

    assistant = models.ForeignKey(Assistant, models.PROTECT, related_name="revisions", verbose_name="помощник")
    number = models.PositiveIntegerField("номер")
    created_at = models.DateTimeField("создана", auto_now_add=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="автор"
    )
    # The name as it was then; it stays when the login is gone.
    author_name = models.CharField("кто создал", max_length=200, blank=True)
    note = models.CharField("примечание", max_length=300, blank=True, help_text="Что изменилось и почему")
    active = models.BooleanField("отвечает сейчас", default=False)
    activated_at = models.DateTimeField("включена", null=True, blank=True)

    name = models.CharField("имя", max_length=60, default="Алиса")
    gender = models.CharField(
        "род", max_length=1, choices=Gender.choices, default=Gender.FEMALE, help_text="«нашла» или «нашёл»"
    )
    greeting = models.TextField(
        "приветствие",
        max_length=LONGEST_PHRASE,
        help_text="{hello} — «Доброе утро», «Добрый день» или «Добрый вечер» по часам; {name} — имя помощника",
    )
    greeting_night = models.TextField(
        "приветствие вне рабочих часов", max_length=LONGEST_PHRASE, blank=True, help_text="Пусто — обычное"
    )
    qa_prompt = models.TextField(
        "системный промпт",
        max_length=LONGEST_PROMPT,
        help_text="{context} — место для сведений из базы знаний, обязательно; {name} — имя. Знак | — граница фразы",
    )
    contextualize_prompt = models.TextField(
        "контекстуализация",
        max_length=LONGEST_PROMPT,
        help_text="Как переписать вопрос, который без разговора непонятен; нужен, когда правил не хватило",
    )
    model_vendor = models.CharField("чем отвечать", max_length=16, choices=Vendor.choices, default=Vendor.AUTO)
    model = models.CharField("основная модель", max_length=120, blank=True)
    fallback_model = models.CharField("запасная модель", max_length=120, blank=True)
    temperature = models.FloatField(
        "температура", default=0.2, validators=[MinValueValidator(0), MaxValueValidator(1)], help_text="0…1"
    )
    max_tokens = models.PositiveIntegerField(
        "длина ответа, токенов", default=400, validators=[MinValueValidator(32), MaxValueValidator(4000)]
    )
    top_k = models.PositiveSmallIntegerField(
        "фрагментов в ответе", default=3, validators=[MinValueValidator(1), MaxValueValidator(20)]
    )
    fallback_threshold = models.FloatField(
        "порог второй базы",
        default=0.2,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="0…1. Если лучшая находка слабее, вопрос задаётся второй базе",
    )
    answer_threshold = models.FloatField(
        "порог ответа",
        default=0.48,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="0…1. Если лучшая находка слабее, помощник говорит, что не знает",
    )
    first_token_seconds = models.FloatField(
        "ждать первого слова, с", default=8.0, validators=[MinValueValidator(0.5), MaxValueValidator(30)]
    )
    whole_seconds = models.FloatField(
        "ждать весь ответ, с", default=60.0, validators=[MinValueValidator(2), MaxValueValidator(180)]
    )
    phrase_unknown = models.TextField("когда не знает", max_length=LONGEST_PHRASE)
    phrase_apology = models.TextField("когда не получилось", max_length=LONGEST_PHRASE)
    phrase_transfer = models.TextField("при переводе на сотрудника", max_length=LONGEST_PHRASE)
    phrase_silence = models.TextField("когда собеседник молчит", max_length=LONGEST_PHRASE)
    phrase_goodbye = models.TextField("на прощание", max_length=LONGEST_PHRASE)

    class Meta:
        verbose_name = "редакция помощника"
        verbose_name_plural = "редакции помощника"
        ordering = ["assistant", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["assistant", "number"], name="voice_revision_number"),
            models.UniqueConstraint(
                fields=["assistant"], condition=models.Q(active=True), name="voice_one_active_revision"
            ),
        ]
        permissions = [
            ("activate_revision", "Может включать редакции помощника"),
            ("use_chat", "Может разговаривать с помощником в кабинете"),
        ]

    def __str__(self) -> str:
        return f"Редакция {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and not set(kwargs.get("update_fields") or ("*",)) <= {"active", "activated_at"}:
            raise TypeError("a revision is never changed: save a new one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("a revision is never deleted: turns of calls name it")


EDITABLE = (
    "name", "gender", "greeting", "greeting_night", "qa_prompt", "contextualize_prompt",
    "model_vendor", "model", "fallback_model", "temperature", "max_tokens",
    "top_k", "fallback_threshold", "answer_threshold", "first_token_seconds", "whole_seconds",
    "phrase_unknown", "phrase_apology", "phrase_transfer", "phrase_silence", "phrase_goodbye",
    *phone.EDITABLE,
)  # fmt: skip
"""What a revision is made of, in the order people read it."""
