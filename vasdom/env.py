"""The environment, read and checked once.

Values come from the process environment, then from the file `.env` in the project's root. Every variable the project
knows is declared in `VARIABLES` with its default and its effect; `.env.example` is compared with it by a test.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vasdom.errors import Misconfigured

SHORTEST_MASKED = 8  # shorter pieces ("rest", "base") would mask ordinary words
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: its name, default (empty = unset) and effect in one Russian sentence."""

    name: str
    default: str
    effect: str
    secret: bool = False


VARIABLES: tuple[Variable, ...] = (
    Variable("HOST", "127.0.0.1", "Адрес, на котором сайт принимает соединения."),
    Variable("PORT", "8000", "Порт сайта, 1–65535."),
    Variable("DEBUG", "0", "1 включает режим разработки с подробными ошибками; на сервере только 0."),
    Variable("SECRET_KEY", "", "Ключ подписи сессий; пусто — создаётся и хранится в var/secret_key.", secret=True),
    Variable("ALLOWED_HOSTS", "", "Имена сайта через запятую, кроме localhost, 127.0.0.1 и HOST."),
    Variable("SITE_URL", "", "Внешний адрес сайта, например https://office.example; https включает защищённые cookie."),
    Variable("CORS_ORIGINS", "", "Адреса чужих сайтов через запятую, которым браузер разрешит API; * не принимается."),
    Variable("TIME_ZONE", "Europe/Moscow", "Часовой пояс компании."),
    Variable(
        "DATABASE_URL",
        "",
        "postgresql://user:password@host:5432/base; пусто — встроенный PostgreSQL в var/.",
        secret=True,
    ),
    Variable("REDIS_URL", "", "redis://host:6379/0; пусто — встроенный Valkey в var/.", secret=True),
    Variable("VAR_DIR", "var", "Каталог данных: встроенные базы, фотографии, журналы."),
    Variable(
        "API_SECRET_KEY",
        "",
        "Ключ для X-API-Key; пусто — доступ по ключу закрыт; при смене два через запятую.",
        secret=True,
    ),
    Variable(
        "BITRIX24_WEBHOOK_URL",
        "",
        "Входящий вебхук Bitrix24; пусто — синхронизация выключена, показываются демо-данные.",
        secret=True,
    ),
    Variable(
        "BITRIX24_APPLICATION_TOKEN", "", "Токен исходящего вебхука Bitrix24; при смене два через запятую.", secret=True
    ),
    Variable("BITRIX24_CATEGORY_ID", "34", "Номер воронки «Уборка подъездов»."),
    Variable("OPENAI_API_KEY", "", "Ключ OpenAI-совместимого сервера; читается и имя OPEN_AI_KEY.", secret=True),
    Variable("OPEN_AI_KEY", "", "Прежнее имя OPENAI_API_KEY; действует, если то пусто.", secret=True),
    Variable("OPENAI_BASE_URL", "https://api.openai.com/v1", "Адрес OpenAI-совместимого сервера."),
    Variable("OPENAI_STT_MODEL", "gpt-transcribe", "Модель распознавания речи на этом сервере."),
    Variable("OPENAI_TTS_MODEL", "gpt-4o-mini-tts", "Модель синтеза речи на этом сервере."),
    Variable("YANDEX_API_KEY", "", "API-ключ сервисного аккаунта Yandex Cloud: речь SpeechKit.", secret=True),
    Variable(
        "YANDEX_OAUTH_TOKEN",
        "",
        "OAuth-токен Яндекса, если нет YANDEX_API_KEY; тогда нужен и YANDEX_FOLDER_ID.",
        secret=True,
    ),
    Variable("YANDEX_FOLDER_ID", "", "Каталог Yandex Cloud; с YANDEX_API_KEY необязателен."),
    Variable("YANDEX_STT_ENDPOINT", "stt.api.cloud.yandex.net:443", "Адрес gRPC распознавания речи SpeechKit."),
    Variable("YANDEX_TTS_ENDPOINT", "tts.api.cloud.yandex.net:443", "Адрес gRPC синтеза речи SpeechKit."),
    Variable(
        "YANDEX_TTS_HTTP_URL",
        "https://tts.api.cloud.yandex.net/speech/v1/tts:synthesize",
        "Адрес синтеза речи SpeechKit по HTTP: запасной путь.",
    ),
    Variable(
        "YANDEX_IAM_URL",
        "https://iam.api.cloud.yandex.net/iam/v1/tokens",
        "Где OAuth-токен меняют на IAM-токен.",
    ),
    Variable("LLM_MODEL_PRIMARY", "gpt-4o-mini", "Модель первой редакции помощника; потом действует админка."),
    Variable("LLM_MODEL_FALLBACK", "", "Запасная модель первой редакции помощника; потом действует админка."),
    Variable("LLM_TEMPERATURE", "0.2", "Температура первой редакции помощника, 0–1; потом действует админка."),
    Variable("KB_TOP_K", "3", "Фрагментов в ответе первой редакции помощника, 1–20; потом действует админка."),
    Variable("KB_FALLBACK_THRESHOLD", "0.2", "Порог второй базы первой редакции, 0–1; потом действует админка."),
    Variable("TELEGRAM_BOT_TOKEN", "", "Токен бота Telegram для напоминаний.", secret=True),
    Variable("TELEGRAM_API_URL", "https://api.telegram.org", "Адрес Telegram Bot API."),
    Variable("ARI_URL", "", "Адрес Asterisk REST Interface, например http://127.0.0.1:8088; пусто — телефон выключен."),
    Variable("ARI_USER", "", "Пользователь ARI."),
    Variable("ARI_PASSWORD", "", "Пароль ARI.", secret=True),
    Variable("ARI_APP", "asterisk-bot", "Имя приложения Stasis этого процесса."),
    Variable(
        "ARI_MEDIA_CLIENT",
        "",
        "Секция websocket_client.conf, через которую Asterisk сам подключается за звуком; пусто — подключаемся мы.",
    ),
    Variable("ARI_MEDIA_PORT", "18090", "Порт на 127.0.0.1, где run_voice ждёт такого подключения."),
    Variable(
        "ASTERISK_CDR_CSV",
        "",
        "Файл Master.csv журнала CDR; пусто — доступность считается только по дошедшим звонкам.",
    ),
    Variable("GOOGLE_MAPS_API_KEY", "", "Ключ Google Maps для маршрутов по дорогам.", secret=True),
    Variable("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING или ERROR."),
    Variable("DEMO", "1", "1 — при первом запуске без BITRIX24_WEBHOOK_URL создать демо-данные."),
)
DEFAULTS: Mapping[str, str] = {variable.name: variable.default for variable in VARIABLES}

# Variables of the two systems this product replaces, and what does their work now. A name that ends in * is a prefix.
RETIRED: Mapping[str, str] = {
    "EMERGENT_LLM_KEY": "OPENAI_API_KEY и OPENAI_BASE_URL",
    "REACT_APP_*": "SITE_URL (отдельного фронтенда больше нет)",
    "MONGO_URL": "DATABASE_URL",
    "DB_NAME": "DATABASE_URL",
    "DB_PATH": "DATABASE_URL",
    "PERSIST_DIRECTORY": "DATABASE_URL (знания хранятся в PostgreSQL)",
    "KNOWLEDGE_BASE_PATH": "база знаний в админке",
    "KNOWLEDGE_BASE2_PATH": "база знаний в админке",
    "PROMPTS_FILE_PATH": "настройки ассистента в админке",
    "LLM_*": "настройки ассистента в админке",
    "KB_*": "настройки ассистента в админке",
    "JWT_SECRET": "SECRET_KEY",
    "BITRIX_*_CACHE_TTL": "расписание синхронизации в админке",
    "DEALS_CACHE_TTL": "расписание синхронизации в админке",
}


def read_dotenv(path: Path) -> dict[str, str]:
    """Read `KEY=value` lines; blank lines and lines that begin with # are skipped, matching quotes are taken off.

    Raises:
        Misconfigured: the file is there and cannot be read as UTF-8 text.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as exc:
        raise Misconfigured(f"Файл {path} не читается: ожидается текст в UTF-8, доступный этому пользователю.") from exc
    values: dict[str, str] = {}
    for line in lines:
        key, separator, value = line.strip().removeprefix("export ").partition("=")
        if not separator or key.startswith("#"):
            continue
        value = value.strip()
        if len(value) >= 2 and value[0] == value[-1] and value[0] in "'\"":
            value = value[1:-1]
        values[key.strip()] = value
    return values


def ignore_dotenv() -> None:
    """Set every unset variable to nothing, so that a developer's `.env` does not reach tests and checks."""
    for variable in VARIABLES:
        os.environ.setdefault(variable.name, "")


class Environment:
    """Typed access to the variables; a wrong value raises `Misconfigured` with the variable and what is expected."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    @classmethod
    def load(cls) -> Environment:
        return cls({**read_dotenv(ROOT / ".env"), **os.environ})

    def text(self, name: str) -> str:
        """The value, or the declared default when unset or blank."""
        return self._values.get(name, "").strip() or DEFAULTS[name]

    def is_set(self, name: str) -> bool:
        """Has somebody given a value, be it the default's own?"""
        return bool(self._values.get(name, "").strip())

    def flag(self, name: str) -> bool:
        value = self.text(name).lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise wrong(name, "ожидается 1 или 0")

    def integer(self, name: str, low: int, high: int) -> int:
        value = self.text(name)
        if not value.isascii() or not value.isdecimal() or not low <= int(value) <= high:
            raise wrong(name, f"ожидается целое число от {low} до {high}")
        return int(value)

    def number(self, name: str, low: float, high: float) -> float:
        value = self.text(name).replace(",", ".")
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", value, re.ASCII) or not low <= float(value) <= high:
            raise wrong(name, f"ожидается число от {low:g} до {high:g}")
        return float(value)

    def choice(self, name: str, allowed: tuple[str, ...]) -> str:
        value = self.text(name).upper()
        if value not in allowed:
            raise wrong(name, "ожидается одно из: " + ", ".join(allowed))
        return value

    def secret(self, name: str, shortest: int) -> str:
        """A secret that must not be guessed; empty stays empty."""
        value = self.text(name)
        if value and len(value) < shortest:
            raise wrong(name, f"ожидается не меньше {shortest} знаков")
        return value

    def hosts(self, name: str) -> list[str]:
        """A comma-separated list of bare host names."""
        hosts = self.items(name)
        if any(set(host) & set("/ ") or "://" in host for host in hosts):
            raise wrong(name, "ожидаются имена через запятую, без https:// и без путей, например office.example")
        return hosts

    def origins(self, name: str) -> list[str]:
        """A comma-separated list of `https://host[:port]`."""
        origins = [origin.rstrip("/") for origin in self.items(name)]
        for origin in origins:
            if not re.fullmatch(r"https?://[^\s/?#*@]+", origin):
                raise wrong(name, "ожидаются адреса через запятую, например https://office.example; * не принимается")
        return origins

    def folder(self, name: str) -> Path:
        """A folder that exists, or is made, and is writable; relative paths count from the project's root."""
        path = (ROOT / Path(self.text(name)).expanduser()).absolute()
        try:
            path.mkdir(parents=True, exist_ok=True)
            writable = os.access(path, os.W_OK | os.X_OK)
        except (OSError, ValueError):
            writable = False
        if not writable:
            raise wrong(name, "ожидается каталог, в который этому пользователю можно писать")
        return path

    def items(self, name: str) -> list[str]:
        """A comma-separated list, blanks left out."""
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def zone(self, name: str) -> str:
        value = self.text(name)
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
            raise wrong(name, "ожидается имя часового пояса, например Europe/Moscow") from exc
        return value

    def url(self, name: str, schemes: tuple[str, ...], example: str, path: str = ".*") -> str:
        """A URL with one of the schemes, a host, and a path of the given pattern; empty stays empty."""
        value = self.text(name)
        if not value:
            return ""
        expected = f"ожидается адрес вида {example}"
        try:
            parts = urlsplit(value)
            complete = parts.scheme in schemes and parts.hostname and parts.port != 0
        except ValueError as exc:
            raise wrong(name, expected) from exc
        if not complete or re.search(r"\s", value) or not re.fullmatch(path, parts.path):
            raise wrong(name, expected)
        return value

    def endpoint(self, name: str) -> str:
        """`host:port` of a gRPC service, with TLS; `grpc://` before it = without, which only this machine may be."""
        value = self.text(name)
        match = re.fullmatch(r"(grpcs?://)?([A-Za-z0-9.-]+):([1-9][0-9]{0,4})", value)
        if match is None or int(match[3]) > 65535:
            raise wrong(name, f"ожидается адрес вида {DEFAULTS[name]}")
        if match[1] == "grpc://" and not re.fullmatch(r"localhost|127(\.[0-9]{1,3}){3}", match[2]):
            raise wrong(name, "без шифрования (grpc://) допускается только адрес этой машины")
        return value

    def secrets(self) -> list[str]:
        """The values, and parts of addresses, that must never be seen: what the log masks."""
        pieces: set[str] = set()
        for variable in VARIABLES:
            value = self.text(variable.name)
            if variable.secret:
                pieces |= {value, *(_secrets_of_url(value) if "://" in value else value.split(","))}
        stripped = {piece.strip() for piece in pieces}
        return sorted((piece for piece in stripped if len(piece) >= SHORTEST_MASKED), key=len, reverse=True)

    def retired(self) -> list[str]:
        """One Russian sentence for each variable of the originals that no longer acts."""
        return [
            f"Переменная {name} больше не действует, вместо неё: {instead}."
            for name in sorted(self._values)
            for pattern, instead in RETIRED.items()
            if self._values[name] and name not in DEFAULTS and fnmatchcase(name, pattern)
        ]


def _secrets_of_url(url: str) -> list[str]:
    """The password and the path (a webhook's code stands there), as written and decoded."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return []
    written = [parts.password or "", *parts.path.split("/")]
    return written + [unquote(piece) for piece in written]


def wrong(name: str, expected: str) -> Misconfigured:
    """The error for a bad value; the value itself is never repeated, it may be a secret."""
    return Misconfigured(f"Переменная {name}: {expected}.", field=name)
