"""One way to compare names regardless of how they were typed."""

from __future__ import annotations

import re

_QUOTES = re.compile(r"[\"'«»„“”‟‘’`\x00]")


def plain(text: str) -> str:
    """Lower case, ё as е, no quotes, single spaces: «ООО "Уют"» and «ооо «УЮТ»» become the same."""
    return " ".join(_QUOTES.sub("", text.lower().replace("ё", "е")).split())
