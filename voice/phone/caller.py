"""Who calls, as far as it is known by now. The greeting does not wait for it."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from uuid import UUID

from houses.models import House
from voice import callers
from voice.callers import CallerContext
from voice.threads import behind

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class CallerCardOf:
    """Filled in the background at the beginning of a call."""

    number: str
    context: CallerContext | None = None

    async def look_up(self, call_id: UUID) -> None:
        """Two queries; a database that is away leaves the caller a stranger."""
        try:
            self.context = await behind(callers.context, self.number, call_id=call_id)
        except Exception:  # one call is fenced off from the others
            logger.exception("a caller could not be looked up")

    @property
    def name(self) -> str:
        return self.context.name if self.context else ""

    @property
    def house(self) -> House | None:
        return self.context.house if self.context else None

    @property
    def house_title(self) -> str:
        return str(self.house) if self.house else ""
