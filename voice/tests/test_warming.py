"""The assistant gets ready before anybody asks."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from voice.warming import Warming


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("kind", "begins"), [("http", True), ("websocket", True), ("lifespan", False)])
async def test_it_begins_beside_the_first_page_or_socket(
    kind: str, begins: bool, caplog: pytest.LogCaptureFixture
) -> None:
    served: list[str] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        served.append(scope["type"])

    warming, before = Warming(application), asyncio.all_tasks()
    for _ in range(2):
        await warming({"type": kind}, None, None)
    begun = asyncio.all_tasks() - before
    assert served == [kind, kind]
    assert len(begun) == begins
    await asyncio.gather(*begun)
    assert "did not get ready" not in caplog.text
