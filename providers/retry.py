"""The one retry: of what may succeed a moment later, and only before the first word was handed over."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import aclosing

from providers.deadlines import STALL_SECONDS, begun_within, check_seconds, time_limit
from providers.embeddings import EmbeddingModel
from providers.errors import ProviderError
from providers.llm import Answer, LanguageModel, Message, ToolSpec

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 0.25


class Patience:
    """How long both attempts together may take until the first word; started when the question is asked."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left_seconds(self) -> float:
        return self._end - time.monotonic()

    async def before_retry(self, name: str, error: ProviderError) -> None:
        """Wait as long as the vendor asks, or a little.

        Raises:
            ProviderError: the same error again, where a second attempt is of no use or would come too late.
        """
        pause = PAUSE_SECONDS if error.retry_after_seconds is None else error.retry_after_seconds
        if not error.retryable or pause >= self.left_seconds:
            raise error
        logger.info("%s: %s (%s), asked once more in %.2f s", name, error.code, error.detail, pause)
        await asyncio.sleep(pause)


class Retrying:
    """A language model that is asked once more.

    Args:
        patience_seconds: a second attempt is not begun, and no attempt waited for, beyond this. A vendor that stalls
            for all of it is therefore not asked again.
    """

    def __init__(self, model: LanguageModel, *, patience_seconds: float = STALL_SECONDS) -> None:
        check_seconds(patience_seconds, "patience_seconds")
        self._model = model
        self._patience_seconds = patience_seconds

    @property
    def name(self) -> str:
        return self._model.name

    async def ready(self) -> None:
        await self._model.ready()

    async def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Answer:
        await self.ready()
        patience = Patience(self._patience_seconds)
        try:
            async with aclosing(begun_within(self._model.reply(messages, tools), patience.left_seconds)) as answer:
                async for piece in answer:
                    yield piece
            return
        except ProviderError as exc:  # after the first word it is a BrokenOff, which is never retryable
            await patience.before_retry(self.name, exc)
        async with aclosing(begun_within(self._model.reply(messages, tools), patience.left_seconds)) as answer:
            async for piece in answer:
                yield piece


class RetryingEmbeddings:
    """An embedding model that is asked once more, both attempts within `patience_seconds`."""

    def __init__(self, model: EmbeddingModel, *, patience_seconds: float = STALL_SECONDS) -> None:
        check_seconds(patience_seconds, "patience_seconds")
        self._model = model
        self._patience_seconds = patience_seconds

    @property
    def name(self) -> str:
        return self._model.name

    @property
    def dimensions(self) -> int:
        return self._model.dimensions

    async def ready(self) -> None:
        await self._model.ready()

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        await self.ready()
        patience = Patience(self._patience_seconds)
        try:
            async with time_limit(patience.left_seconds):
                return await self._model.embed(texts)
        except ProviderError as exc:
            await patience.before_retry(self.name, exc)
        async with time_limit(patience.left_seconds):
            return await self._model.embed(texts)
