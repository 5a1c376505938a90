"""What an OpenAI-compatible server is asked with. Frozen, and checked when made."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from providers.deadlines import DEFAULT_DEADLINES, Deadlines, check_seconds
from providers.speech import USUAL_VOICE, Voice
from providers.speech_deadlines import (
    RECOGNITION_DEADLINES,
    SYNTHESIS_DEADLINES,
    RecognitionDeadlines,
    SynthesisDeadlines,
)
from vasdom.errors import InvalidInput

OPENAI_URL = "https://api.openai.com/v1"
OPENAI_HOST = "api.openai.com"
SLOWEST, FASTEST = 0.25, 4.0  # of /audio/speech


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where, and with whose key. The key is in no repr."""

    api_key: str = field(repr=False)
    base_url: str = OPENAI_URL
    connect_seconds: float = 3.0

    def __post_init__(self) -> None:
        key = self.api_key.strip()
        if not key:
            raise InvalidInput("Не задан ключ сервера AI.", field="api_key")
        if not key.isascii() or any(letter.isspace() for letter in key):
            raise InvalidInput("Ключ сервера AI содержит недопустимые знаки.", field="api_key")
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username is not None:
            raise InvalidInput("Адрес сервера AI должен иметь вид https://сервер/v1.", field="base_url")
        check_seconds(self.connect_seconds, "connect_seconds")
        object.__setattr__(self, "api_key", key)
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))

    @property
    def is_openai(self) -> bool:
        return urlsplit(self.base_url).hostname == OPENAI_HOST


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatConfig:
    """One chat model.

    Attributes:
        temperature: 0…2; None = not sent, which the reasoning models of OpenAI insist on.
        max_tokens: the longest answer; None = as the server likes. An answer cut by it ends in BrokenOff.
        streaming: off = the whole answer comes as one piece, within `deadlines.first_token_seconds`.
    """

    account: Account
    model: str
    temperature: float | None = 0.2
    max_tokens: int | None = None
    deadlines: Deadlines = DEFAULT_DEADLINES
    streaming: bool = True

    def __post_init__(self) -> None:
        check_model(self.model)
        if self.temperature is not None and not (math.isfinite(self.temperature) and 0 <= self.temperature <= 2):
            raise InvalidInput("Температура модели — число от 0 до 2.", field="temperature")
        if self.max_tokens is not None and self.max_tokens < 1:
            raise InvalidInput("Наибольшая длина ответа должна быть положительной.", field="max_tokens")


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingsConfig:
    """One embedding model.

    Attributes:
        dimensions: of every vector; another length in an answer is refused. Asked for where the model knows how
            (text-embedding-3), otherwise it must be the model's own.
        batch_size: texts in one request.
        timeout_seconds: for one request.
    """

    account: Account
    model: str = "text-embedding-3-small"
    dimensions: int = 1536
    batch_size: int = 256
    timeout_seconds: float = 8.0

    def __post_init__(self) -> None:
        check_model(self.model)
        if self.dimensions < 1:
            raise InvalidInput("Длина вектора должна быть положительной.", field="dimensions")
        if not 1 <= self.batch_size <= 2048:
            raise InvalidInput("В одном запросе может быть от 1 до 2048 текстов.", field="batch_size")
        check_seconds(self.timeout_seconds, "timeout_seconds")

    @property
    def asks_for_dimensions(self) -> bool:
        return "text-embedding-3" in self.model


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionConfig:
    """Transcription of whole utterances.

    Attributes:
        model: `gpt-transcribe` takes hints as keywords, the others as a prompt.
        language: two letters.
    """

    account: Account
    model: str = "gpt-transcribe"
    language: str = "ru"
    deadlines: RecognitionDeadlines = RECOGNITION_DEADLINES

    def __post_init__(self) -> None:
        check_model(self.model)

    @property
    def takes_keywords(self) -> bool:
        return self.model.startswith("gpt-transcribe")


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisConfig:
    """Speech of one voice; the role is an instruction in words («говори приветливо»), where the model takes one."""

    account: Account
    model: str = "gpt-4o-mini-tts"
    voice: Voice = USUAL_VOICE
    deadlines: SynthesisDeadlines = SYNTHESIS_DEADLINES

    def __post_init__(self) -> None:
        check_model(self.model)
        if not SLOWEST <= self.voice.speed <= FASTEST:
            raise InvalidInput(f"Скорость голоса — число от {SLOWEST:g} до {FASTEST:g}.", field="speed")

    @property
    def takes_instructions(self) -> bool:
        return not self.model.startswith("tts-1")


def check_model(name: str) -> None:
    if not name.strip():
        raise InvalidInput("Не указана модель.", field="model")
