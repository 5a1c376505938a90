"""What a revision sets up for the phone: how it hears and speaks, when it takes the floor, what it says.

Abstract parts of `voice.models.AssistantRevision`.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from voice import defaults

LONGEST_PHRASE = 1_000
LONGEST_WORDS = 20_000
VENDOR_NAMES = {"yandex": "Яндекс SpeechKit", "openai": "OpenAI или совместимый сервер", "espeak": "eSpeak (без сети)"}


def _seconds(title: str, default: float, low: float, high: float, about: str) -> models.FloatField[float, float]:
    limits = [MinValueValidator(low), MaxValueValidator(high)]
    return models.FloatField(title, default=default, validators=limits, help_text=about)


def _phrase(name: str, title: str, about: str = "", *, blank: bool = False) -> models.TextField[str, str]:
    default = defaults.PHONE_PHRASES[name]
    return models.TextField(title, max_length=LONGEST_PHRASE, default=default, blank=blank, help_text=about)


class SpeechFields(models.Model):
    """With whose help it hears and speaks, and in which voice."""

    class Vad(models.TextChoices):
        WEBRTC = "webrtc", "WebRTC (обычный)"
        SILERO = "silero", "Silero (точнее в шуме, нужен пакет onnxruntime)"

    recognizers = ArrayField(
        models.CharField(max_length=16),
        verbose_name="кто распознаёт речь",
        default=defaults.recognizers,
        blank=True,
        help_text="По порядку: следующий нужен, когда предыдущий не отвечает. Без ключа — пропускается",
    )
    synthesizers = ArrayField(
        models.CharField(max_length=16),
        verbose_name="кто говорит",
        default=defaults.synthesizers,
        blank=True,
        help_text="По порядку: следующий нужен, когда предыдущий не отвечает. Без ключа — пропускается",
    )
    voice_yandex = models.CharField("голос Яндекса", max_length=40, default="jane", blank=True)
    role_yandex = models.CharField(
        "манера голоса Яндекса", max_length=40, default="neutral", blank=True, help_text="Пусто — обычная"
    )
    voice_openai = models.CharField("голос OpenAI", max_length=40, default="nova", blank=True)
    voice_espeak = models.CharField("голос eSpeak", max_length=40, default="ru+f3", blank=True)
    speech_speed = models.FloatField(
        "скорость речи",
        default=1.1,
        validators=[MinValueValidator(0.5), MaxValueValidator(2)],
        help_text="1 — обычная, 0,5–2",
    )
    stress_words = models.TextField(
        "ударения",
        max_length=LONGEST_WORDS,
        default="",
        blank=True,
        help_text="По одному в строке: слово=сл+ово. Плюс стоит перед ударной гласной",
    )
    speech_hints = models.TextField(
        "подсказки распознаванию",
        max_length=LONGEST_WORDS,
        default="",
        blank=True,
        help_text="Слова, которые часто звучат, по одному в строке. Улицы и словарь речи добавляются сами",
    )

    class Meta:
        abstract = True


class TurnFields(models.Model):
    """When it takes the floor and when it gives it up. Seconds."""

    endpoint_seconds = _seconds("пауза до ответа, с", 0.75, 0.2, 3, "Сколько тишины ждать обычно, прежде чем отвечать")
    endpoint_short_seconds = _seconds(
        "пауза после короткого ответа, с", 0.45, 0.15, 3, "После «да», «нет» и законченной короткой фразы"
    )
    endpoint_long_seconds = _seconds(
        "пауза на полуслове, с", 1.6, 0.4, 5, "После «и», «на», адреса без номера, и пока диктуют цифры"
    )
    turn_cap_seconds = _seconds("длина реплики, с", 30, 5, 120, "Дольше говорящего вежливо прерывают")
    silence_seconds = _seconds(
        "ждать молчащего, с", 8, 3, 60, "Потом вопрос «Вы меня слышите?», ещё через столько же — прощание"
    )
    max_call_seconds = _seconds("длина звонка, с", 900, 60, 7200, "Потом помощник прощается")
    speculate = models.BooleanField(
        "готовить ответ заранее", default=True, help_text="Пока ясно не всё: ответ начнётся быстрее, запросов больше"
    )
    filler_after_seconds = _seconds(
        "слово ожидания через, с", 1.2, 0, 10, "Если ответа всё ещё нет. 0 — не говорить никогда"
    )
    fillers = models.TextField(
        "слова ожидания",
        max_length=LONGEST_PHRASE,
        default=defaults.FILLERS,
        blank=True,
        help_text="По одному в строке",
    )
    vad = models.CharField(
        "чем слышать речь", max_length=8, choices=SpeechFields.Vad.choices, default=SpeechFields.Vad.WEBRTC
    )
    interruptible_greeting = models.BooleanField("приветствие можно перебить", default=True)
    record_calls = models.BooleanField(
        "записывать разговоры", default=False, help_text="Только вместе с фразой о записи; хранение — в «Звонках»"
    )

    class Meta:
        abstract = True


class PhonePhrases(models.Model):
    """What is said on the phone only, word for word; {расслышала/расслышал} is the form of the assistant's gender."""

    phrase_misheard = _phrase("phrase_misheard", "когда не расслышано")
    phrase_busy = _phrase("phrase_busy", "когда линия занята", "Потом звонок уходит в очередь диалплана")
    phrase_transfer_failed = _phrase("phrase_transfer_failed", "когда на переводе никто не ответил")
    phrase_callback = _phrase("phrase_callback", "когда записано, что надо перезвонить")
    phrase_consent = _phrase(
        "phrase_consent", "о записи разговора", "Говорится перед приветствием, если запись включена", blank=True
    )
    phrase_too_long = _phrase("phrase_too_long", "когда разговор слишком долгий")
    phrase_no_recognition = _phrase("phrase_no_recognition", "когда речь не распознаётся", "Дальше — меню кнопок")
    phrase_menu = _phrase("phrase_menu", "меню кнопок", "1 — ближайшая уборка, 2 — сообщение, 0 — сотрудник")
    phrase_message = _phrase("phrase_message", "перед сообщением", "После кнопки 2")

    class Meta:
        abstract = True


SPEECH = tuple(field.name for field in SpeechFields._meta.local_fields)
TURNS = tuple(field.name for field in TurnFields._meta.local_fields)
PHRASES = tuple(field.name for field in PhonePhrases._meta.local_fields)
EDITABLE = (*SPEECH, *TURNS, *PHRASES)
"""What the phone adds to a revision, in the order people read it."""
