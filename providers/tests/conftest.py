from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from providers.apart import helper
from providers.tests.openai_twin import OpenAITwin
from providers.tests.speech_adapters import Twins, running_twins


@pytest.fixture
def twin() -> Iterator[OpenAITwin]:
    with OpenAITwin() as server:
        yield server


@pytest.fixture(autouse=True)
async def nobody_apart() -> AsyncIterator[None]:
    """A test's loop leaves no other process behind."""
    yield
    await helper.close()


@pytest.fixture
def twins() -> Iterator[Twins]:
    with running_twins() as both:
        yield both
