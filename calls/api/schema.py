"""Shapes of the answers about calls."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from calls.models import Call


class LogSchema(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    callerId = serializers.CharField(help_text="Номер или имя сессии; без права на телефоны — последние две цифры")
    startTime = serializers.DateTimeField()
    endTime = serializers.DateTimeField(allow_null=True, help_text="null — ещё идёт")
    status = serializers.ChoiceField(Call.Status.choices)
    transcript_json = serializers.CharField(
        help_text="JSON-массив реплик: speaker (user, bot, operator), text, timestamp; у user ещё raw — как сказано, "
        "у bot kb — база ответа, citations — источники, rating — оценка"
    )
    channel = serializers.ChoiceField(Call.Channel.choices)
    kb = serializers.CharField(allow_null=True, help_text="База последнего ответа")
    revision = serializers.IntegerField(allow_null=True, help_text="Ревизия ассистента")
    duration_seconds = serializers.FloatField(allow_null=True)


class ClearedSchema(serializers.Serializer[Any]):
    message = serializers.CharField()
    hidden = serializers.IntegerField(help_text="Сколько звонков скрыто")
    restore_until = serializers.DateTimeField(help_text="До этого времени директор может их вернуть")
