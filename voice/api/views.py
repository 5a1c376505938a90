"""`/api/prompts`, `/api/settings`, `/api/model-settings`: a change is a new revision, active at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from houses.api.base import ApiView, checked, require
from houses.api.docs import endpoint
from vasdom.errors import InvalidInput
from voice import access, actions
from voice.api.schema import ModelBody, PromptsBody, SavedSchema, SearchBody, SettingsSchema

TAG = "Помощник"
PROMPTS = {
    "greeting": "greeting",
    "contextualize_q_system_prompt": "contextualize_prompt",
    "qa_system_prompt": "qa_prompt",
}
SEARCH = {"kb_top_k": "top_k", "kb_fallback_threshold": "fallback_threshold"}
MODEL = {"llm_model_primary": "model", "llm_model_fallback": "fallback_model", "llm_temperature": "temperature"}
AT_ONCE = "Создаёт новую редакцию и сразу включает её: следующее сообщение и следующий звонок отвечают по ней."


class SettingsApi(ApiView):
    """What the three have in common: names of the original for fields of ours."""

    names: Mapping[str, str]

    def shown(self, request: Request, names: Mapping[str, str]) -> dict[str, Any]:
        require(access.may_view(request.user))
        revision = actions.active_revision()
        return {name: getattr(revision, field) for name, field in names.items()}

    def saved(self, request: Request, sent: Mapping[str, Any], message: str, note: str) -> Response:
        require(access.may_edit(request.user) and access.may_activate(request.user))
        values = {self.names[name]: value for name, value in sent.items() if name in self.names}
        try:
            revision = actions.save_and_activate(values, author=request.user, note=note)
        except InvalidInput as exc:
            exc.field = next((name for name, field in self.names.items() if field == exc.field), exc.field)
            raise
        return Response({"message": message, "revision": revision.number})


class PromptsView(SettingsApi):
    """Приветствие и промпты."""

    names = PROMPTS

    @endpoint("Промпты помощника", PromptsBody, tag=TAG, operation_id="prompts")
    def get(self, request: Request) -> Response:
        return Response(self.shown(request, PROMPTS))

    @endpoint(
        "Сохранить промпты",
        SavedSchema,
        tag=TAG,
        description=AT_ONCE,
        body=PromptsBody,
        errors=(409,),
        operation_id="prompts_save",
    )
    def post(self, request: Request) -> Response:
        sent = checked(PromptsBody, request)
        return self.saved(request, sent, "Промпты успешно обновлены.", "Промпты через API")


class SearchSettingsView(SettingsApi):
    """Настройки поиска."""

    names = SEARCH

    @endpoint("Настройки поиска и модели", SettingsSchema, tag=TAG, operation_id="settings")
    def get(self, request: Request) -> Response:
        return Response(self.shown(request, SEARCH | MODEL))

    @endpoint(
        "Сохранить настройки поиска",
        SavedSchema,
        tag=TAG,
        description=AT_ONCE,
        body=SearchBody,
        errors=(409,),
        operation_id="settings_save",
    )
    def post(self, request: Request) -> Response:
        return self.saved(request, checked(SearchBody, request), "Настройки сохранены", "Настройки поиска через API")


class ModelSettingsView(SettingsApi):
    """Настройки модели."""

    names = MODEL

    @endpoint(
        "Сохранить настройки модели",
        SavedSchema,
        tag=TAG,
        description=AT_ONCE,
        body=ModelBody,
        errors=(409,),
        operation_id="model_settings_save",
    )
    def post(self, request: Request) -> Response:
        sent = checked(ModelBody, request)
        return self.saved(request, sent, "Модельные настройки сохранены", "Настройки модели через API")
