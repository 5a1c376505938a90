"""Callers without an event loop."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from providers import bridge
from providers.llm import Message, TextDelta
from providers.openai.config import EmbeddingsConfig
from providers.registry import embedding_model, language_model
from providers.tests.adapters import account, chat_config
from providers.tests.openai_twin import OpenAITwin

ASK = (Message("user", "Когда уборка?"),)


def test_calls_share_one_connection(twin: OpenAITwin) -> None:
    model = embedding_model("openai", EmbeddingsConfig(account=account(twin, "sk-bridge"), dimensions=8))
    for _ in range(3):
        assert len(bridge.call(model.embed(["подъезд"]))[0]) == 8
    assert twin.connections == 1


def test_calls_of_many_threads_run_side_by_side(twin: OpenAITwin) -> None:
    twin.first_token_seconds = 0.3
    model = embedding_model("openai", EmbeddingsConfig(account=account(twin), dimensions=8))
    bridge.call(model.ready())
    threads = [threading.Thread(target=lambda: bridge.call(model.embed(["подъезд"]))) for _ in range(10)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert time.monotonic() - started < 1.5
    assert len(twin.requests) == 10


def test_an_answer_is_read_piece_by_piece_and_closing_ends_the_request(twin: OpenAITwin) -> None:
    twin.token_seconds = 0.1
    model = language_model("openai", chat_config(twin))
    pieces = bridge.pieces(model.reply(ASK))
    assert next(pieces) == TextDelta("Двойник")
    pieces.close()
    time.sleep(0.2)
    assert twin.requests[0].gone
    twin.token_seconds = 0
    said = "".join(piece.text for piece in bridge.pieces(model.reply(ASK)) if isinstance(piece, TextDelta))
    assert said.startswith("Двойник сервера AI услышал")


async def test_blocking_the_event_loop_is_refused() -> None:
    with pytest.raises(RuntimeError, match="await"):
        bridge.call(asyncio.sleep(0))
