"""Ready sentences of a revision, said without asking the brain."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from voice.engine.events import Done, GoodBye, HandOver, Say, Step


@dataclass(frozen=True, slots=True)
class Phrases:
    """What the engine says of itself."""

    greeting: str
    silence: str
    goodbye: str
    too_long: str
    apology: str
    wait: str
    """When nothing else could be said in time."""


class StockReply:
    """A `PendingReply` of one sentence. Nothing of it is remembered."""

    def __init__(self, text: str, then: GoodBye | HandOver | None = None) -> None:
        self._text, self._then = text, then

    async def steps(self) -> AsyncGenerator[Step, None]:
        if self._text:
            yield Say(self._text)
        if self._then is not None:
            yield self._then
        yield Done()

    def confirm(self) -> None: ...

    def heard(self, text: str, *, interrupted: bool) -> None: ...

    async def drop(self) -> None: ...
