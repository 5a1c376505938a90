"""What can go wrong between us and the portal, sorted by what to do about it.

Every message is one Russian sentence for a person and passed through `scrub`: the webhook's address is itself the
password to the portal.
"""

from __future__ import annotations

import re
from datetime import datetime

from django.utils import timezone

from vasdom.errors import VasdomError

# The webhook's code stands after the user's number: /rest/1/code/method, or /rest/api/1/code/method in REST 3.0.
_SECRET_PATH = re.compile(r"(/rest/(?:api/)?\d+/)[^/\s\"'<>?&]+", re.IGNORECASE)
_SECRET_FIELD = re.compile(
    r"((?:application_token|access_token|auth)[\"'\]]*\s*[=:]\s*[\"']?)[\w.-]{8,}", re.IGNORECASE
)
_LONGEST_QUOTE = 200


def scrub(text: object) -> str:
    """The text with every webhook code and token in it replaced by «…»."""
    return _SECRET_FIELD.sub(r"\1…", _SECRET_PATH.sub(r"\1…", str(text)))


def quote(text: object) -> str:
    """A short scrubbed piece of somebody else's text, fit to stand inside our sentence."""
    return " ".join(scrub(text).split())[:_LONGEST_QUOTE]


class BitrixError(VasdomError):
    """The portal did not give what was asked for.

    `retryable` says whether the same request may succeed when repeated a little later.
    """

    code = "bitrix_error"
    retryable = False

    def __init__(self, message: str, *, portal_code: str = "") -> None:
        super().__init__(scrub(message))
        self.portal_code = portal_code


class NotConfigured(BitrixError):
    """There is no webhook, or its address cannot be one."""

    code = "bitrix_not_configured"


class AccessRefused(BitrixError):
    """The webhook, its rights or the tariff do not allow this; only a person can mend it."""

    code = "bitrix_access"


class RequestRejected(BitrixError):
    """The portal understood the request and refuses it; repeating it changes nothing."""

    code = "bitrix_rejected"


class PortalUnavailable(BitrixError):
    """No answer, a broken answer, or an internal error of the portal."""

    code = "bitrix_unavailable"
    retryable = True


class TooManyRequests(BitrixError):
    """QUERY_LIMIT_EXCEEDED: the portal's leaky bucket is full."""

    code = "bitrix_query_limit"
    retryable = True


class PortalOverloaded(BitrixError):
    """OVERLOAD_LIMIT: the portal has blocked us by hand; every further request makes it worse."""

    code = "bitrix_overload"

    def __init__(self, until: datetime | None = None) -> None:
        wait = f" Запросы остановлены до {clock(until)}." if until else ""
        super().__init__(
            f"Bitrix24 заблокировал запросы из-за перегрузки (OVERLOAD_LIMIT).{wait} "
            "Если блокировка повторится, напишите в поддержку Bitrix24.",
            portal_code="OVERLOAD_LIMIT",
        )
        self.until = until


class MethodParked(BitrixError):
    """OPERATION_TIME_LIMIT: this one method has used up its computing time until `until`."""

    code = "bitrix_method_parked"

    def __init__(self, method: str, until: datetime) -> None:
        super().__init__(
            f"Bitrix24 исчерпал время на метод {method}: он будет доступен с {clock(until)}.",
            portal_code="OPERATION_TIME_LIMIT",
        )
        self.method = method
        self.until = until


class OutOfTime(BitrixError):
    """The run's own deadline came before the portal's answer."""

    code = "bitrix_deadline"


class BadAnswer(BitrixError):
    """The answer is well-formed, but cannot be what was asked for."""

    code = "bitrix_bad_answer"


def clock(moment: datetime | None) -> str:
    """«14:05» in company time, with the date when it is not today."""
    if moment is None:
        return "неизвестного времени"
    local = timezone.localtime(moment)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else f"{local:%d.%m.%Y %H:%M}"


_REISSUE = "создайте в Bitrix24 новый входящий вебхук и впишите его в BITRIX24_WEBHOOK_URL"
_ACCESS: dict[str, str] = {
    "NO_AUTH_FOUND": f"Bitrix24 не узнал вебхук: {_REISSUE}.",
    "EXPIRED_TOKEN": f"Срок вебхука Bitrix24 истёк: {_REISSUE}.",
    "INVALID_TOKEN": f"Вебхук Bitrix24 недействителен: {_REISSUE}.",
    "INVALID_CREDENTIALS": f"Bitrix24 не принял код вебхука или права его создателя: {_REISSUE}.",
    "INSUFFICIENT_SCOPE": "Вебхуку Bitrix24 не хватает разрешений: добавьте ему разрешения «CRM» и «Пользователи».",
    "USER_ACCESS_ERROR": "Сотруднику, создавшему вебхук Bitrix24, закрыт доступ: проверьте, что он не уволен.",
    "ACCESS_DENIED": "Bitrix24 отказал в доступе: проверьте права вебхука и что тариф портала включает REST API.",
    "ERROR_METHOD_NOT_FOUND": "Bitrix24 не знает метода: добавьте вебхуку разрешения «CRM» и «Пользователи».",
    "INVALID_REQUEST": "Bitrix24 принимает запросы только по https: исправьте BITRIX24_WEBHOOK_URL.",
    "PAYMENT_REQUIRED": "Bitrix24 требует оплаты: на тарифе портала REST API недоступен.",
    "PORTAL_DELETED": "Портал Bitrix24 удалён: проверьте BITRIX24_WEBHOOK_URL.",
}
_TRANSIENT = frozenset({"INTERNAL_SERVER_ERROR", "ERROR_UNEXPECTED_ANSWER", "ERROR_CORE", "SERVICE_UNAVAILABLE"})
_AUTH_STATUSES = frozenset({401, 403})


def from_code(portal_code: str, description: str, *, status: int = 200, method: str = "") -> BitrixError:
    """The error for what the portal answered; OVERLOAD_LIMIT and OPERATION_TIME_LIMIT are the throttle's to date."""
    code = portal_code.strip().upper()
    if code == "QUERY_LIMIT_EXCEEDED":
        return TooManyRequests("Bitrix24 просит обращаться реже (QUERY_LIMIT_EXCEEDED).", portal_code=code)
    if code == "OVERLOAD_LIMIT":
        return PortalOverloaded()
    if code == "OPERATION_TIME_LIMIT":
        return MethodParked(method or "batch", timezone.now())
    if code in _ACCESS:
        where = f" Метод {method}." if method else ""
        return AccessRefused(f"{_ACCESS[code]}{where}", portal_code=code)
    if code in _TRANSIENT or status >= 500:
        return PortalUnavailable(
            f"Bitrix24 ответил внутренней ошибкой ({quote(portal_code) or status}).", portal_code=code
        )
    if status in _AUTH_STATUSES:
        return AccessRefused(
            f"Bitrix24 отказал в доступе ({quote(portal_code) or status}): {_REISSUE}.", portal_code=code
        )
    said = quote(description) or "без объяснения"
    return RequestRejected(
        f"Bitrix24 отклонил {method or 'запрос'} ({quote(portal_code) or status}): {said}", portal_code=code
    )
