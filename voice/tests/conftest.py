"""Every test begins with no memory of conversations and no key; some talk to the twin of an OpenAI server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from providers.tests.openai_twin import OpenAITwin
from voice.memory import SESSIONS_OF_PROCESS


@pytest.fixture(autouse=True)
def _begin(settings: Any) -> Iterator[None]:
    settings.OPENAI_API_KEY = ""
    settings.KNOWLEDGE_EMBEDDINGS = {}
    SESSIONS_OF_PROCESS._rows.clear()
    yield
    SESSIONS_OF_PROCESS._rows.clear()


@pytest.fixture
def twin(settings: Any) -> Iterator[OpenAITwin]:
    """A model of the tests' own."""
    with OpenAITwin() as server:
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key-of-the-twin", server.url
        settings.KNOWLEDGE_EMBEDDINGS = {"vendor": "scripted"}
        yield server
