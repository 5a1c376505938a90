"""What gRPC, HTTP and IAM report, as errors of ours: nothing of the service's own text, which may quote the key."""

from __future__ import annotations

from types import TracebackType

from providers.errors import BUSY, KEY_REFUSED, QUOTA_EXHAUSTED, ProviderError, Rejected, Timeout, Unavailable

REFUSED = "SpeechKit не принял ключ или права на каталог"
# Codes of gRPC with which the same request would fail again. https://grpc.github.io/grpc/core/md_doc_statuscodes.html
FINAL = frozenset({"INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION", "OUT_OF_RANGE", "UNIMPLEMENTED"})
TOO_MANY = "SpeechKit отказывает: превышен лимит запросов"


class translated:
    """Round whatever talks to the service; a class, so that no frame of `contextlib` keeps the library's error.

    Raises:
        ProviderError: in place of what gRPC and aiohttp raise.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        failure = _translated(exc)
        del exc, trace
        if failure is not None:
            raise failure from None


def _translated(exc: BaseException | None) -> ProviderError | None:
    import aiohttp
    import grpc

    if isinstance(exc, grpc.RpcError):
        return of_code(exc.code().name)
    if isinstance(exc, TimeoutError | aiohttp.ServerTimeoutError):
        return None if not isinstance(exc, aiohttp.ClientError) else Timeout("SpeechKit не ответил вовремя")
    if isinstance(exc, aiohttp.ClientError | OSError):
        return Unavailable("Нет связи с SpeechKit", detail=type(exc).__name__)
    return None


def of_code(code: str) -> ProviderError:
    """Of a status of gRPC, by name."""
    if code in {"UNAUTHENTICATED", "PERMISSION_DENIED"}:
        return Rejected(REFUSED, code=KEY_REFUSED, detail=code)
    if code == "RESOURCE_EXHAUSTED":
        return Unavailable(TOO_MANY, code=BUSY, detail=code)
    if code == "DEADLINE_EXCEEDED":
        return Timeout("SpeechKit не ответил вовремя", detail=code)
    if code in FINAL:
        return Rejected("SpeechKit отклонил запрос: проверьте голос, роль и модель", detail=code)
    return Unavailable("Нет связи с SpeechKit", detail=code)


def of_status(status: int) -> ProviderError:
    """Of a status of HTTP."""
    detail = f"HTTP {status}"
    if status in {401, 403}:
        return Rejected(REFUSED, code=KEY_REFUSED, detail=detail)
    if status == 402:
        return Rejected("Исчерпан баланс Yandex Cloud", code=QUOTA_EXHAUSTED, detail=detail)
    if status == 429:
        return Unavailable(TOO_MANY, code=BUSY, detail=detail)
    if status in {408, 409, 425} or status >= 500:
        return Unavailable(f"SpeechKit ответил кодом {status}", detail=detail)
    return Rejected(f"SpeechKit отклонил запрос с кодом {status}", detail=detail)
