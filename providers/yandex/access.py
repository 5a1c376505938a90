"""Who we are to SpeechKit: an API key, or IAM tokens that are bought with an OAuth token, one for all that need it."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar

from providers.deadlines import time_limit
from providers.errors import KEY_REFUSED, ProviderError, Rejected, Unavailable
from providers.yandex.clients import session
from providers.yandex.config import YandexAccount
from providers.yandex.errors import of_status, translated

logger = logging.getLogger(__name__)
T = TypeVar("T")

LONGEST_LIFE_SECONDS, USUAL_LIFE_SECONDS, SHORTEST_LIFE_SECONDS = 12 * 3600.0, 3600.0, 60.0
EARLY_SHARE = 0.5  # of its life a token is used before the next one is fetched
AGAIN_SECONDS = 60.0
FETCH_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """What goes with every request. `token` is the IAM token behind it, for `refuse`."""

    authorization: str = field(repr=False)
    folder_id: str

    def headers(self) -> dict[str, str]:
        told = {"authorization": self.authorization}
        return told | {"x-folder-id": self.folder_id} if self.folder_id else told


@dataclass(slots=True)
class _Token:
    credentials: Credentials
    renewed_from: float  # of time.monotonic(): from then on the next one is fetched, while this one is used
    expires: float


_tokens: dict[tuple[str, str], _Token] = {}
_flights: dict[tuple[asyncio.AbstractEventLoop, tuple[str, str]], asyncio.Task[_Token]] = {}
_lock = threading.Lock()


async def credentials(account: YandexAccount) -> Credentials:
    """Raises Rejected (the OAuth token is refused), Unavailable, Timeout."""
    if account.api_key:
        return Credentials(f"Api-Key {account.api_key}", account.folder_id)
    token, now = _tokens.get(_owner(account)), time.monotonic()
    if token is None or now >= token.expires:
        token = await asyncio.shield(_flight(account))
    elif now >= token.renewed_from:
        token.renewed_from = now + AGAIN_SECONDS
        _flight(account)
    return token.credentials


def prepare(account: YandexAccount) -> None:
    """Begin to fetch a token, if there is none, so that the first request need not wait for it."""
    if not account.api_key and _owner(account) not in _tokens:
        _flight(account)


def refuse(account: YandexAccount, refused: Credentials) -> bool:
    """The service does not take these; is there hope that others would be taken?"""
    if account.api_key:
        return False
    with _lock:
        token = _tokens.get(_owner(account))
        if token is not None and token.credentials is refused:
            del _tokens[_owner(account)]
    return True


async def authorised(
    account: YandexAccount, ask: Callable[[Credentials], AsyncGenerator[T, None]]
) -> AsyncGenerator[T, None]:
    """What `ask` yields; where a token is refused before anything came, it is asked once more with a fresh one."""
    for fresh in (False, True):
        mine = await credentials(account)
        begun = False
        try:
            async with aclosing(ask(mine)) as answer:
                async for piece in answer:
                    begun = True
                    yield piece
            return
        except Rejected as exc:
            if begun or fresh or exc.code != KEY_REFUSED or not refuse(account, mine):
                raise
            logger.info("an IAM token was refused (%s), another is fetched", exc.detail)


def _owner(account: YandexAccount) -> tuple[str, str]:
    return account.iam_url, account.oauth_token


def _flight(account: YandexAccount) -> asyncio.Task[_Token]:
    """The token on its way; one request at a time a loop."""
    key = asyncio.get_running_loop(), _owner(account)
    if key not in _flights:
        task = asyncio.create_task(_fetch(account))
        _flights[key] = task
        task.add_done_callback(lambda done: _landed(key, done))
    return _flights[key]


def _landed(key: tuple[asyncio.AbstractEventLoop, tuple[str, str]], done: asyncio.Task[_Token]) -> None:
    _flights.pop(key, None)
    if done.cancelled():
        return
    if isinstance(failure := done.exception(), ProviderError):
        logger.warning("no IAM token: %s %s", failure.code, failure.detail)
    elif failure is None:
        _tokens[key[1]] = done.result()


async def _fetch(account: YandexAccount) -> _Token:
    began = time.monotonic()
    async with time_limit(FETCH_SECONDS):
        with translated():
            asked = session().post(account.iam_url, json={"yandexPassportOauthToken": account.oauth_token})
            async with asked as answer:
                if answer.status == 400:  # what IAM says of an OAuth token that is not one
                    raise of_status(401)
                if answer.status != 200:
                    raise of_status(answer.status)
                try:
                    told = await answer.json(content_type=None)
                    written, expires = str(told["iamToken"]), str(told["expiresAt"])
                except (ValueError, LookupError, TypeError):
                    raise Unavailable("IAM ответил непонятно", detail="not a token") from None
    life = _life(expires)
    mine = Credentials(f"Bearer {written}", account.folder_id)
    return _Token(mine, renewed_from=began + life * EARLY_SHARE, expires=began + life - SHORTEST_LIFE_SECONDS / 2)


def _life(expires: str) -> float:
    """Seconds that a token lives; where this machine's clock is wrong, what is usual. A refused token is replaced."""
    try:
        moment = datetime.fromisoformat(expires.split(".")[0].rstrip("Z")).replace(tzinfo=UTC)
    except ValueError:
        return USUAL_LIFE_SECONDS
    seconds = (moment - datetime.now(UTC)).total_seconds()
    return min(seconds, LONGEST_LIFE_SECONDS) if seconds > SHORTEST_LIFE_SECONDS else USUAL_LIFE_SECONDS
