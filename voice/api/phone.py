"""`/api/phone-settings`: what the active revision sets up for the phone; a change is a new revision, active at once."""

from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from houses.api.base import ApiView, checked, require
from houses.api.docs import endpoint
from voice import access, actions
from voice.api.schema import NumberField, SavedSchema
from voice.api.views import AT_ONCE, TAG
from voice.models import AssistantRevision, EscalationRule
from voice.phone.fields import EDITABLE


class PhoneBody(serializers.ModelSerializer[AssistantRevision]):
    """Fields by the names they have in the office; those that are not sent stay."""

    serializer_field_mapping = serializers.ModelSerializer.serializer_field_mapping | {models.FloatField: NumberField}

    class Meta:
        model = AssistantRevision
        fields = EDITABLE
        extra_kwargs = {name: {"required": False} for name in EDITABLE}


class RuleSchema(serializers.ModelSerializer[EscalationRule]):
    target = serializers.CharField(source="target.name", default="", help_text="Пусто — первому из списка")

    class Meta:
        model = EscalationRule
        fields = ("reason", "threshold", "words", "target", "phrase")


class PhoneSchema(PhoneBody):
    escalations = RuleSchema(many=True, help_text="Когда нужен человек; меняется в админке")

    class Meta(PhoneBody.Meta):
        fields = (*EDITABLE, "escalations")


class PhoneSettingsView(ApiView):
    """Речь, паузы и фразы телефона."""

    @endpoint("Настройки телефона", PhoneSchema, tag=TAG, operation_id="phone_settings")
    def get(self, request: Request) -> Response:
        require(access.may_view(request.user))
        return Response(PhoneSchema(actions.active_revision()).data)

    @endpoint(
        "Сохранить настройки телефона",
        SavedSchema,
        tag=TAG,
        description=AT_ONCE,
        body=PhoneBody,
        errors=(409,),
        operation_id="phone_settings_save",
    )
    def post(self, request: Request) -> Response:
        require(access.may_edit(request.user) and access.may_activate(request.user))
        sent: dict[str, Any] = dict(checked(PhoneBody, request))
        revision = actions.save_and_activate(sent, author=request.user, note="Настройки телефона через API")
        return Response({"message": "Настройки телефона сохранены", "revision": revision.number})
