"""«О системе»: version, what changed, which variables are set."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from vasdom.env import ROOT, VARIABLES, Environment
from vasdom.overview import changelog
from vasdom.overview.site import office_page, page
from vasdom.version import version

CHANGELOG = ROOT / "CHANGELOG.md"


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of the environment; its value is never shown, secret or not."""

    name: str
    effect: str
    is_set: bool


@office_page
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    text = CHANGELOG.read_text(encoding="utf-8") if CHANGELOG.is_file() else ""
    return page(
        request,
        "overview/about.html",
        "О системе",
        version=version(),
        releases=changelog.read(text),
        settings=environment(),
    )


def environment() -> tuple[Setting, ...]:
    environment = Environment.load()
    return tuple(Setting(variable.name, variable.effect, environment.is_set(variable.name)) for variable in VARIABLES)
