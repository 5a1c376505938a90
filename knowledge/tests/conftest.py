"""Fixtures of the knowledge tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def quiet(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No embedding model unless a test sets one, uploads in a folder of the test, no pause after a failure."""
    from knowledge import embedding

    settings.OPENAI_API_KEY = ""
    settings.KNOWLEDGE_EMBEDDINGS = {}
    settings.VAR_DIR = tmp_path
    embedding._failed_at.clear()
    embedding._model.cache_clear()


@pytest.fixture
def scripted(settings: Any) -> None:
    """An embedding model that answers from this process."""
    settings.KNOWLEDGE_EMBEDDINGS = {"vendor": "scripted"}
