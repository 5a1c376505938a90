"""The originals' bare addresses: each serves the very view of its canonical address below /api/, with every method.

A redirect would not do: clients turn a redirected POST into a GET, or drop its body. OpenAPI describes only the
canonical addresses. A test walks the table.
"""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured
from django.urls import URLPattern, path, resolve

from vasdom.api import UnknownView

# Bare address and canonical one, both without the slash in front; whoever builds a section adds its lines.
ALIASES: tuple[tuple[str, str], ...] = (
    ("logs", "api/logs"),
    ("logs/csv", "api/logs/csv"),
    ("dialog", "api/dialog"),
    ("kb", "api/kb"),
    ("kb/upload", "api/kb/upload"),
    ("kb2", "api/kb2"),
    ("kb2/upload", "api/kb2/upload"),
    ("knowledge/upload", "api/knowledge/upload"),
    ("knowledge/pending", "api/knowledge/pending"),
    ("knowledge/confirm", "api/knowledge/confirm"),
    ("knowledge/search", "api/knowledge/search"),
)


def alias(bare: str, canonical: str) -> URLPattern:
    """The pattern of a bare address; the canonical one must exist and name no variable."""
    view = resolve(f"/{canonical}".removeprefix("/api"), urlconf="vasdom.api")
    cls = getattr(view.func, "cls", None)
    if cls is None or cls is UnknownView:
        raise ImproperlyConfigured(f"vasdom.aliases: /{canonical} is no address of the API")
    options = {**getattr(view.func, "initkwargs", {}), "schema": None}
    pattern: URLPattern = path(bare, cls.as_view(**options), view.kwargs)
    return pattern


urlpatterns = [alias(bare, canonical) for bare, canonical in ALIASES]
