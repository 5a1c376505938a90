"""Shapes of the assistant's settings over the API: those of the original."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from houses.api.docs import TextField
from voice.models import LONGEST_PHRASE, LONGEST_PROMPT

LONGEST_MODEL = 120


class PromptsBody(serializers.Serializer[Any]):
    greeting = TextField(min_length=1, max_length=LONGEST_PHRASE, help_text="Приветствие; {hello}, {name} — места")
    contextualize_q_system_prompt = TextField(
        min_length=1, max_length=LONGEST_PROMPT, help_text="Как переписать вопрос, непонятный без разговора"
    )
    qa_system_prompt = TextField(
        min_length=1, max_length=LONGEST_PROMPT, help_text="Системный промпт; обязательно место {context}"
    )


class NumberField(serializers.FloatField):
    """A number and nothing else: DRF's own field would take true for 1 and "0.5" for a half."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        return float(super().to_internal_value(data))


class WholeField(serializers.IntegerField):
    """A whole number and nothing else."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class SearchBody(serializers.Serializer[Any]):
    kb_top_k = WholeField(required=False, min_value=1, max_value=20, help_text="Сколько фрагментов в ответе")
    kb_fallback_threshold = NumberField(
        required=False, min_value=0, max_value=1, help_text="Ниже этого порога вопрос задаётся второй базе"
    )


class ModelBody(serializers.Serializer[Any]):
    llm_model_primary = TextField(required=False, min_length=1, max_length=LONGEST_MODEL)
    llm_model_fallback = TextField(
        required=False, allow_blank=True, max_length=LONGEST_MODEL, help_text="Пусто — без запасной"
    )
    llm_temperature = NumberField(required=False, min_value=0, max_value=1)


class SettingsSchema(serializers.Serializer[Any]):
    kb_top_k = serializers.IntegerField()
    kb_fallback_threshold = serializers.FloatField()
    llm_model_primary = serializers.CharField()
    llm_model_fallback = serializers.CharField()
    llm_temperature = serializers.FloatField()


class SavedSchema(serializers.Serializer[Any]):
    message = serializers.CharField()
    revision = serializers.IntegerField(help_text="Номер редакции, которая теперь отвечает")
