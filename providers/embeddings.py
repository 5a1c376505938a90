"""Port: an embedding model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class EmbeddingModel(Protocol):
    """Turns texts into vectors whose cosine tells how near their meanings are.

    Vectors of two models cannot be compared: there is no fallback to another one, and `name` belongs into every key of
    a cache.

    Attributes:
        name: the model's name as its vendor calls it.
        dimensions: the length of every vector.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimensions(self) -> int: ...

    async def ready(self) -> None:
        """What is slow and needed once; `embed` sees to it itself."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector a text, in the order of the texts; no texts, no request.

        Raises:
            InvalidInput: a text is empty.
            ProviderError: the vendor failed or answered vectors of another length.
        """
