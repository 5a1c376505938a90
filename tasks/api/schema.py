"""Shapes of the answers and bodies about tasks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from houses.api.docs import Paged, TextField
from tasks.models import LONGEST_TEXT, Task


class TaskHouseSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField(help_text="Номер сделки Bitrix24")
    title = serializers.CharField()
    address = serializers.CharField()


class NamedSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class TaskSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    text = serializers.CharField(help_text="Телефоны в тексте видны только офису")
    kind = serializers.ChoiceField(Task.Kind.choices)
    kind_title = serializers.CharField()
    status = serializers.ChoiceField(Task.Status.choices)
    status_title = serializers.CharField()
    house = TaskHouseSchema(allow_null=True)
    brigade = NamedSchema(allow_null=True, help_text="null — задача офиса")
    assignee = NamedSchema(allow_null=True)
    due = serializers.DateField(allow_null=True)
    overdue = serializers.BooleanField(help_text="Открыта, а срок прошёл")
    source = serializers.CharField(  # type: ignore[assignment]
        help_text="Откуда пришла: office, phone, web, ws, api, meeting, telegram или другое"
    )
    contact_phone = serializers.CharField(allow_null=True, help_text="null — не оставлен или скрыт для вашей роли")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class TaskEventSchema(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    author = serializers.CharField(help_text="Пусто — скрипт")
    from_status = serializers.ChoiceField(Task.Status.choices, allow_null=True, help_text="null — задачу поставили")
    to_status = serializers.ChoiceField(Task.Status.choices)
    comment = serializers.CharField()


class TaskDetailsSchema(TaskSchema):
    events = TaskEventSchema(many=True, help_text="История, с начала")


class TaskCountsSchema(serializers.Serializer[Any]):
    todo = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    done = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    overdue = serializers.IntegerField(help_text="Из открытых; посчитаны и в своём состоянии")


class TaskListSchema(Paged):
    tasks = TaskSchema(many=True)
    counts = TaskCountsSchema(help_text="Под фильтрами, кроме состояния")


class TaskBody(serializers.Serializer[Any]):
    text = TextField(max_length=LONGEST_TEXT, help_text="Что сделать")
    kind = serializers.ChoiceField(Task.Kind.choices, required=False, default=Task.Kind.OTHER)
    house_id = serializers.RegexField(
        r"^[0-9]{1,18}$", required=False, allow_null=True, help_text="Номер сделки Bitrix24, числом или текстом"
    )
    brigade_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, help_text="id из /api/brigades")
    assignee_id = serializers.IntegerField(required=False, allow_null=True, min_value=1, help_text="id сотрудника")
    due = serializers.DateField(
        required=False, allow_null=True, input_formats=["%Y-%m-%d"], help_text="Сегодня или позже"
    )
    contact_phone = TextField(required=False, allow_blank=True, allow_null=True, max_length=32)


class StepBody(serializers.Serializer[Any]):
    comment = TextField(required=False, allow_blank=True, default="", max_length=LONGEST_TEXT)
