"""What the knowledge endpoints take and answer."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from houses.api.docs import Paged, TextField
from knowledge.models import DocumentVersion

STATES = DocumentVersion.State.choices


class KbDocumentSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class KbSchema(serializers.Serializer[Any]):
    base = serializers.CharField()
    text = serializers.CharField(help_text="Действующие документы базы через разделитель <<->>")
    documents = KbDocumentSchema(many=True)


class FileBody(serializers.Serializer[Any]):
    file = serializers.FileField(help_text=".md .txt .pdf .docx .xlsx .zip")


class UploadBody(FileBody):
    base = TextField(required=False, max_length=32, help_text="Код базы; без него — основная")
    title = TextField(required=False, allow_blank=True, max_length=200)
    note = TextField(required=False, allow_blank=True, max_length=300)
    document_id = serializers.IntegerField(required=False, min_value=1, max_value=2**62, help_text="Чья новая версия")


class UploadedSchema(serializers.Serializer[Any]):
    message = serializers.CharField()
    id = serializers.IntegerField(help_text="Номер версии для /api/knowledge/confirm")
    document_id = serializers.IntegerField()
    document = serializers.CharField()
    base = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(STATES)


class ContradictionSchema(serializers.Serializer[Any]):
    heading = serializers.CharField()
    here = serializers.ListField(child=serializers.CharField(), help_text="Числа этого документа")
    known = serializers.ListField(child=serializers.CharField(), help_text="Числа уже известного")
    document = serializers.CharField()
    document_id = serializers.IntegerField()


class UnderstoodSchema(serializers.Serializer[Any]):
    characters = serializers.IntegerField()
    words = serializers.IntegerField()
    pages = serializers.IntegerField(allow_null=True)
    headings = serializers.ListField(child=serializers.CharField())
    passages = serializers.IntegerField()
    duplicates = serializers.IntegerField()
    contradictions = ContradictionSchema(many=True)
    remarks = serializers.ListField(child=serializers.CharField())
    questions = serializers.ListField(child=serializers.CharField(), help_text="Придуманы моделью; без неё пусто")


class PendingSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Номер версии для /api/knowledge/confirm")
    document_id = serializers.IntegerField()
    document = serializers.CharField()
    base = serializers.CharField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(STATES)
    file_name = serializers.CharField()
    author = serializers.CharField()
    note = serializers.CharField()
    created_at = serializers.DateTimeField()
    understood = UnderstoodSchema()


class PendingListSchema(Paged):
    pending = PendingSchema(many=True)


class ConfirmBody(serializers.Serializer[Any]):
    id = serializers.IntegerField(min_value=1, max_value=2**62, help_text="Номер версии из /api/knowledge/pending")
    action = serializers.ChoiceField(
        [("confirm", "Подтвердить"), ("reject", "Отклонить")], required=False, default="confirm"
    )
    text = TextField(
        required=False,
        allow_blank=False,
        trim_whitespace=False,
        help_text="Исправленный текст: станет новой версией и будет подтверждён",
    )
    reason = TextField(required=False, allow_blank=True, max_length=300, help_text="Почему отклонено")


class ConfirmedSchema(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    message = serializers.CharField()
    id = serializers.IntegerField()
    document_id = serializers.IntegerField()
    version = serializers.IntegerField()
    state = serializers.ChoiceField(STATES)


class FoundSchema(serializers.Serializer[Any]):
    passage_id = serializers.IntegerField()
    document_id = serializers.IntegerField()
    document = serializers.CharField()
    version = serializers.IntegerField()
    base = serializers.CharField()
    heading = serializers.CharField()
    text = serializers.CharField()
    score = serializers.FloatField(help_text="Уверенность 0…1")


class FoundListSchema(serializers.Serializer[Any]):
    query = serializers.CharField()
    base = serializers.CharField(help_text="База, которая ответила")
    routed = serializers.CharField(help_text="База, которой вопрос задан сначала")
    fell_back = serializers.BooleanField()
    results = FoundSchema(many=True)
