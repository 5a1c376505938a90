"""Speech as the assistant will read it."""

from __future__ import annotations

from typing import Any

from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from houses.api.base import ApiView, checked
from houses.api.docs import TextField, endpoint
from knowledge import glossary

LONGEST_TEXT = 20_000
SAID = "Есть рэм на тысячу килоньютон?"
EXAMPLE = {
    "raw": SAID,
    "text": SAID,
    "normalized": "Есть РЭМ на 1000 кН?",
    "replacements": [
        {"heard": "рэм", "canonical": "РЭМ", "kind": "product"},
        {"heard": "тысячу", "canonical": "1000", "kind": "number"},
        {"heard": "килоньютон", "canonical": "кН", "kind": "unit"},
    ],
}


class NormalizeBody(serializers.Serializer[Any]):
    text = TextField(max_length=LONGEST_TEXT, allow_blank=True, trim_whitespace=False)


class ReplacementSchema(serializers.Serializer[Any]):
    heard = serializers.CharField(help_text="Что стояло в тексте")
    canonical = serializers.CharField(help_text="Что стоит теперь")
    kind = serializers.ChoiceField(["unit", "product", "abbreviation", "number"])


class NormalizedSchema(serializers.Serializer[Any]):
    raw = serializers.CharField(help_text="То же, что text: так поле называлось в прежней системе")
    text = serializers.CharField(help_text="Текст, как он пришёл")
    normalized = serializers.CharField()
    replacements = ReplacementSchema(many=True)


class NormalizeView(ApiView):
    permission_classes = [permissions.AllowAny]

    @endpoint(
        "Нормализация речи",
        NormalizedSchema,
        tag="База знаний",
        description="Единицы измерения, названия и числа перед ними — так, как их пишет компания. Доступно без входа.",
        body=NormalizeBody,
        example=EXAMPLE,
        operation_id="normalize",
    )
    def post(self, request: Request) -> Response:
        said = checked(NormalizeBody, request)["text"]
        done = glossary.explain(said)
        replacements = [{"heard": one.heard, "canonical": one.canonical, "kind": one.kind} for one in done.replacements]
        return Response({"raw": said, "text": said, "normalized": done.text, "replacements": replacements})
