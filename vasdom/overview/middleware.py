"""Where people go who came to the wrong door."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from houses.access import is_brigade

OFFICE = "/admin/"
BRIGADE_PAGES = "/brigade/"
# A brigade, too, signs out and changes its password here.
SHARED = ("/admin/logout/", "/admin/password_change/")


class BrigadeToItsPages:
    """Sends a brigade that opens the office to its own pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        path = request.path_info
        if path.startswith(OFFICE) and not path.startswith(SHARED) and is_brigade(request.user):
            return HttpResponseRedirect(BRIGADE_PAGES)
        return self._get_response(request)
