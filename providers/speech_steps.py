"""Who is asked for speech, and in which order: a vendor that has just failed is asked last for a while."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from providers.errors import BrokenOff, ProviderError, Timeout
from providers.speech import SpeechRecognizer, SpeechSynthesizer
from vasdom.errors import InvalidInput

logger = logging.getLogger(__name__)
Model = TypeVar("Model", bound=SpeechRecognizer | SpeechSynthesizer)

COOLING_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class SpeechStep(Generic[Model]):
    """One vendor to ask.

    Attributes:
        key: names the vendor for all calls of the process: when one call sees it fail, the others ask it last.
        account: steps with the same name here share a key: when it is refused the others of the account are not asked.
        instant: it answers from this process and without a network, so it is asked even when the time is over.
    """

    model: Model
    key: str
    account: str = ""
    instant: bool = False


# By event loop, as its clock is: in production that is the process, in tests each has a past of its own.
_failures: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, float]] = WeakKeyDictionary()


def note_failure(key: str, error: ProviderError) -> None:
    """A refusal of this one text or audio is no failure of the vendor's."""
    cause = error.__cause__ if isinstance(error, BrokenOff) else error
    if isinstance(cause, ProviderError) and (cause.retryable or cause.account_wide):
        loop = asyncio.get_running_loop()
        _failures.setdefault(loop, {})[key] = loop.time()


def note_success(key: str) -> None:
    _failures.get(asyncio.get_running_loop(), {}).pop(key, None)


def cooling(key: str) -> bool:
    """Has it failed within the last half minute?"""
    loop = asyncio.get_running_loop()
    failed = _failures.get(loop, {}).get(key)
    return failed is not None and loop.time() - failed < COOLING_SECONDS


class Round(Generic[Model]):
    """The steps of one request: each is asked once; one whose connection broke once more, after all the others."""

    def __init__(self, steps: Sequence[SpeechStep[Model]]) -> None:
        self._waiting = sorted(steps, key=lambda step: cooling(step.key))
        self._tried: set[str] = set()
        self.failures: list[ProviderError] = []

    def next(self) -> SpeechStep[Model] | None:
        """Whose turn it is; None when there is nobody left to ask."""
        return self._waiting.pop(0) if self._waiting else None

    @property
    def competing(self) -> int:
        """How many, the one whose turn it is included, still share the time."""
        return 1 + sum(not step.instant and step.key not in self._tried for step in self._waiting)

    def failed(self, step: SpeechStep[Model], error: ProviderError) -> None:
        logger.warning("%s: %s %s", step.model.name, error.code, error.detail)
        note_failure(step.key, error)
        self.failures.append(error)
        cause = error.__cause__ if isinstance(error, BrokenOff) else error
        if isinstance(cause, ProviderError) and cause.account_wide and step.account:
            self._waiting = [other for other in self._waiting if other.account != step.account]
        elif step.key not in self._tried and _worth_another_try(cause):
            self._waiting.append(step)
        self._tried.add(step.key)


def _worth_another_try(cause: BaseException | None) -> bool:
    """A lost connection is; a vendor that was waited for in vain is not."""
    return isinstance(cause, ProviderError) and cause.retryable and not isinstance(cause, Timeout)


async def all_ready(models: Iterable[SpeechRecognizer | SpeechSynthesizer]) -> None:
    """One that cannot be made ready will say so when it is asked."""
    for outcome in await asyncio.gather(*(model.ready() for model in models), return_exceptions=True):
        if isinstance(outcome, BaseException) and not isinstance(outcome, ProviderError):
            raise outcome


def check_steps(steps: Sequence[SpeechStep[Model]]) -> tuple[SpeechStep[Model], ...]:
    if not steps:
        raise InvalidInput("Не указано ни одного поставщика речи.", field="steps")
    if len({step.key for step in steps}) < len(steps):
        raise InvalidInput("Поставщик речи указан дважды.", field="steps")
    return tuple(steps)
