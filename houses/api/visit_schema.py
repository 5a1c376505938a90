"""Shapes of the visit answers and bodies."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from houses.api.docs import Aged, Paged, TextField
from houses.cleaning import CleaningType
from houses.models import CleaningVisit


class VisitHouseSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Номер сделки Bitrix24")
    title = serializers.CharField()
    address = serializers.CharField()


class VisitSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    house = VisitHouseSchema()
    date = serializers.DateField(help_text="День уборки")
    crm_date = serializers.DateField(allow_null=True, help_text="Дата в CRM; null — CRM её больше не называет")
    cleaning_type = serializers.ChoiceField(CleaningType.choices, allow_null=True, help_text="null — неизвестен")
    cleaning_type_title = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField(CleaningVisit.Status.choices)
    status_title = serializers.CharField()
    brigade = serializers.CharField(help_text="Кто убирал, а до начала — чей дом")
    employee = serializers.CharField(allow_null=True, help_text="Кто отчитался")
    reason = serializers.ChoiceField(CleaningVisit.Reason.choices, allow_null=True)
    reason_title = serializers.CharField(allow_null=True)
    comment = serializers.CharField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)
    photos = serializers.IntegerField(help_text="Сколько фото прислано")


class VisitListSchema(Paged, Aged):
    visits = VisitSchema(many=True)


class CommentBody(serializers.Serializer[Any]):
    comment = TextField(required=False, allow_blank=True, default="", max_length=2000)


class NotPossibleBody(CommentBody):
    reason = serializers.ChoiceField(CleaningVisit.Reason.choices, help_text="Почему не убрано")


class PhotoSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    key = serializers.UUIDField(help_text="Ключ отправки: второй раз с ним же — то же фото")
    url = serializers.CharField(help_text="Адрес картинки, вход тот же")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    taken_at = serializers.DateTimeField(allow_null=True)
    uploaded_at = serializers.DateTimeField()


class PhotoListSchema(serializers.Serializer[Any]):
    photos = PhotoSchema(many=True)


class PhotoBody(serializers.Serializer[Any]):
    photo = serializers.FileField(help_text="JPEG, PNG или WebP")
    key = serializers.UUIDField(required=False, help_text="UUID, один на снимок; без него повтор узнаётся по картинке")
