from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.tests.openai_twin import OpenAITwin
from providers.tests.speech_adapters import Twins, running_twins


@pytest.fixture
def twin() -> Iterator[OpenAITwin]:
    with OpenAITwin() as server:
        yield server


@pytest.fixture
def twins() -> Iterator[Twins]:
    with running_twins() as both:
        yield both
