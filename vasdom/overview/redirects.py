"""Addresses of the originals' sections: each leads to the page that took its place, the query kept."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_safe

# A section that is not built yet leads to the dashboard; whoever builds it changes its line.
SECTIONS: dict[str, str] = {
    "dashboard": "/admin/",
    "works": "/admin/houses/house/",
    "analytics": "/admin/analytics/",
    "ai": "/admin/chat/",
    "meetings": "/admin/",
    "training": "/admin/knowledge/document/",
    "tasks": "/admin/tasks/task/",
    "logistics": "/admin/",
    "logs-ui": "/admin/calls/call/",
}


# Single pages of the original's office.
PAGES: dict[str, str] = {"logs-ui/instruction.md": "/admin/instruction/"}


@require_safe
def section(request: HttpRequest, name: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponseRedirect((SECTIONS | PAGES)[name] + (f"?{query}" if query else ""))
