"""What the log must not say."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence

MASK = "***"
# International and Russian trunk forms; eleven plain digits without a plus are more often an identifier.
PHONE = re.compile(r"\+\d[\d\s()-]{8,16}\d|(?<!\d)8\s?\(?\d{3}\)?[\s-]\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)")


class MaskingFormatter(logging.Formatter):
    """The last net under the rule that no secret and no phone number enters a log line, tracebacks included."""

    def __init__(self, fmt: str, secrets: Sequence[str] = ()) -> None:
        super().__init__(fmt)
        self._secrets = re.compile("|".join(map(re.escape, secrets))) if secrets else None

    def format(self, record: logging.LogRecord) -> str:
        line = super().format(record)
        if self._secrets is not None:
            line = self._secrets.sub(MASK, line)
        return PHONE.sub(MASK, line)
