"""How the admin looks: name, colours, sidebar."""

from __future__ import annotations

from typing import Any

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "ВасДом",
    "SITE_HEADER": "ВасДом",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
}
