"""Vectors out of the letters of words: texts that share words are near each other, in every process alike."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from vasdom.errors import InvalidInput

WORD = re.compile(r"\w+")
STEM_LETTERS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedEmbeddingsConfig:
    dimensions: int = 256

    def __post_init__(self) -> None:
        if self.dimensions < 1:
            raise InvalidInput("Длина вектора должна быть положительной.", field="dimensions")


class ScriptedEmbeddings:
    """An embedding model for tests. `requests` counts the calls that had texts."""

    def __init__(self, config: ScriptedEmbeddingsConfig) -> None:
        self._config = config
        self.requests = 0

    @property
    def name(self) -> str:
        return f"scripted-{self.dimensions}"

    @property
    def dimensions(self) -> int:
        return self._config.dimensions

    async def ready(self) -> None:
        """Nothing to prepare."""

    async def embed(self, texts: Sequence[str]) -> list[list[float]]:
        if any(not text.strip() for text in texts):
            raise InvalidInput("Пустой текст не имеет вектора.", field="texts")
        self.requests += bool(texts)
        return [word_vector(text, self.dimensions) for text in texts]


def word_vector(text: str, dimensions: int) -> list[float]:
    """Length 1; every word adds to the places its first letters hash to."""
    vector = [0.0] * dimensions
    for word in WORD.findall(text.lower().replace("ё", "е")) or [text]:
        digest = hashlib.blake2b(word[:STEM_LETTERS].encode(), digest_size=8).digest()
        place = int.from_bytes(digest[:6], "big")
        vector[place % dimensions] += 1.0 if digest[6] & 1 else -1.0
    length = math.sqrt(sum(value * value for value in vector))
    if not length:
        vector[0] = length = 1.0
    return [value / length for value in vector]
