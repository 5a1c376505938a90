"""Questions the office has control asked of the assistant, and what it answered."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from voice.events import Outcome
from voice.learning.expectations import OUTCOME_NAMES, Expected, Source

LONGEST_QUESTION, LONGEST_PLACE = 1_000, 300


class ControlQuestion(models.Model):
    """A question with what is expected of its answer. Asked as a caller from the street asks it."""

    question = models.CharField(
        "вопрос", max_length=LONGEST_QUESTION, unique=True, help_text="Как его задают по телефону"
    )
    words = models.TextField(
        "должно прозвучать",
        max_length=2000,
        blank=True,
        help_text="Каждое на своей строке, без учёта больших букв. Варианты — через знак |: «18:00 | до шести»",
    )
    never = models.TextField(
        "не должно прозвучать",
        max_length=2000,
        blank=True,
        help_text="Каждое на своей строке: старые цены, чужие имена",
    )
    document = models.CharField(
        "документ", max_length=LONGEST_PLACE, blank=True, help_text="На что ответ должен сослаться; название целиком"
    )
    heading = models.CharField(
        "раздел", max_length=LONGEST_PLACE, blank=True, help_text="Заголовок раздела или его начало: «Часы работы»"
    )
    outcome = models.CharField(
        "итог",
        max_length=10,
        blank=True,
        choices=[(one.value, name.capitalize()) for one, name in OUTCOME_NAMES.items() if one != Outcome.FAILED],
        help_text="Чем должен кончиться ответ: например, «Не знает» — для того, о чём говорить нельзя",
    )
    enabled = models.BooleanField("спрашивать", default=True)
    note = models.CharField("заметка", max_length=300, blank=True)
    created_at = models.DateTimeField("создан", auto_now_add=True)
    is_demo = models.BooleanField("демо", default=False, editable=False)

    class Meta:
        verbose_name = "контрольный вопрос"
        verbose_name_plural = "контрольные вопросы"
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.question

    def clean(self) -> None:
        if not any((self.words.strip(), self.never.strip(), self.document, self.heading, self.outcome)):
            raise ValidationError("Скажите, чего ждать от ответа: слов, раздела документа или итога.")

    @property
    def expected(self) -> Expected:
        place = Source(self.document.strip(), self.heading.strip())
        return Expected(
            sources=((place,),) if place.document or place.heading else (),
            words=tuple(tuple(filter(None, map(str.strip, line.split("|")))) for line in lines(self.words)),
            never=tuple(lines(self.never)),
            outcomes=(Outcome(self.outcome),) if self.outcome else (),
        )


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip(" |\t")]


class ControlRun(models.Model):
    """All enabled questions asked once. Wanted in the transaction of what made it necessary, run by a job."""

    class Reason(models.TextChoices):
        ACTIVATION = "activation", "Включена редакция"
        PUBLICATION = "publication", "Обновлена база знаний"
        BY_HAND = "by_hand", "Запущено вручную"
        COMMAND = "command", "Команда test_agent"

    class State(models.TextChoices):
        WAITING = "waiting", "Ждёт"
        RUNNING = "running", "Идёт"
        DONE = "done", "Готов"
        FAILED = "failed", "Не удался"

    reason = models.CharField("повод", max_length=12, choices=Reason.choices)
    about = models.CharField("о чём", max_length=200, blank=True)
    state = models.CharField("состояние", max_length=8, choices=State.choices, default=State.WAITING, db_index=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name="кто запустил"
    )
    requested_at = models.DateTimeField("когда понадобился", auto_now_add=True)
    started_at = models.DateTimeField("начало", null=True, blank=True)
    finished_at = models.DateTimeField("конец", null=True, blank=True)
    revision_number = models.PositiveIntegerField("редакция", null=True, blank=True)
    total = models.PositiveIntegerField("вопросов", default=0)
    failed = models.PositiveIntegerField("неверных", default=0)

    class Meta:
        verbose_name = "прогон контрольных вопросов"
        verbose_name_plural = "прогоны контрольных вопросов"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"Прогон {self.pk}"

    @property
    def is_over(self) -> bool:
        return self.state in {self.State.DONE, self.State.FAILED}


class ControlResult(models.Model):
    """One answer of one run. Never changed."""

    run = models.ForeignKey(ControlRun, models.CASCADE, related_name="results", verbose_name="прогон")
    question = models.ForeignKey(ControlQuestion, models.CASCADE, related_name="results", verbose_name="вопрос")
    passed = models.BooleanField("верно")
    faults: models.JSONField[Any, Any] = models.JSONField("что не так", default=list, blank=True)
    answer = models.TextField("ответ", blank=True)
    outcome = models.CharField("итог", max_length=10, blank=True)
    citations: models.JSONField[Any, Any] = models.JSONField("источники", default=list, blank=True)
    revision_number = models.PositiveIntegerField("редакция", null=True, blank=True)
    asked_at = models.DateTimeField("когда", auto_now_add=True)

    class Meta:
        verbose_name = "ответ на контрольный вопрос"
        verbose_name_plural = "ответы на контрольные вопросы"
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["run", "question"], name="voice_one_result_per_question")]

    def __str__(self) -> str:
        return f"{self.question} — {'верно' if self.passed else 'неверно'}"

    @property
    def outcome_name(self) -> str:
        return OUTCOME_NAMES.get(Outcome(self.outcome), "") if self.outcome else ""
