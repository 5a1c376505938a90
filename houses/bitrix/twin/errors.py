"""Errors as the portal words them."""

from __future__ import annotations


class RestError(Exception):
    """An answer `{"error", "error_description"}` with an HTTP status; inside a batch it becomes one key's error."""

    def __init__(self, status: int, code: str, description: str = "", *, reset_at: int | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.description = description
        self.reset_at = reset_at  # of OPERATION_TIME_LIMIT: when the method opens again, epoch seconds

    def body(self) -> dict[str, str]:
        return {"error": self.code, "error_description": self.description}


def method_not_found() -> RestError:
    return RestError(404, "ERROR_METHOD_NOT_FOUND", "Method not found!")


def wrong_code() -> RestError:
    return RestError(401, "INVALID_CREDENTIALS", "Invalid request credentials")


def no_auth() -> RestError:
    return RestError(401, "NO_AUTH_FOUND", "Wrong authorization data")


def query_limit() -> RestError:
    return RestError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests")


def overload() -> RestError:
    return RestError(503, "OVERLOAD_LIMIT", "REST API is blocked due to overload.")


def operation_limit(reset_at: int) -> RestError:
    return RestError(429, "OPERATION_TIME_LIMIT", "Method is blocked due to operation time limit.", reset_at=reset_at)


def server_error() -> RestError:
    return RestError(500, "INTERNAL_SERVER_ERROR", "Internal server error")


def bad_argument(description: str) -> RestError:
    return RestError(400, "INVALID_ARG_VALUE", description)


def not_found() -> RestError:
    return RestError(400, "NOT_FOUND", "Элемент не найден")
