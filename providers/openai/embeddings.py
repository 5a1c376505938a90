"""Embeddings through the openai client: one request a batch, and a question is one batch."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Sequence
from importlib import import_module

from providers.deadlines import time_limit
from providers.errors import Rejected
from providers.openai.clients import client
from providers.openai.config import EmbeddingsConfig
from providers.openai.errors import translated, unreadable
from vasdom.errors import InvalidInput


class OpenAIEmbeddings:
    """An embedding model of an OpenAI-compatible server."""

    def __init__(self, config: EmbeddingsConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"OpenAIEmbeddings({self._config})"

    @property
    def name(self) -> str:
        return self._config.model

    @property
    def dimensions(self) -> int:
        return self._config.dimensions

    async def ready(self) -> None:
        if "openai" not in sys.modules:
            await asyncio.to_thread(import_module, "openai")
        client(self._config.account)

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if any(not text.strip() for text in texts):
            raise InvalidInput("Пустой текст не имеет вектора.", field="texts")
        await self.ready()
        vectors: list[list[float]] = []
        for start in range(0, len(texts), self._config.batch_size):
            async with time_limit(self._config.timeout_seconds):
                vectors += await self._ask(list(texts[start : start + self._config.batch_size]))
        return vectors

    async def _ask(self, batch: list[str]) -> list[list[float]]:
        asked = client(self._config.account)
        with translated():
            if self._config.asks_for_dimensions:
                answer = await asked.embeddings.create(
                    model=self._config.model, input=batch, dimensions=self._config.dimensions
                )
            else:
                answer = await asked.embeddings.create(model=self._config.model, input=batch)
            vectors = {item.index: list(map(float, item.embedding)) for item in answer.data}
        return self._checked(vectors, len(batch))

    def _checked(self, vectors: dict[int, list[float]], wanted: int) -> list[list[float]]:
        if sorted(vectors) != list(range(wanted)):
            raise unreadable(f"{len(vectors)} vectors for {wanted} texts")
        for vector in vectors.values():
            if len(vector) != self._config.dimensions:
                raise Rejected(
                    f"Модель {self.name} отвечает векторами длины {len(vector)}, а нужна {self._config.dimensions}",
                    detail="dimensions",
                )
            if not all(map(math.isfinite, vector)):
                raise unreadable("a vector with NaN")
        return [vectors[number] for number in range(wanted)]
