from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.tests.openai_twin import OpenAITwin


@pytest.fixture
def twin() -> Iterator[OpenAITwin]:
    with OpenAITwin() as server:
        yield server
