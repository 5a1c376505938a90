"""What probes and browsers ask before anybody signs in: these answers need neither a session nor a database."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vasdom.health.report import report
from vasdom.health.states import Status
from vasdom.version import version


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """This process is alive; nothing else is asked."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Every part; 503 only when the database or Valkey is gone."""
    health = report()
    body = {
        "status": health.status.value,
        "version": version(),
        "components": {name: part.as_json() for name, part in health.components.items()},
    }
    gone = health.status is Status.DOWN
    return JsonResponse(body, status=HTTPStatus.SERVICE_UNAVAILABLE if gone else HTTPStatus.OK)


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The front door: a page for a browser, JSON for everything else; 200 even when the database is gone."""
    health = report()
    if not request.accepts("text/html") or "text/html" not in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({"status": health.status.value, "version": version()})
    else:
        response = HttpResponse(render_to_string("start.html", {"health": health, "version": version()}))
    response["Vary"] = "Accept"
    return response
