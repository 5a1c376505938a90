"""What SpeechKit is asked with. Frozen, and checked when made."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from providers.speech import USUAL_VOICE, Voice
from providers.speech_deadlines import (
    RECOGNITION_DEADLINES,
    SYNTHESIS_DEADLINES,
    RecognitionDeadlines,
    SynthesisDeadlines,
)
from vasdom.errors import InvalidInput

STT_ENDPOINT = "stt.api.cloud.yandex.net:443"
TTS_ENDPOINT = "tts.api.cloud.yandex.net:443"
TTS_HTTP_URL = "https://tts.api.cloud.yandex.net/speech/v1/tts:synthesize"
IAM_URL = "https://iam.api.cloud.yandex.net/iam/v1/tokens"
ENDPOINT = re.compile(r"(?:(?P<scheme>grpcs?)://)?(?P<host>[A-Za-z0-9.-]+):(?P<port>[1-9][0-9]{0,4})")
SLOWEST, FASTEST = 0.1, 3.0  # hints.speed of tts.v3


@dataclass(frozen=True, slots=True, kw_only=True)
class YandexAccount:
    """With whose key, and where. Neither key is in a repr.

    Attributes:
        api_key: of a service account; goes before the OAuth token.
        oauth_token: of a person; exchanged for IAM tokens, and then `folder_id` is needed.
        stt_endpoint, tts_endpoint: "host:port", with TLS; "grpc://127.0.0.1:port" without it, on loopback only.
    """

    api_key: str = field(default="", repr=False)
    oauth_token: str = field(default="", repr=False)
    folder_id: str = ""
    stt_endpoint: str = STT_ENDPOINT
    tts_endpoint: str = TTS_ENDPOINT
    tts_http_url: str = TTS_HTTP_URL
    iam_url: str = IAM_URL

    def __post_init__(self) -> None:
        for name in ("api_key", "oauth_token", "folder_id"):
            value = getattr(self, name).strip()
            if not value.isascii() or any(letter.isspace() for letter in value):
                raise InvalidInput("Ключ или каталог Yandex содержит недопустимые знаки.", field=name)
            object.__setattr__(self, name, value)
        if not (self.api_key or self.oauth_token):
            raise InvalidInput("Не задан ключ Yandex SpeechKit.", field="api_key")
        if not self.api_key and not self.folder_id:
            raise InvalidInput("С OAuth-токеном нужен каталог Yandex Cloud.", field="folder_id")
        for name in ("stt_endpoint", "tts_endpoint"):
            check_endpoint(getattr(self, name), name)
        for name in ("tts_http_url", "iam_url"):
            _check_url(getattr(self, name), name)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognitionConfig:
    """Streaming recognition.

    Attributes:
        model: SpeechKit's word for it.
        normalize: numbers as figures, sentences with points; comes with the final transcript only.
    """

    account: YandexAccount
    model: str = "general"
    language: str = "ru-RU"
    normalize: bool = True
    deadlines: RecognitionDeadlines = RECOGNITION_DEADLINES


@dataclass(frozen=True, slots=True, kw_only=True)
class SynthesisConfig:
    """Speech of one voice; an empty name is `DEFAULT_VOICE` of voices.py."""

    account: YandexAccount
    voice: Voice = USUAL_VOICE
    deadlines: SynthesisDeadlines = SYNTHESIS_DEADLINES

    def __post_init__(self) -> None:
        if not SLOWEST <= self.voice.speed <= FASTEST:
            raise InvalidInput(f"Скорость голоса — число от {SLOWEST:g} до {FASTEST:g}.", field="speed")


def check_endpoint(endpoint: str, name: str) -> None:
    """Raises InvalidInput unless it is a gRPC address; one without TLS must be on this machine."""
    match = ENDPOINT.fullmatch(endpoint)
    if match is None or int(match["port"]) > 65535:
        raise InvalidInput(f"Адрес gRPC должен иметь вид {STT_ENDPOINT}.", field=name)
    if match["scheme"] == "grpc" and not is_loopback(match["host"]):
        raise InvalidInput("Без шифрования (grpc://) допускается только адрес этой машины.", field=name)


def is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _check_url(url: str, name: str) -> None:
    parts = urlsplit(url)
    plain = parts.scheme == "http" and is_loopback(parts.hostname or "")
    if not parts.hostname or parts.username is not None or not (parts.scheme == "https" or plain):
        raise InvalidInput("Адрес Yandex должен начинаться с https://.", field=name)
