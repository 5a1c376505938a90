"""A model with everything that stands behind it when it fails."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from providers.deadlines import STALL_SECONDS
from providers.fallback import Fallback, Step
from providers.llm import LanguageModel
from providers.registry import LANGUAGE_MODELS, language_model
from providers.retry import Retrying

Choice = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a chain is made of, as data; `cooked` makes it. The fields are the arguments of `chain`."""

    key: str
    config: Any = None
    fallback_model: str = ""
    otherwise: tuple[Choice, ...] = (("extractive", None),)
    patience_seconds: float = STALL_SECONDS


@lru_cache(maxsize=16)
def cooked(recipe: Recipe) -> LanguageModel:
    """The recipe's chain; the same one when asked again."""
    return chain(
        recipe.key,
        recipe.config,
        fallback_model=recipe.fallback_model,
        otherwise=recipe.otherwise,
        patience_seconds=recipe.patience_seconds,
    )


def chain(
    key: str,
    config: Any = None,
    *,
    fallback_model: str = "",
    otherwise: Sequence[Choice] = (("extractive", None),),
    patience_seconds: float = STALL_SECONDS,
) -> LanguageModel:
    """The model with one retry → the fallback model → the model without streaming → other vendors.

    Args:
        fallback_model: another model of the same vendor; empty = none.
        otherwise: keys and configs of the vendors asked last.
        patience_seconds: until the first word, for all of them together.

    Without streaming is for servers that refuse streaming to an account, and for proxies that hold a stream back.
    """
    steps = [Step(Retrying(language_model(key, config), patience_seconds=patience_seconds), key, _instant(key))]
    if fallback_model and fallback_model != getattr(config, "model", fallback_model):
        steps.append(Step(language_model(key, replace(config, model=fallback_model)), key, _instant(key)))
    if getattr(config, "streaming", False):
        steps.append(Step(language_model(key, replace(config, streaming=False)), key, _instant(key)))
    steps += [
        Step(language_model(other, its_config), other, _instant(other))
        for other, its_config in otherwise
        if other != key
    ]
    return Fallback(steps, patience_seconds=patience_seconds)


def _instant(key: str) -> bool:
    return LANGUAGE_MODELS[key].instant
