"""Every wait for a vendor is bounded here."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any, Final

from providers.errors import BrokenOff, ProviderError, Timeout
from providers.llm import Answer, Piece, TextDelta, ToolCall
from providers.pumping import pumped
from vasdom.errors import InvalidInput

STALL_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long a vendor is waited for. What counts is the vendor's time: a caller that reads slowly spends none of it.

    Attributes:
        first_token_seconds: from the request to the first word or complete tool call.
        between_tokens_seconds: the longest silence after that.
        whole_seconds: from the request to the end of the answer.
    """

    first_token_seconds: float = STALL_SECONDS
    between_tokens_seconds: float = STALL_SECONDS
    whole_seconds: float = 60.0

    def __post_init__(self) -> None:
        for name in (item.name for item in fields(self)):
            check_seconds(getattr(self, name), name)


def check_seconds(value: float, name: str) -> None:
    """Raises InvalidInput unless it is a time one can wait."""
    if not (isinstance(value, int | float) and math.isfinite(value) and value > 0):
        raise InvalidInput("Срок ожидания должен быть положительным числом секунд.", field=name)


DEFAULT_DEADLINES: Final = Deadlines()


class Beat:
    """A vendor is at work though there is nothing to hand over yet: a tool call is being written."""


BEAT: Final = Beat()
Source = AsyncIterator[Piece | Beat]


async def within(source: Source, deadlines: Deadlines) -> Answer:
    """What a vendor's `reply` returns: the source, its silences bounded, its failures typed.

    The source runs in a task of its own. So a slow caller is not taken for a stalled vendor, and closing the answer
    cancels the source at its innermost wait, which ends the request there and then.

    Raises:
        Timeout, or what the source raised: before anything was handed over.
        BrokenOff: after.
    """

    def pump(put: Callable[[Piece], None]) -> Coroutine[Any, Any, None]:
        return _pump(source, put, deadlines)

    said: list[str] = []
    calls: list[ToolCall] = []
    try:
        async with aclosing(pumped(pump)) as pieces:
            async for piece in pieces:
                if isinstance(piece, TextDelta):
                    said.append(piece.text)
                else:
                    calls.append(piece)
                yield piece
    except BrokenOff:
        raise
    except ProviderError as exc:
        if said or calls:
            raise BrokenOff(exc, said="".join(said), calls=calls) from exc
        raise


async def _pump(source: Source, put: Callable[[Piece], None], deadlines: Deadlines) -> None:
    clock = asyncio.get_running_loop().time
    end = clock() + deadlines.whole_seconds
    begun = False
    try:
        async with asyncio.timeout_at(min(end, clock() + deadlines.first_token_seconds)) as limit:
            async for piece in source:
                if not isinstance(piece, Beat):
                    begun = True
                    put(piece)
                limit.reschedule(min(end, clock() + deadlines.between_tokens_seconds))
    except TimeoutError:
        raise _late(begun, whole=clock() >= end, deadlines=deadlines) from None


def _late(begun: bool, *, whole: bool, deadlines: Deadlines) -> Timeout:
    if whole:
        return Timeout("Ответ занял слишком много времени", detail=f"not done in {deadlines.whole_seconds:g} s")
    if begun:
        return Timeout("Сервер AI замолчал", detail=f"silent for {deadlines.between_tokens_seconds:g} s")
    return Timeout("Сервер AI не ответил вовремя", detail=f"no token in {deadlines.first_token_seconds:g} s")


async def begun_within(answer: Answer, seconds: float) -> Answer:
    """The same answer, given up if its first piece does not come in time; later pieces are its own affair."""
    async with aclosing(answer):
        async with time_limit(seconds):
            first = await anext(answer, None)
        if first is None:
            return
        yield first
        async for piece in answer:
            yield piece


@asynccontextmanager
async def time_limit(seconds: float) -> AsyncIterator[None]:
    """Bounds what is awaited inside; no answer may be yielded from inside it.

    Raises:
        Timeout: the time is over.
    """
    limit = asyncio.timeout(seconds)
    try:
        async with limit:
            yield
    except TimeoutError:
        if not limit.expired():
            raise
        raise Timeout("Сервер AI не ответил вовремя", detail=f"no answer in {seconds:g} s") from None
