"""Shapes of the answers about calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calls.models import Call, CallEvent


class LogHouseSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()


class LogRecordingSchema(serializers.Serializer[Any]):
    seconds = serializers.FloatField()
    consent = serializers.BooleanField(help_text="Прозвучало предупреждение о записи")
    url = serializers.CharField(help_text="Адрес WAV; нужно право слушать записи")


class LogEventSchema(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(CallEvent.Kind.choices)
    text = serializers.CharField(allow_blank=True)
    milliseconds = serializers.IntegerField(allow_null=True, help_text="Сколько длилось")


class LogSchema(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    callerId = serializers.CharField(help_text="Номер или имя сессии; без права на телефоны — последние две цифры")
    startTime = serializers.DateTimeField()
    endTime = serializers.DateTimeField(allow_null=True, help_text="null — ещё идёт")
    status = serializers.ChoiceField(Call.Status.choices)
    transcript_json = serializers.CharField(
        help_text="JSON-массив реплик: speaker (user, bot, operator), text, timestamp; у user ещё raw — как сказано, "
        "у bot kb — база ответа, citations — источники, rating — оценка. По телефону ещё: from_ms и to_ms — место в "
        "записи; у user spoken_to (false — «угу», ответа не требовал), digits (набрано кнопками), recognizer; у bot "
        "cut (не услышано), interrupted, first_audio_ms (от конца речи до первого звука), timings (мс по этапам), "
        "cut_ms, synthesizer"
    )
    channel = serializers.ChoiceField(Call.Channel.choices)
    kb = serializers.CharField(allow_null=True, help_text="База последнего ответа")
    revision = serializers.IntegerField(allow_null=True, help_text="Ревизия ассистента")
    duration_seconds = serializers.FloatField(allow_null=True)
    house = LogHouseSchema(allow_null=True)
    contact = serializers.CharField(allow_blank=True, help_text="Имя по номеру; пусто без права на телефоны")
    dialled = serializers.CharField(allow_blank=True, help_text="Набранный номер")
    arrivedTime = serializers.DateTimeField(allow_null=True, help_text="Когда звонок поступил в Asterisk")
    greeted_ms = serializers.IntegerField(
        allow_null=True, help_text="До первого звука приветствия; null — не прозвучало"
    )
    ending = serializers.ChoiceField(Call.Ending.choices, allow_null=True, help_text="Чем закончился")
    recording = LogRecordingSchema(allow_null=True)
    events = LogEventSchema(many=True, help_text="Что случилось, кроме сказанного, по времени")


class ClearedSchema(serializers.Serializer[Any]):
    message = serializers.CharField()
    hidden = serializers.IntegerField(help_text="Сколько звонков скрыто")
    restore_until = serializers.DateTimeField(help_text="До этого времени директор может их вернуть")
