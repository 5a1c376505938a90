"""Who is asked when a vendor fails: the next step, as long as nothing has been said."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from providers.deadlines import STALL_SECONDS, begun_within, check_seconds
from providers.errors import BrokenOff, ProviderError
from providers.llm import Answer, LanguageModel, Message, ToolSpec
from providers.retry import Patience
from vasdom.errors import InvalidInput

logger = logging.getLogger(__name__)

INSTANT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Step:
    """One model to ask.

    Attributes:
        account: steps with the same name here share a key: when it is refused, or its balance is gone, the others of
            the account are not asked.
        instant: it answers from this process and without a network, so it is asked even when the time is over.
    """

    model: LanguageModel
    account: str = ""
    instant: bool = False


class Fallback:
    """Asks its steps one after another until one of them begins to answer.

    All of them together are given `patience_seconds` until the first word: what is left is shared equally between the
    steps still to ask, so that one that stalls leaves time for the next, and one that fails at once leaves more. An
    answer that has begun is never begun again by another step.

    Raises, while iterated:
        ProviderError: the first step's, when none could answer.
        BrokenOff: the step that had begun failed.
    """

    def __init__(self, steps: Sequence[Step], *, patience_seconds: float = STALL_SECONDS) -> None:
        if not steps:
            raise InvalidInput("Не указано ни одной модели.", field="steps")
        check_seconds(patience_seconds, "patience_seconds")
        self._steps = tuple(steps)
        self._patience_seconds = patience_seconds

    @property
    def name(self) -> str:
        return self._steps[0].model.name

    async def ready(self) -> None:
        for step in self._steps:
            await step.model.ready()

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Answer:
        await self.ready()
        patience = Patience(self._patience_seconds)
        failures: list[ProviderError] = []
        refused: set[str] = set()
        for number, step in enumerate(self._steps):
            seconds = self._share(number, refused, patience)
            if seconds <= 0:
                continue
            try:
                async with aclosing(begun_within(step.model.reply(messages, tools), seconds)) as answer:
                    async for piece in answer:
                        yield piece
                return
            except BrokenOff:
                raise
            except ProviderError as exc:
                logger.warning("%s did not answer: %s %s", step.model.name, exc.code, exc.detail)
                failures.append(exc)
                if exc.account_wide and step.account:
                    refused.add(step.account)
        raise failures[0]

    def _share(self, number: int, refused: set[str], patience: Patience) -> float:
        """Seconds this step gets until its first word; none = it is not asked."""
        step = self._steps[number]
        if step.account in refused:
            return 0.0
        if step.instant:
            return max(INSTANT_SECONDS, patience.left_seconds)
        waiting = [other for other in self._steps[number:] if not other.instant and other.account not in refused]
        return patience.left_seconds / len(waiting)
