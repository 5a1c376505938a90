"""Outside services: which settings switch each on, and how a job asks whether it works.

To add one: a check that raises `Unwell`, and a line in `SERVICES`. Client libraries are imported when first used.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from urllib.parse import urlsplit

import requests
from django.conf import settings

from providers.espeak.library import available
from providers.openai.config import Account
from providers.registry import probe
from vasdom.errors import VasdomError
from voice import speech

TIMEOUT_SECONDS = 6.0
PAID = timedelta(hours=6)


class Unwell(VasdomError):
    """The service does not work; the message says why in Russian and holds no secret."""

    code = "unwell"


@dataclass(frozen=True, slots=True)
class Service:
    """An outside service.

    Attributes:
        settings: names of the settings it needs; with one of them empty it is off.
        check: asks the service and raises `Unwell`; None = there is nothing free of charge to ask.
        purpose: what it is needed for, shown while it is off; `advice`: what to do while it fails.
        instead: names of settings that do as well as `settings`.
        absent: why it is off though all is set, a Russian sentence; nothing = it is not.
        unasked: what is shown of one that there is nothing to ask.
        asked_every: a question that costs money is asked at the start, then so often while the answer is good.
    """

    name: str
    label: str
    settings: tuple[str, ...]
    check: Callable[[], None] | None
    purpose: str
    advice: str
    instead: tuple[str, ...] = ()
    absent: Callable[[], str] = str
    unasked: str = "Ключ задан, проверяется при первом запросе"
    asked_every: timedelta = timedelta()

    def missing(self) -> list[str]:
        if self.instead and all(getattr(settings, name) for name in self.instead):
            return []
        return [name for name in self.settings if not getattr(settings, name)]

    def off_because(self) -> str:
        """Why it is off, in Russian; nothing = it is on."""
        missing = self.missing()
        if missing:
            listed = ", ".join(missing)
            return f"Не задана переменная {listed}" if len(missing) == 1 else f"Не заданы переменные {listed}"
        return self.absent()


def check_telegram() -> None:
    """`getMe`. The address carries the token, so nothing of the error's own text is passed on."""
    url = f"{settings.TELEGRAM_API_URL.rstrip('/')}/bot{settings.TELEGRAM_BOT_TOKEN}/getMe"
    try:
        answer = requests.get(url, timeout=TIMEOUT_SECONDS)
    except requests.Timeout:
        raise Unwell("Telegram не ответил вовремя") from None
    except requests.RequestException:
        raise Unwell("Нет связи с Telegram") from None
    if answer.status_code in {401, 404}:
        raise Unwell("Telegram не принял токен бота")
    if answer.status_code != 200:
        raise Unwell(f"Telegram ответил кодом {answer.status_code}")


def check_openai() -> None:
    """The list of models: free, and refuses a wrong key."""
    try:
        reason = probe("openai", Account(api_key=settings.OPENAI_API_KEY, base_url=settings.OPENAI_BASE_URL))
    except VasdomError as exc:
        raise Unwell(exc.message) from None
    if reason:
        raise Unwell(reason)


def check_ears_and_voice(vendor: str) -> None:
    """A moment of sound to recognise, and a word to say."""
    if reason := speech.check_recognizer(vendor) or speech.check_voice(vendor):
        raise Unwell(reason)


def espeak_is_absent() -> str:
    return "" if available() else "Не установлена библиотека espeak-ng"


def check_asterisk() -> None:
    """Connect over ARI and read what Asterisk says of itself."""
    import aiohttp
    from aiohttp import web_exceptions
    from aioswagger11.processors import SwaggerError

    try:
        asyncio.run(asyncio.wait_for(_asterisk_info(), TIMEOUT_SECONDS))
    except TimeoutError:
        raise Unwell("Asterisk не ответил вовремя") from None
    except (web_exceptions.HTTPUnauthorized, web_exceptions.HTTPForbidden):
        raise Unwell("Asterisk не принял пользователя ARI или пароль") from None
    except web_exceptions.HTTPException as exc:
        raise Unwell(f"Asterisk ответил кодом {exc.status_code}") from None
    except (aiohttp.ClientError, OSError):
        raise Unwell("Нет связи с Asterisk") from None
    except (SwaggerError, ValueError, KeyError, AttributeError, TypeError):
        raise Unwell("По адресу ARI_URL отвечает не Asterisk") from None


async def _asterisk_info() -> None:
    from aioari.client import Client
    from aioswagger11.http_client import AsynchronousHttpClient, BasicAuthenticator

    # aioari.connect() would put the password into every address; the header keeps it out of logs.
    host = urlsplit(settings.ARI_URL).hostname
    http = AsynchronousHttpClient(auth=BasicAuthenticator(host, settings.ARI_USER, settings.ARI_PASSWORD))
    try:
        client = Client(settings.ARI_URL.rstrip("/") + "/", http)
        await client.init()
        await client.asterisk.getInfo()
    finally:
        await http.close()


SERVICES: tuple[Service, ...] = (
    Service(
        "telegram",
        "Telegram",
        ("TELEGRAM_BOT_TOKEN",),
        check_telegram,
        "напоминания и отчёты бригад в Telegram",
        "Проверьте TELEGRAM_BOT_TOKEN (его выдаёт @BotFather) и доступ сервера к TELEGRAM_API_URL.",
    ),
    Service(
        "asterisk",
        "Телефония (Asterisk)",
        ("ARI_URL", "ARI_USER", "ARI_PASSWORD"),
        check_asterisk,
        "звонки и голосовой помощник",
        "Проверьте, что Asterisk запущен, в ari.conf есть этот пользователь, а в http.conf включён сервер.",
    ),
    Service(
        "google",
        "Google Maps",
        ("GOOGLE_MAPS_API_KEY",),
        None,
        "маршруты бригад по дорогам",
        "Проверьте GOOGLE_MAPS_API_KEY.",
    ),
    Service(
        "openai",
        "AI: OpenAI",
        ("OPENAI_API_KEY",),
        check_openai,
        "ответы AI",
        "Проверьте OPENAI_API_KEY, баланс и адрес OPENAI_BASE_URL.",
    ),
    Service(
        "yandex_speech",
        "Речь: Yandex SpeechKit",
        ("YANDEX_API_KEY",),
        partial(check_ears_and_voice, "yandex"),
        "распознавание и синтез речи по телефону",
        "Проверьте YANDEX_API_KEY, роли ai.speechkit-stt.user и ai.speechkit-tts.user у аккаунта, баланс и каталог.",
        instead=("YANDEX_OAUTH_TOKEN", "YANDEX_FOLDER_ID"),
        asked_every=PAID,
    ),
    Service(
        "openai_speech",
        "Речь: OpenAI",
        ("OPENAI_API_KEY",),
        partial(check_ears_and_voice, "openai"),
        "распознавание и синтез речи по телефону",
        "Проверьте, что сервер OPENAI_BASE_URL умеет речь, и модели OPENAI_STT_MODEL и OPENAI_TTS_MODEL.",
        asked_every=PAID,
    ),
    Service(
        "espeak",
        "Речь: eSpeak",
        (),
        None,
        "речь без сети и без ключа",
        "Установите requirements-espeak.txt или пакет espeak-ng.",
        absent=espeak_is_absent,
        unasked="Библиотека найдена",
    ),
)
