"""The assistant over the API: one question, one answer."""

from __future__ import annotations

from typing import Any

from asgiref.sync import async_to_sync
from django.db import connection
from rest_framework import permissions, serializers
from rest_framework.exceptions import NotAuthenticated, Throttled
from rest_framework.request import Request
from rest_framework.response import Response

from houses.api.base import ApiView, checked
from houses.api.docs import TextField, endpoint
from voice.chat import limits
from voice.chat.errors import TooLong
from voice.chat.exchange import Question, exchange
from voice.chat.models import ChatSettings
from voice.chat.protocol import BROKEN, citation_json
from voice.chat.talk import Answered
from voice.chat.visitors import Visitor, believed_address, visitor

TAG = "Ассистент"
LONGEST_SESSION = 200
ABOUT = (
    "Ассистент отвечает по базе знаний и графику уборок и говорит, откуда знает. Без входа, ключа или токена — только "
    "общедоступные сведения и в пределах настроек чата; чат можно закрыть для посетителей, тогда ответом будет 401. "
)


class ChatBody(serializers.Serializer[Any]):
    message = TextField(help_text="Вопрос, длина — по настройкам чата")
    user_id = TextField(
        required=False,
        allow_blank=True,
        max_length=LONGEST_SESSION,
        help_text="Кто спрашивает; с ним вопросы продолжают друг друга",
    )


class DialogBody(serializers.Serializer[Any]):
    session_id = TextField(max_length=LONGEST_SESSION, help_text="Разговор, который продолжается")
    user_message = TextField(help_text="Вопрос, длина — по настройкам чата")


class CitationSchema(serializers.Serializer[Any]):
    document = serializers.CharField(help_text="Документ, или откуда данные, например «График уборки»")
    heading = serializers.CharField()
    text = serializers.CharField()
    base = serializers.CharField()
    score = serializers.FloatField()
    passage_id = serializers.IntegerField(help_text="0 — это не фрагмент документа")
    document_id = serializers.IntegerField()
    version = serializers.IntegerField()
    age = serializers.CharField(help_text="На когда эти данные; пусто у документов")


class AnswerSchema(serializers.Serializer[Any]):
    response = serializers.CharField()
    success = serializers.BooleanField(help_text="false — ответить не получилось, в response извинение")
    citations = CitationSchema(many=True)
    base = serializers.CharField(help_text="База, из которой ответ: general, tech, crm; пусто — ниоткуда")
    revision = serializers.IntegerField(allow_null=True, help_text="Редакция ассистента")


class DialogSchema(AnswerSchema):
    session_id = serializers.CharField()


EXAMPLE = {
    "response": "На Кибальчича 3 следующая уборка 5 ноября: влажная уборка всех этажей.",
    "success": True,
    "citations": [
        {
            "document": "График уборки",
            "heading": "Кибальчича 3",
            "text": "05.11.2026 — влажная уборка всех этажей",
            "base": "crm",
            "score": 1.0,
            "passage_id": 0,
            "document_id": 0,
            "version": 0,
            "age": "данные на 12:03",
        }
    ],
    "base": "crm",
    "revision": 4,
}


class AssistantView(ApiView):
    """What both addresses share."""

    permission_classes = [permissions.AllowAny]

    def answer(self, request: Request, field: str, text: str, session: str) -> dict[str, Any]:
        """Raises what keeps the question from being asked: closed, too long, too often."""
        asking = self.visitor_of(request)
        settings = ChatSettings.load()
        if not asking.is_trusted and not settings.is_public:
            raise NotAuthenticated
        allowed = settings.limits(trusted=asking.is_trusted)
        if len(text) > allowed.message_length:
            raise TooLong(allowed.message_length, field)
        if wait := limits.seconds_to_wait(asking.who, allowed.messages_per_minute):
            raise Throttled(wait)
        let_go_of_database()
        return answer_json(async_to_sync(exchange)(Question(text, session), asking))

    def visitor_of(self, request: Request) -> Visitor:
        meta = request.META
        address = believed_address(str(meta.get("REMOTE_ADDR") or ""), str(meta.get("HTTP_X_FORWARDED_FOR") or ""))
        return visitor(request.user, address)


class ChatView(AssistantView):
    """POST /api/ai/chat."""

    @endpoint(
        "Спросить ассистента", AnswerSchema, tag=TAG, body=ChatBody, example=EXAMPLE, operation_id="ai_chat",
        description=ABOUT + "С user_id вопросы продолжают друг друга.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        body = checked(ChatBody, request)
        return Response(self.answer(request, "message", body["message"], body.get("user_id", "").strip()))


class DialogView(AssistantView):
    """POST /api/dialog."""

    @endpoint(
        "Продолжить разговор с ассистентом", DialogSchema, tag=TAG, body=DialogBody, operation_id="dialog",
        example={"session_id": "test", **EXAMPLE}, description=ABOUT + "Вопросы с одним session_id — один разговор.",
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        body = checked(DialogBody, request)
        session = body["session_id"]
        return Response({"session_id": session} | self.answer(request, "user_message", body["user_message"], session))


def answer_json(answered: Answered) -> dict[str, Any]:
    end = answered.end
    return {
        "response": answered.text if end else BROKEN.message,
        "success": not answered.failed,
        "citations": [citation_json(one) for one in answered.citations],
        "base": end.base if end else "",
        "revision": end.revision if end else None,
    }


def let_go_of_database() -> None:
    """Give the connection back before the model thinks: a dozen of them serve the whole process."""
    if not connection.in_atomic_block:
        connection.close()
