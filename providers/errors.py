"""What may go wrong with an outside AI service.

A message is one Russian sentence that holds neither a key nor the vendor's own words; `detail` is for the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from vasdom.errors import VasdomError

if TYPE_CHECKING:
    from providers.llm import ToolCall

KEY_REFUSED = "provider_key"
QUOTA_EXHAUSTED = "provider_quota"
MODEL_UNKNOWN = "provider_model"
TOO_LONG = "provider_too_long"
BUSY = "provider_busy"


class ProviderError(VasdomError):
    """A vendor did not do what it was asked.

    Args:
        retryable: the same request may succeed a moment later; by default the class's own.
        detail: English words for the log: kinds, statuses, codes; no secret, no prompt.
        retry_after_seconds: how long the vendor asks to be left alone.
    """

    code = "provider"
    retryable = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        retryable: bool | None = None,
        detail: str = "",
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.retryable = self.retryable if retryable is None else retryable
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds

    @property
    def account_wide(self) -> bool:
        """Every other request with the same key would be refused as well."""
        return self.code in {KEY_REFUSED, QUOTA_EXHAUSTED}


class Unavailable(ProviderError):
    """No connection, the vendor's own failure, an overload, an answer that cannot be read."""

    code = "provider_unavailable"
    retryable = True


class Timeout(ProviderError):
    """A deadline passed."""

    code = "provider_timeout"
    retryable = True


class Rejected(ProviderError):
    """The vendor understood and refuses: key, balance, model, size, content. Asking again changes nothing."""

    code = "provider_rejected"


class BrokenOff(ProviderError):
    """The answer stopped after a part of it had been handed over, so it is never begun again: finish the sentence.

    `__cause__` is the failure itself, `said` the text and `calls` the tool calls that were handed over.
    """

    code = "provider_broken_off"

    def __init__(self, cause: ProviderError, *, said: str, calls: Sequence[ToolCall] = ()) -> None:
        super().__init__(cause.message, detail=f"{cause.code} {cause.detail}".strip())
        self.said = said
        self.calls = tuple(calls)

    def __reduce__(self) -> tuple[Any, ...]:
        """Its cause is pickled with it, as other failures' is not."""
        return _broken_off, (self.__cause__, self.said, self.calls)


def _broken_off(cause: ProviderError, said: str, calls: Sequence[ToolCall]) -> BrokenOff:
    error = BrokenOff(cause, said=said, calls=calls)
    error.__cause__ = cause
    return error
