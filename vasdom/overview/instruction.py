"""«Инструкция»: how the office sets the assistant up, with the values that are set now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from knowledge.ingest import KINDS
from knowledge.ingest.limits import DEFAULT_LIMITS
from knowledge.models import KnowledgeBase
from vasdom.overview.site import office_page, page
from voice.actions import active_revision

PAGES = {
    "documents": "admin:knowledge_document_changelist",
    "bases": "admin:knowledge_knowledgebase_changelist",
    "search": "admin:knowledge_search",
    "write": "admin:knowledge_write",
    "glossary": "admin:knowledge_glossaryterm_changelist",
    "gaps": "learning:gaps",
    "assistant": "admin:voice_assistantrevision_changelist",
    "questions": "admin:voice_controlquestion_changelist",
    "phone": "admin:voice_phonesettings_changelist",
    "targets": "admin:voice_transfertarget_changelist",
    "calls": "admin:calls_call_changelist",
    "storage": "admin:calls_calllogsettings_changelist",
}
"""What the text leads to; a page that this installation does not have is named without a link."""


@office_page
@require_safe
def instruction(request: HttpRequest) -> HttpResponse:
    return page(
        request,
        "overview/instruction.html",
        "Инструкция",
        pages={name: address(view) for name, view in PAGES.items()},
        bases=KnowledgeBase.objects.all(),
        revision=active_revision(),
        kinds=", ".join(KINDS),
        megabytes=DEFAULT_LIMITS.file_bytes // 1024 // 1024,
    )


def address(view: str) -> str:
    try:
        return reverse(view)
    except NoReverseMatch:
        return ""
