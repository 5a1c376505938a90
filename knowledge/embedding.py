"""Vectors of texts: out of the table where they are known, otherwise of the embedding model, where there is one."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

from knowledge.models import EmbeddingCache
from knowledge.text import in_batches, text_key
from providers import bridge
from providers.errors import ProviderError
from providers.registry import embedding_model
from vasdom.planned import planned_cursor

if TYPE_CHECKING:
    from providers.embeddings import EmbeddingModel

logger = logging.getLogger(__name__)
QUESTION_SECONDS = 2.0
DOCUMENT_SECONDS = 60.0
PAUSE_AFTER_FAILURE_SECONDS = 20.0
BATCH = 128
TOUCH_AFTER = timedelta(days=1)
LONGEST_TEXT = 20_000

_failed_at: dict[str, float] = {}  # by model; per process, because it only spares waiting


def configured_model(seconds: float = DOCUMENT_SECONDS) -> EmbeddingModel | None:
    """The model of this installation, or None: then words alone are searched.

    `settings.KNOWLEDGE_EMBEDDINGS` names a vendor and its options; without it the OpenAI-compatible server is used if
    it has a key.
    """
    chosen: dict[str, Any] = getattr(settings, "KNOWLEDGE_EMBEDDINGS", None) or {}
    vendor = str(chosen.get("vendor", "openai"))
    options = tuple(sorted((name, value) for name, value in chosen.items() if name != "vendor"))
    if vendor == "openai" and not settings.OPENAI_API_KEY:
        return None
    return _model(vendor, options, settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL, seconds)


@lru_cache(maxsize=8)
def _model(vendor: str, options: tuple[tuple[str, Any], ...], key: str, url: str, seconds: float) -> EmbeddingModel:
    if vendor == "scripted":
        from providers.scripted.embeddings import ScriptedEmbeddingsConfig

        return embedding_model(vendor, ScriptedEmbeddingsConfig(**dict(options)))
    from providers.openai.config import Account, EmbeddingsConfig

    account = Account(api_key=key, base_url=url) if url else Account(api_key=key)
    return embedding_model(vendor, EmbeddingsConfig(account=account, timeout_seconds=seconds, **dict(options)))


def model_name() -> str:
    """The configured model's name, empty without one. Vectors carry it: those of two models cannot be compared."""
    model = configured_model()
    return model.name if model else ""


def be_ready() -> None:
    """What is slow and needed once: the vendor's library, a client of the loop that questions are asked on."""
    model = configured_model(QUESTION_SECONDS)
    if model is not None:
        bridge.call(model.ready())


def question_vector(question: str) -> tuple[int | None, int]:
    """The row of `EmbeddingCache` with the vector of a question, and how many requests it took: 1 for a new question,
    0 for a repeated one. The vector itself stays in the database, where it is compared.

    None without a model, and when the model fails: a search then goes by words, and says nothing of it to the caller.
    """
    model = configured_model(QUESTION_SECONDS)
    if model is None or not question.strip():
        return None, 0
    key = text_key(question)
    if (row := _known(model.name, key)) is not None:
        pk, used_at = row
        if timezone.now() - used_at > TOUCH_AFTER:
            EmbeddingCache.objects.filter(pk=pk).update(used_at=timezone.now())
        return pk, 0
    if time.monotonic() - _failed_at.get(model.name, -PAUSE_AFTER_FAILURE_SECONDS) < PAUSE_AFTER_FAILURE_SECONDS:
        return None, 0
    try:
        (vector,) = bridge.call(model.embed([question[:LONGEST_TEXT]]))
    except ProviderError as exc:
        _failed_at[model.name] = time.monotonic()
        logger.warning("A question is searched by words only: %s %s", exc.code, exc.detail)
        return None, 1
    _keep(model.name, {key: vector}, is_question=True)
    row = _known(model.name, key)
    return (row[0] if row else None), 1


def _known(model: str, key: str) -> tuple[int, datetime] | None:
    """The key of a vector's row, and when it was last used. Plain SQL: it is asked for with every question."""
    with planned_cursor() as cursor:
        cursor.execute(
            "SELECT id, used_at FROM knowledge_embeddingcache WHERE model = %s AND text_hash = %s", [model, key]
        )
        row: tuple[int, datetime] | None = cursor.fetchone()
    return row


def embed_all(
    texts: Sequence[str], *, model: EmbeddingModel, progress: Callable[[int], None] = lambda done: None
) -> tuple[int, str]:
    """See that the table has a vector of every text.

    What a batch brought is kept at once, so that a run that is killed or refused has not worked for nothing.

    Returns:
        How many vectors were asked for, and why it stopped ("" = it did not).
    """
    wanted = {text_key(text): text for text in texts}
    known = set(
        EmbeddingCache.objects.filter(model=model.name, text_hash__in=wanted).values_list("text_hash", flat=True)
    )
    missing = [key for key in wanted if key not in known]
    done = 0
    progress(len(texts) - len(missing))
    for batch in in_batches(missing, BATCH):
        try:
            vectors = bridge.call(model.embed([wanted[key][:LONGEST_TEXT] for key in batch]))
        except ProviderError as exc:
            logger.warning("Embedding stopped after %d of %d texts: %s %s", done, len(missing), exc.code, exc.detail)
            return done, exc.message
        _keep(model.name, dict(zip(batch, vectors, strict=True)))
        done += len(batch)
        progress(len(texts) - len(missing) + done)
    return done, ""


def _keep(model: str, vectors: dict[str, list[float]], *, is_question: bool = False) -> None:
    rows = [
        EmbeddingCache(model=model, text_hash=key, embedding=vector, is_question=is_question)
        for key, vector in vectors.items()
    ]
    EmbeddingCache.objects.bulk_create(rows, ignore_conflicts=True)
