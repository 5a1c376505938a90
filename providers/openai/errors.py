"""What the client library raises, in our own words.

The vendor's text is never passed on: servers quote the key, or the prompt, in it. So the cause is cut off as well
(`from None`); what a log may know stands in `detail`.
"""

from __future__ import annotations

import re
from types import TracebackType
from typing import TYPE_CHECKING, Any

from providers.errors import (
    BUSY,
    KEY_REFUSED,
    MODEL_UNKNOWN,
    QUOTA_EXHAUSTED,
    TOO_LONG,
    ProviderError,
    Rejected,
    Timeout,
    Unavailable,
)

if TYPE_CHECKING:
    import openai

CODE_WORD = re.compile(r"[a-z][a-z_.]{2,40}")  # a vendor's code that is safe to log: words only
LONGEST_WAIT_SECONDS = 24 * 3600.0
# https://platform.openai.com/docs/guides/error-codes; the other names are those of compatible servers.
NO_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"})
TOO_LONG_CODES = frozenset({"context_length_exceeded", "string_above_max_length"})


class translated:
    """Round whatever talks to the server.

    A class, since the frames of `contextlib` would keep the library's error among their variables, where error pages
    look.

    Raises:
        ProviderError: in place of anything the library raises, its stumbling over an unreadable answer included.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        import httpx2
        import openai

        failure: ProviderError | None = None
        if isinstance(exc, openai.OpenAIError):
            failure = translate(exc)
        elif isinstance(exc, httpx2.TimeoutException):  # of a body that is read past the openai library
            failure = Timeout("Сервер AI не ответил вовремя", detail=type(exc).__name__)
        elif isinstance(exc, httpx2.HTTPError):
            failure = Unavailable("Нет связи с сервером AI", detail=type(exc).__name__)
        elif isinstance(exc, ValueError | TypeError | LookupError | AttributeError):
            # Not JSON, or not of the promised shape: the libraries check little and fall over whatever comes first.
            failure = unreadable(type(exc).__name__)
        del exc, trace
        if failure is not None:
            raise failure from None


def unreadable(detail: str) -> Unavailable:
    return Unavailable("Сервер AI ответил непонятно", detail=detail)


def translate(exc: openai.OpenAIError) -> ProviderError:
    import openai

    if isinstance(exc, openai.APITimeoutError):
        return Timeout("Сервер AI не ответил вовремя", detail="connection or read timed out")
    if isinstance(exc, openai.APIConnectionError):
        return Unavailable("Нет связи с сервером AI", detail=type(_root(exc)).__name__)
    if isinstance(exc, openai.APIStatusError):
        return _status(exc)
    if isinstance(exc, openai.APIError) and _code(exc):  # an error inside a stream has no status
        return _refusal(_code(exc), "in a stream") or Unavailable("Сервер AI прервал ответ", detail=_code(exc))
    return unreadable(type(exc).__name__)


def _root(exc: BaseException) -> BaseException:
    while exc.__cause__ is not None:
        exc = exc.__cause__
    return exc


def _status(exc: openai.APIStatusError) -> ProviderError:
    status, code = exc.status_code, _code(exc)
    detail = f"HTTP {status} {code}".strip()
    if refusal := _refusal(code, detail):
        return refusal
    if status in {401, 403}:
        return Rejected("Сервер AI не принял ключ", code=KEY_REFUSED, detail=detail)
    if status == 402:
        return Rejected("Исчерпан баланс на сервере AI", code=QUOTA_EXHAUSTED, detail=detail)
    if status == 429:
        wait = _retry_after(exc)
        return Unavailable(
            "Сервер AI отказывает: превышен лимит запросов", code=BUSY, detail=detail, retry_after_seconds=wait
        )
    if status in {408, 409, 425} or status >= 500:
        return Unavailable(f"Сервер AI ответил кодом {status}", detail=detail, retry_after_seconds=_retry_after(exc))
    if status == 404:
        return Rejected("Сервер AI ответил кодом 404: нет такой модели или адреса", code=MODEL_UNKNOWN, detail=detail)
    return Rejected(f"Сервер AI отклонил запрос с кодом {status}", detail=detail)


def _refusal(code: str, detail: str) -> Rejected | None:
    """What the code says more plainly than the status."""
    if code in NO_MONEY:
        return Rejected("Исчерпан баланс на сервере AI", code=QUOTA_EXHAUSTED, detail=detail)
    if code == "invalid_api_key":
        return Rejected("Сервер AI не принял ключ", code=KEY_REFUSED, detail=detail)
    if code == "model_not_found":
        return Rejected("Сервер AI не знает такой модели", code=MODEL_UNKNOWN, detail=detail)
    if code in TOO_LONG_CODES:
        return Rejected("Разговор слишком длинен для модели", code=TOO_LONG, detail=detail)
    return None


def _code(exc: openai.APIError) -> str:
    body: Any = exc.body
    found = [exc.code, exc.type]
    if isinstance(body, dict):
        found += [body.get("code"), body.get("type")]
    return next((word for word in found if isinstance(word, str) and CODE_WORD.fullmatch(word)), "")


def _retry_after(exc: openai.APIStatusError) -> float | None:
    """Seconds, from the two headers that servers send; a date is not worth parsing for waits this short."""
    for header, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(exc.response.headers.get(header, "")) / unit
        except ValueError:
            continue
        if 0 <= seconds <= LONGEST_WAIT_SECONDS:
            return seconds
    return None
