"""A written conversation on its way into the call log."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError
from django.db.models import Max

from calls.actions import TurnRecord, close_call, open_call, record_turn
from calls.errors import AlreadyClosed, UnknownCall
from calls.models import Turn
from voice.events import Citation, End, Outcome, ToolUse
from voice.threads import behind, in_thread

logger = logging.getLogger(__name__)
# The assistant's stages by the log's names; those that overlap others are left out.
STAGES = {
    "understand": "contextualise",
    "tool": "tools",
    "search": "search",
    "first_token": "first_token",
    "generate": "generation",
    "total": "total",
}
ANSWERED = {Outcome.ANSWERED: True, Outcome.REFUSED: True, Outcome.UNKNOWN: False, Outcome.FAILED: False}


class Recorder:
    """Writes one call, a turn at a time and in order. The call is opened by its first turn.

    A database that is away loses the turn and a line in the process's log, never the conversation.
    """

    def __init__(self, call_id: UUID, channel: str, caller: str) -> None:
        self.call_id = call_id
        self._channel, self._caller = channel, caller
        self._last: int | None = None
        self._one_at_a_time = asyncio.Lock()

    async def keep(self, record: TurnRecord) -> int | None:
        """Write a turn that has ended; its number is ours to give. Returns it, or None when the turn is lost."""
        async with self._one_at_a_time:
            try:
                return await behind(self._write, record)
            except (DatabaseError, InterfaceError) as exc:
                logger.warning("A turn of call %s is lost: %s", self.call_id, type(exc).__name__)
                return None

    async def close(self, status: str) -> None:
        """End the call; nothing for one in which nothing was said."""
        if self._last is None:
            return
        try:
            await in_thread(close_call, self.call_id, status)
        except (AlreadyClosed, UnknownCall):  # by the job for abandoned calls; by the purge
            return
        except (DatabaseError, InterfaceError) as exc:
            logger.warning("Call %s is left open: %s", self.call_id, type(exc).__name__)

    def _write(self, record: TurnRecord) -> int:
        if self._last is None:
            open_call(self._channel, self._caller, record.revision_number, call_id=self.call_id)
            self._last = last_number(self.call_id)
        number = self._last
        while True:
            number += 1
            turn = record_turn(self.call_id, replace(record, number=number))
            # Another page of the same conversation may have taken the number; then the first stays, and we go on.
            if (turn.speaker, turn.started_at) == (record.speaker, record.started_at):
                self._last = number
                return number


def last_number(call_id: UUID) -> int:
    found = Turn.objects.filter(call=call_id).aggregate(last=Max("number"))["last"]
    return found or 0


# --- what turns look like in the log


def asked(text: str, normalised: str, at: datetime) -> TurnRecord:
    return TurnRecord(1, Turn.Speaker.CALLER, text, normalised=normalised, started_at=at, ended_at=at)


def greeted(text: str, revision: int, at: datetime) -> TurnRecord:
    return TurnRecord(1, Turn.Speaker.ASSISTANT, text, revision_number=revision, started_at=at, ended_at=at)


def answered(end: End, citations: tuple[Citation, ...], started_at: datetime, ended_at: datetime) -> TurnRecord:
    return TurnRecord(
        1,
        Turn.Speaker.ASSISTANT,
        end.text,
        base=end.base,
        revision_number=end.revision,
        citations=[asdict(one) for one in citations],
        tool_calls=[tool_call(one) for one in end.tool_calls],
        timings=stages(end.timings),
        answered=ANSWERED.get(end.outcome),
        handed_over=end.outcome is Outcome.TRANSFER,
        embedding_requests=end.embedding_requests,
        started_at=started_at,
        ended_at=ended_at,
    )


def broken_off(text: str, started_at: datetime, ended_at: datetime) -> TurnRecord:
    """An answer that was stopped: what had been said by then."""
    return TurnRecord(1, Turn.Speaker.ASSISTANT, text, started_at=started_at, ended_at=ended_at)


def tool_call(used: ToolUse) -> dict[str, Any]:
    return {
        "name": used.name,
        "arguments": {name: plain(value) for name, value in used.arguments.items()},
        "result": used.result,
        "outcome": used.outcome,
        "by": used.by,
        "task_id": used.task_id,
    }


def plain(value: Any) -> Any:
    """JSON as it is, anything else in words."""
    return value if value is None or isinstance(value, str | int | float | bool | list | dict) else str(value)


def stages(timings: Mapping[str, float]) -> dict[str, float]:
    return {STAGES[stage]: spent for stage, spent in timings.items() if stage in STAGES}
