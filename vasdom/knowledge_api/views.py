"""Knowledge: reading a base, teaching it, asking it."""

from __future__ import annotations

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from houses.api import docs
from houses.api.base import ApiView, UploadView, account, checked, require
from houses.api.docs import endpoint
from houses.api.house_json import moment
from houses.api.query import Page, Query
from knowledge import actions, search
from knowledge.access import may_read, may_teach, role_of
from knowledge.errors import Unreadable
from knowledge.models import Document, DocumentVersion, KnowledgeBase
from knowledge.understanding import Understanding, understand
from vasdom.errors import InvalidInput, NotFound
from vasdom.knowledge_api import schema

TAG = "База знаний"
DEFAULT_BASE, SECOND_BASE = "general", "tech"
BASE = docs.text("base", "Код базы, например general; без него — основная")
ACCEPTED = "Файл принят. Начался процесс обновления базы знаний. Это может занять несколько минут."


def find_base(slug: str) -> KnowledgeBase:
    base = KnowledgeBase.objects.filter(slug=slug).first() if slug else KnowledgeBase.objects.first()
    if base is None:
        raise NotFound("Такой базы знаний нет.", field="base")
    return base


def author_of(request: Request) -> dict[str, Any]:
    person = account(request)
    return {"author": person, "author_name": "" if person else str(request.user)}


def readable(version: DocumentVersion) -> DocumentVersion:
    """The version, unless its file could not be read: then the reason is the answer."""
    if version.state == DocumentVersion.State.ERROR:
        raise InvalidInput(version.error, code=Unreadable.code, field="file")
    return version


def version_json(version: DocumentVersion) -> dict[str, Any]:
    return {
        "id": version.pk,
        "document_id": version.document_id,
        "document": version.document.title,
        "base": version.document.base.slug,
        "version": version.number,
        "state": version.state,
    }


def understood_json(version: DocumentVersion, understood: Understanding) -> dict[str, Any]:
    return {
        "characters": understood.characters,
        "words": understood.words,
        "pages": version.pages,
        "headings": [heading for _, heading in understood.headings],
        "passages": len(understood.pieces),
        "duplicates": len(understood.duplicates),
        "contradictions": [
            {
                "heading": one.piece.path,
                "here": list(one.here),
                "known": list(one.there),
                "document": one.known.document,
                "document_id": one.known.document_id,
            }
            for one in understood.contradictions
        ],
        "remarks": [str(remark) for remark in version.remarks],
        "questions": [str(question) for question in version.questions],
    }


class KbView(ApiView):
    """The text of a base. `base_slug` fixes which one, for the addresses of the original."""

    base_slug = ""

    @endpoint(
        "Текст базы знаний",
        schema.KbSchema,
        tag=TAG,
        description="Действующие документы базы одним текстом. /api/kb2 — то же для базы tech.",
        parameters=(BASE,),
        errors=(404,),
        operation_id="kb",
    )
    def get(self, request: Request) -> Response:
        require(may_read(request.user))
        base = find_base(self.base_slug or Query(request).text("base"))
        rows = Document.objects.kept().filter(base=base, current__isnull=False).select_related("current")
        listed = [(document, document.current) for document in rows if document.current]
        told = [
            {
                "id": document.pk,
                "title": document.title,
                "version": version.number,
                "updated_at": moment(version.created_at),
            }
            for document, version in listed
        ]
        return Response({"base": base.slug, "text": actions.text_of_base(base), "documents": told})


class KbUploadView(UploadView):
    """A key holder's upload: its own confirmation."""

    base_slug = ""

    @endpoint(
        "Заменить основной документ базы",
        schema.UploadedSchema,
        tag=TAG,
        description="Файл становится новой версией основного документа базы и сразу подтверждён; пока новый индекс "
        "строится, отвечает прежний. /api/kb2/upload — то же для базы tech.",
        status=202,
        parameters=(BASE,),
        body={"multipart/form-data": schema.FileBody},
        errors=(404,),
        operation_id="kb_upload",
    )
    def post(self, request: Request) -> Response:
        require(may_teach(request.user))
        base = find_base(self.base_slug or Query(request).text("base"))
        file = checked(schema.FileBody, request)["file"]
        actions.checked_name(file)
        document = actions.main_document(base)
        version = actions.upload(base, file, document=document, confirm=True, **author_of(request))
        return Response({"message": ACCEPTED, **version_json(readable(version))}, status=202)


class UploadedView(UploadView):
    @endpoint(
        "Загрузить документ",
        schema.UploadedSchema,
        tag=TAG,
        description="Файл разбирается и ждёт подтверждения: /api/knowledge/pending, /api/knowledge/confirm.",
        status=202,
        body={"multipart/form-data": schema.UploadBody},
        errors=(404,),
        operation_id="knowledge_upload",
    )
    def post(self, request: Request) -> Response:
        require(may_teach(request.user))
        sent = checked(schema.UploadBody, request)
        document = None
        if key := sent.get("document_id"):
            document = Document.objects.select_related("base").filter(pk=key).first()
            if document is None:
                raise NotFound("Такого документа нет.", field="document_id")
        base = document.base if document else find_base(sent.get("base") or "")
        version = actions.upload(
            base,
            sent["file"],
            document=document,
            title=sent.get("title") or "",
            note=sent.get("note") or "",
            **author_of(request),
        )
        told = "Файл разобран и ждёт подтверждения."
        return Response({"message": told, **version_json(readable(version))}, status=202)


class PendingView(ApiView):
    @endpoint(
        "Что понято и ждёт подтверждения",
        schema.PendingListSchema,
        tag=TAG,
        parameters=docs.PAGING,
        operation_id="knowledge_pending",
    )
    def get(self, request: Request) -> Response:
        require(may_read(request.user))
        rows = DocumentVersion.objects.filter(state=DocumentVersion.State.WAITING, document__removed_at=None)
        rows = rows.select_related("document__base", "document__current").order_by("-created_at", "-pk")
        versions, paging = Page.read(Query(request)).cut(rows)
        pending = [
            {
                **version_json(version),
                "file_name": version.file_name,
                "author": version.author_name,
                "note": version.note,
                "created_at": moment(version.created_at),
                "understood": understood_json(version, understand(version)),
            }
            for version in versions
        ]
        return Response({"pending": pending, **paging})


class ConfirmView(ApiView):
    @endpoint(
        "Подтвердить или отклонить",
        schema.ConfirmedSchema,
        tag=TAG,
        description="После подтверждения строится новый индекс; состояние trained — версия уже отвечает.",
        body=schema.ConfirmBody,
        errors=(404, 409),
        operation_id="knowledge_confirm",
    )
    def post(self, request: Request) -> Response:
        require(may_teach(request.user))
        sent = checked(schema.ConfirmBody, request)
        version = DocumentVersion.objects.select_related("document__base").filter(pk=sent["id"]).first()
        if version is None:
            raise NotFound("Такой версии нет.", field="id")
        person = account(request)
        if sent["action"] == "reject":
            version = actions.reject(version, user=person, reason=sent.get("reason") or "")
            told = "Версия отклонена."
        else:
            if sent.get("text"):
                version = actions.write(version.document, sent["text"], note="Исправлено", **author_of(request))
            version = actions.confirm(version, user=person)
            told = "Подтверждено, документ обучается."
        answer = version_json(version)
        return Response(
            {
                "success": True,
                "message": told,
                **{key: answer[key] for key in ("id", "document_id", "version", "state")},
            }
        )


class SearchView(ApiView):
    @endpoint(
        "Поиск по базе знаний",
        schema.FoundListSchema,
        tag=TAG,
        description="Ищутся слова и смысл. База выбирается по словам вопроса; если в ней ничего подходящего нет, "
        "отвечает другая.",
        parameters=(
            docs.text("q", "Вопрос", required=True),
            BASE,
            docs.integer("limit", f"Сколько фрагментов, по умолчанию {search.DEFAULT_LIMIT}", 1, search.MAX_LIMIT),
        ),
        errors=(404,),
        operation_id="knowledge_search",
    )
    def get(self, request: Request) -> Response:
        require(may_read(request.user))
        query = Query(request)
        question = query.text("q")
        if not question:
            raise InvalidInput("Параметр q: нужен вопрос.", field="q")
        limit = query.integer("limit", low=1, high=search.MAX_LIMIT) or search.DEFAULT_LIMIT
        slug = query.text("base")
        bases = [find_base(slug).slug] if slug else None
        result = search.search(question, bases=bases, role=role_of(request.user), limit=limit)
        found = [
            {
                "passage_id": one.passage_id,
                "document_id": one.document_id,
                "document": one.document,
                "version": one.version,
                "base": one.base,
                "heading": one.heading,
                "text": one.text,
                "score": one.score,
            }
            for one in result.passages
        ]
        told = {"query": question, "base": result.base, "routed": result.routed, "fell_back": result.fell_back}
        return Response({**told, "results": found})
