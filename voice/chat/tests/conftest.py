"""An assistant with one document and a language model of its own, the twin of an OpenAI server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from providers.tests.openai_twin import OpenAITwin, Reply

TEXT = """# Моющие средства

Для мытья подъездов компания использует моющее средство «Прогресс» без запаха. Оно безопасно для животных. \
Его привозят бригады.

# Инвентарь

Швабры и вёдра бригада привозит с собой и хранит в машине.
"""

ANSWER = (
    "Компания моет подъезды средством «Прогресс» без запаха. | Оно безопасно для животных. | Его привозят бригады. |"
)


@pytest.fixture(scope="module")
def twin_server() -> Iterator[OpenAITwin]:
    with OpenAITwin() as twin:
        yield twin


@pytest.fixture
def twin(twin_server: OpenAITwin, settings) -> Iterator[OpenAITwin]:
    """Answers with the passage that fits; its pace and its faults are the test's."""
    settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key-of-the-twin", twin_server.url
    twin_server.first_token_seconds = twin_server.token_seconds = 0
    twin_server.faults.clear()
    twin_server.requests.clear()
    twin_server.brain = lambda body: Reply(ANSWER)
    yield twin_server
    twin_server.first_token_seconds = twin_server.token_seconds = 0


@pytest.fixture
def assistant(transactional_db, twin: OpenAITwin, settings) -> OpenAITwin:
    from voice.chat.tests import world

    settings.ALLOWED_HOSTS = [world.HOST, "testserver"]
    world.begin(TEXT)
    return twin


@pytest.fixture
def manager(assistant: OpenAITwin) -> Any:
    from houses.tests.factories import make_user

    return make_user("Менеджер")
