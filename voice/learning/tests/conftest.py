"""No key, no memory of conversations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from voice.memory import SESSIONS_OF_PROCESS


@pytest.fixture(autouse=True)
def _begin(settings: Any) -> Iterator[None]:
    settings.OPENAI_API_KEY = ""
    settings.KNOWLEDGE_EMBEDDINGS = {}
    SESSIONS_OF_PROCESS._rows.clear()
    yield
    SESSIONS_OF_PROCESS._rows.clear()
