"""What was said in calls, turn by turn, and what else happened in them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models.expressions import RawSQL
from django.utils import timezone

from calls.models.call import LONGEST_BASE, Call

LONGEST_COMMENT, LONGEST_PROVIDER, LONGEST_KEY = 1000, 32, 64

# ё is е, and what PostgreSQL's parser would take for the inside of a word («мм/мин», «ул.Ленина») is a blank.
# What is searched for goes through the same (`calls.search`).
FOLD = "translate({}, 'ёЁ-/._@+', 'еЕ      ')"
SEARCH_SQL = "to_tsvector('russian', " + FOLD.format("text || ' ' || normalised") + ")"


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
    cut = models.TextField("не услышано", blank=True, help_text="Что должно было прозвучать дальше и не прозвучало")
    interrupted = models.BooleanField("перебита", default=False)
    spoken_to = models.BooleanField("требовала ответа", default=True, help_text="Нет — «угу» и тому подобное")
    digits = models.BooleanField("набрана кнопками", default=False)
    base = models.CharField("база", max_length=LONGEST_BASE, blank=True)
    revision_number = models.PositiveIntegerField("ревизия ассистента", null=True, blank=True)
    citations = models.JSONField("источники", default=list, blank=True)
    tool_calls = models.JSONField("инструменты", default=list, blank=True)
    timings = models.JSONField("время по этапам, мс", default=dict, blank=True)
    first_audio_ms = models.PositiveIntegerField(
        "до первого звука, мс",
        null=True,
        blank=True,
        help_text="От конца речи звонящего до первого звука ответа у него; пусто — ответа не ждали",
    )
    cut_ms = models.PositiveIntegerField(
        "до тишины, мс",
        null=True,
        blank=True,
        help_text="От начала речи звонящего до тишины у него; пусто — не перебит",
    )
    recognizer = models.CharField("распознавание", max_length=LONGEST_PROVIDER, blank=True)
    synthesizer = models.CharField("синтез", max_length=LONGEST_PROVIDER, blank=True)
    from_ms = models.PositiveIntegerField("начало в записи, мс", null=True, blank=True)
    to_ms = models.PositiveIntegerField("конец в записи, мс", null=True, blank=True)
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


class CallEvent(models.Model):
    """What happened in a call besides what was said: transfers, failures that were worked round, keys, consent."""

    class Kind(models.TextChoices):
        HANDOVER_WANTED = "handover_wanted", "Нужен сотрудник"
        TRANSFER_TRIED = "transfer_tried", "Перевод: звоним сотруднику"
        TRANSFER_ACCEPTED = "transfer_accepted", "Перевод: сотрудник принял звонок"
        TRANSFER_BUSY = "transfer_busy", "Перевод: занято"
        TRANSFER_NO_ANSWER = "transfer_no_answer", "Перевод: не ответили"
        TRANSFER_REFUSED = "transfer_refused", "Перевод: сотрудник отказался"
        TRANSFER_FAILED = "transfer_failed", "Перевод не удался"
        TRANSFER_CLOSED = "transfer_closed", "Перевод: нерабочее время"
        CAME_BACK = "came_back", "Звонящий вернулся к ассистенту"
        CALLBACK = "callback", "Заявка на обратный звонок"
        RESUMED = "resumed", "Пауза в ответе, затем продолжение"
        TROUBLE = "trouble", "Сбой сервиса речи или модели"
        SWITCHED = "switched", "Переход на другой сервис"
        MENU = "menu", "Меню по кнопкам"
        KEY = "key", "Нажата кнопка"
        CONSENT = "consent", "Прозвучало предупреждение о записи"
        OFFICE_SAID = "office_said", "Сказано по просьбе сотрудника"
        OFFICE_HUNG_UP = "office_hung_up", "Завершён сотрудником"
        OFFICE_TRANSFERRED = "office_transferred", "Переведён сотрудником"
        QUEUED = "queued", "Все линии заняты, звонок поставлен в очередь"
        RECOVERED = "recovered", "Восстановлено из журнала после сбоя"

    call = models.ForeignKey(Call, models.CASCADE, related_name="events", verbose_name="звонок")
    key = models.CharField("ключ", max_length=LONGEST_KEY, help_text="Один ключ в звонке — одно событие")
    at = models.DateTimeField("когда")
    kind = models.CharField("что", max_length=24, choices=Kind.choices)
    text = models.TextField("подробности", blank=True)
    milliseconds = models.PositiveIntegerField("сколько длилось, мс", null=True, blank=True)

    class Meta:
        verbose_name = "событие звонка"
        verbose_name_plural = "события звонков"
        ordering = ["call", "at", "pk"]
        constraints = [models.UniqueConstraint(fields=["call", "key"], name="call_event_key")]
        indexes = [models.Index(fields=["kind", "at"], name="call_event_kind")]

    def __str__(self) -> str:
        return self.get_kind_display()
