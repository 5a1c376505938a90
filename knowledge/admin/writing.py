"""«Написать»: a text of a person's own, for a new document or for the end of one; from a gap, with its question."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from knowledge import actions
from knowledge.access import may_teach
from knowledge.admin.common import person, render, require
from knowledge.admin.forms import WriteForm
from knowledge.models import DocumentVersion, KnowledgeBase
from knowledge.passages import headings_of
from vasdom.errors import VasdomError

LONGEST_HEADING, LONGEST_NOTE = 200, 300


def write_page(request: HttpRequest) -> HttpResponse:
    """`heading`, `base` and `note` of the address are what the form begins with."""
    require(may_teach(request.user))
    form = WriteForm(request.POST or None, initial=beginning(request))
    if request.method == "POST" and form.is_valid():
        try:
            version = written(form.cleaned_data, request)
        except VasdomError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return HttpResponseRedirect(reverse("admin:knowledge_version", args=[version.pk]))
    return render(request, "admin/knowledge/write.html", "Написать в базу знаний", {"form": form})


def beginning(request: HttpRequest) -> dict[str, Any]:
    heading = " ".join(request.GET.get("heading", "").replace("\x00", "").split())[:LONGEST_HEADING]
    slug = request.GET.get("base", "")
    base = KnowledgeBase.objects.filter(slug=slug).first() or KnowledgeBase.objects.first()
    return {
        "base": base.slug if base else None,
        "title": heading,
        "text": f"# {heading}\n\n" if heading else "",
        "note": request.GET.get("note", "")[:LONGEST_NOTE],
    }


def written(sent: dict[str, Any], request: HttpRequest) -> DocumentVersion:
    author = person(request)
    if sent["document"] is not None:
        return actions.extend(sent["document"], sent["text"], author=author, note=sent["note"])
    first = next((heading for _, heading in headings_of(sent["text"], sent["base"].separator)), "")
    return actions.compose(sent["base"], sent["title"] or first, sent["text"], author=author, note=sent["note"])
