"""Which language model a revision answers with, and what stands behind it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from providers.apart.model import Apart
from providers.chain import Recipe, chain
from providers.deadlines import Deadlines
from providers.llm import LanguageModel

if TYPE_CHECKING:
    from providers.openai.config import Account
    from voice.snapshot import CallSettings

OPENAI, EXTRACTIVE = "openai", "extractive"
DOCUMENT_TOKENS, DOCUMENT_SECONDS = 800, 45.0


def vendor_of(model_vendor: str) -> str:
    """The vendor that is asked first; `auto` follows the key."""
    if model_vendor == "auto":
        return OPENAI if settings.OPENAI_API_KEY else EXTRACTIVE
    return model_vendor


def asks_a_vendor(call: CallSettings) -> bool:
    """Its answers are more than quotations."""
    return vendor_of(call.model_vendor) == OPENAI


def missing_for(model_vendor: str, model: str) -> str:
    """Why the vendor cannot answer, one Russian sentence; nothing = it can."""
    if model_vendor == OPENAI and not settings.OPENAI_API_KEY:
        return "Нет ключа сервера AI (переменная OPENAI_API_KEY): такая редакция не смогла бы отвечать."
    if vendor_of(model_vendor) == OPENAI and not model.strip():
        return "Не указана основная модель."
    return ""


def language_model(call: CallSettings) -> LanguageModel:
    """The revision's model with everything behind it; cheap when asked for again."""
    return _chained(
        vendor_of(call.model_vendor),
        call.model,
        call.fallback_model,
        call.temperature,
        call.max_tokens,
        call.first_token_seconds,
        call.whole_seconds,
        call.phrase_unknown,
        settings.OPENAI_API_KEY,
        settings.OPENAI_BASE_URL,
    )


def model_of_documents() -> LanguageModel | None:
    """The active revision's model for work on documents, where nobody waits for a first word; None without a model."""
    from voice.snapshot import active_settings

    call = active_settings()
    if vendor_of(call.model_vendor) != OPENAI or missing_for(call.model_vendor, call.model):
        return None
    from providers.openai.config import ChatConfig

    config = ChatConfig(
        account=_account(settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL),
        model=call.model,
        temperature=call.temperature,
        max_tokens=DOCUMENT_TOKENS,
        deadlines=Deadlines(DOCUMENT_SECONDS, DOCUMENT_SECONDS, DOCUMENT_SECONDS),
    )
    return chain(OPENAI, config, fallback_model=call.fallback_model, otherwise=(), patience_seconds=DOCUMENT_SECONDS)


def _account(key: str, url: str) -> Account:
    from providers.openai.config import Account

    return Account(api_key=key, base_url=url) if url else Account(api_key=key)


@lru_cache(maxsize=16)
def _chained(
    vendor: str,
    model: str,
    fallback_model: str,
    temperature: float,
    max_tokens: int,
    first_token_seconds: float,
    whole_seconds: float,
    unknown: str,
    key: str,
    url: str,
) -> LanguageModel:
    from providers.extractive.model import ExtractiveConfig

    by_quotes = ExtractiveConfig(unknown=unknown)
    if vendor != OPENAI:
        return chain(EXTRACTIVE, by_quotes)
    from providers.openai.config import ChatConfig

    config = ChatConfig(
        account=_account(key, url),
        model=model,
        temperature=temperature,
        max_tokens=max_tokens,
        deadlines=Deadlines(first_token_seconds, first_token_seconds, max(whole_seconds, first_token_seconds)),
    )
    return Apart(Recipe(OPENAI, config, fallback_model, ((EXTRACTIVE, by_quotes),), first_token_seconds))
