"""What every embedding model keeps to, and what an OpenAI-compatible server adds."""

from __future__ import annotations

import asyncio
import math
import time
from typing import Any

import pytest

from providers.embeddings import EmbeddingModel
from providers.errors import ProviderError, Rejected, Timeout, Unavailable
from providers.openai.config import EmbeddingsConfig
from providers.registry import EMBEDDING_MODELS, embedding_model
from providers.retry import RetryingEmbeddings
from providers.tests.adapters import EMBEDDINGS, KEY, account
from providers.tests.openai_twin import OpenAITwin
from vasdom.errors import InvalidInput

PATH = "/embeddings"
every = pytest.mark.parametrize("vendor", EMBEDDINGS)


def test_every_embedding_vendor_of_the_registry_is_tested_here() -> None:
    assert set(EMBEDDING_MODELS) == set(EMBEDDINGS)


def cosine(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True)) / math.hypot(*one) / math.hypot(*other)


@every
async def test_every_text_gets_its_vector_in_order(vendor: str, twin: OpenAITwin) -> None:
    model = EMBEDDINGS[vendor](twin)
    texts = [f"подъезд {number}" for number in range(5)]
    together = await model.embed(texts)
    alone = [(await model.embed([text]))[0] for text in texts]
    assert together == alone
    assert {len(vector) for vector in together} == {model.dimensions}
    assert model.name


@every
async def test_texts_that_share_words_are_nearer(vendor: str, twin: OpenAITwin) -> None:
    question, near, far = await EMBEDDINGS[vendor](twin).embed(
        ["когда уборка подъезда", "уборка подъезда в четверг", "телефон бригадира"]
    )
    assert cosine(question, near) > cosine(question, far)


@every
async def test_no_texts_are_no_request(vendor: str, twin: OpenAITwin) -> None:
    assert await EMBEDDINGS[vendor](twin).embed([]) == []
    assert not twin.requests


@every
async def test_an_empty_text_is_refused_here(vendor: str, twin: OpenAITwin) -> None:
    with pytest.raises(InvalidInput):
        await EMBEDDINGS[vendor](twin).embed(["подъезд", " "])
    assert not twin.requests


@every
def test_an_embedding_model_serves_several_event_loops(vendor: str, twin: OpenAITwin) -> None:
    model = EMBEDDINGS[vendor](twin)
    assert asyncio.run(model.embed(["лестница"])) == asyncio.run(model.embed(["лестница"]))


def openai_model(twin: OpenAITwin, **fields: Any) -> EmbeddingModel:
    return embedding_model("openai", EmbeddingsConfig(account=account(twin), **{"dimensions": 8, **fields}))


async def test_a_question_is_one_request_and_a_book_is_few(twin: OpenAITwin) -> None:
    model = openai_model(twin, batch_size=10)
    await model.embed(["вопрос"])
    assert len(twin.asked(PATH)) == 1
    assert len(await model.embed([f"абзац {number}" for number in range(25)])) == 25
    assert [len(request.body["input"]) for request in twin.asked(PATH)] == [1, 10, 10, 5]
    assert twin.connections == 1


async def test_dimensions_are_asked_for_only_where_the_model_knows_how(twin: OpenAITwin) -> None:
    await openai_model(twin).embed(["a"])
    twin.dimensions = 8
    await openai_model(twin, model="bge-m3").embed(["a"])
    assert [request.body.get("dimensions") for request in twin.asked(PATH)] == [8, None]


async def test_vectors_of_another_length_are_refused_with_both_lengths(twin: OpenAITwin) -> None:
    twin.dimensions = 12
    with pytest.raises(Rejected, match=r"длины 12, а нужна 8"):
        await openai_model(twin, model="bge-m3").embed(["a"])


async def test_a_stalled_server_is_not_waited_for(twin: OpenAITwin) -> None:
    twin.fail("stall", path=PATH)
    model = openai_model(twin, timeout_seconds=0.3)
    await model.ready()
    started = time.monotonic()
    with pytest.raises(Timeout):
        await model.embed(["a"])
    assert time.monotonic() - started < 0.8
    await asyncio.sleep(0.1)
    assert twin.requests[0].gone


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"kind": "status", "status": 401, "message": f"Incorrect API key provided: {KEY}"}, Rejected),
        ({"kind": "status", "status": 429, "code": "insufficient_quota"}, Rejected),
        ({"kind": "status", "status": 503}, Unavailable),
        ({"kind": "html"}, Unavailable),
        ({"kind": "reset"}, Unavailable),
    ],
)
async def test_failures_of_embedding_are_typed(twin: OpenAITwin, fault: dict[str, Any], kind: type) -> None:
    twin.fail(path=PATH, **fault)
    with pytest.raises(ProviderError) as caught:
        await openai_model(twin).embed(["a"])
    assert type(caught.value) is kind
    assert KEY not in str(caught.value) + caught.value.detail


async def test_embedding_is_asked_once_more_after_a_passing_failure(twin: OpenAITwin) -> None:
    twin.fail("status", path=PATH, status=500)
    model = RetryingEmbeddings(openai_model(twin))
    assert len(await model.embed(["a"])) == 1
    assert len(twin.asked(PATH)) == 2
    twin.fail("status", path=PATH, status=500, times=5)
    with pytest.raises(Unavailable):
        await model.embed(["a"])
    assert len(twin.asked(PATH)) == 4
