"""The port's side: a language model that another process asks, and this one when the other is not there."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import aclosing

from providers.apart import helper
from providers.apart.helper import Gone, Keeper
from providers.chain import Recipe, cooked
from providers.errors import BrokenOff
from providers.llm import Answer, LanguageModel, Message, TextDelta, ToolCall, ToolSpec

logger = logging.getLogger(__name__)


class Apart:
    """The recipe's model. Event loops that have awaited `ready` ask it in another process, all others in this one.

    So a web process and a telephone, which get ready early, have it apart; a job or a command, which asks one question
    and ends, does not start a process for it.
    """

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    @property
    def name(self) -> str:
        return self._here.name

    @property
    def _here(self) -> LanguageModel:
        return cooked(self._recipe)

    async def ready(self) -> None:
        try:
            await helper.begin().get_ready(self._recipe)
        except Gone as exc:
            logger.warning("models are asked in this process: %s", exc.detail)
            await self._here.ready()

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Answer:
        if (kept := helper.keeper()) is not None:
            said: list[str] = []
            calls: list[ToolCall] = []
            try:
                async with aclosing(self._there(kept, messages, tools)) as answer:
                    async for piece in answer:
                        if isinstance(piece, TextDelta):
                            said.append(piece.text)
                        else:
                            calls.append(piece)
                        yield piece
                return
            except Gone as exc:
                if said or calls:
                    raise BrokenOff(exc, said="".join(said), calls=calls) from exc
                logger.warning("a model is asked in this process: %s", exc.detail)
        async with aclosing(self._here.reply(messages, tools)) as answer:
            async for piece in answer:
                yield piece

    async def _there(self, kept: Keeper, messages: Sequence[Message], tools: Sequence[ToolSpec]) -> Answer:
        async with aclosing(kept.helper.ask(self._recipe, messages, tools)) as answer:
            async for piece in answer:
                yield piece
