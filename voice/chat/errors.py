"""Why a message is not answered, or a visitor not let in."""

from __future__ import annotations

from vasdom.errors import Forbidden, InvalidInput, VasdomError


class TooLong(InvalidInput):
    """The message is longer than the office allows."""

    code = "too_long"

    def __init__(self, limit: int, field: str | None = None) -> None:
        super().__init__(f"Сообщение длиннее {limit} знаков, сократите его.", field=field)


class TooOften(VasdomError):
    """Too many messages in this minute; `wait_seconds` until the next."""

    code = "throttled"

    def __init__(self, wait_seconds: int) -> None:
        super().__init__(f"Слишком много сообщений, повторите через {wait_seconds} с.")
        self.wait_seconds = wait_seconds


class TooManyWaiting(VasdomError):
    """Messages came faster than they can be answered."""

    code = "busy"


class Refused(Forbidden):
    """The visitor is not let in, or has to leave; `close_code` is the socket's."""

    def __init__(self, message: str, close_code: int, code: str = "forbidden") -> None:
        super().__init__(message)
        self.close_code, self.code = close_code, code


def signed_out() -> Refused:
    return Refused("Вы вышли из системы. Войдите снова.", 4401, "not_authenticated")


def closed_to_strangers() -> Refused:
    return Refused("Чат открыт только сотрудникам: войдите на сайт.", 4403)


def too_many_talks() -> Refused:
    return Refused("С вашего адреса уже идёт слишком много разговоров.", 4429, "too_many_sessions")


def silent_too_long() -> Refused:
    return Refused("Разговор закрыт: долго не было сообщений.", 4408, "idle")


def server_trouble() -> Refused:
    return Refused("Сейчас ответить не получится, попробуйте чуть позже.", 1013, "unavailable")
