"""Synthesis over HTTP, API v1: another protocol at another door, for when gRPC fails."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing

from providers.audio import WholeSamples
from providers.errors import Unavailable
from providers.speech import SAMPLE_RATE, Speech
from providers.speech_deadlines import has_words, spoken_within
from providers.yandex.access import Credentials, authorised, prepare
from providers.yandex.clients import session
from providers.yandex.config import SynthesisConfig
from providers.yandex.errors import of_status, translated
from providers.yandex.stubs import load
from providers.yandex.voices import in_v1

LIBRARIES = ("grpc", "aiohttp")


class YandexHttpSynthesizer:
    """SpeechKit's voice over HTTP; a voice that v1 lacks is replaced by the nearest one."""

    def __init__(self, config: SynthesisConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"YandexHttpSynthesizer({self._config})"

    @property
    def name(self) -> str:
        return f"yandex v1 {in_v1(self._config.voice.name)}"

    @property
    def takes_stress(self) -> bool:
        return True

    async def ready(self) -> None:
        """Import the library; it connects with the first request."""
        await load(LIBRARIES)
        prepare(self._config.account)

    async def synthesize(self, text: str) -> Speech:
        if not has_words(text):
            return
        await self.ready()
        asked = authorised(self._config.account, lambda mine: self._ask(text, mine))
        async with aclosing(spoken_within(asked, self._config.deadlines)) as speech:
            async for audio in speech:
                yield audio

    async def _ask(self, text: str, mine: Credentials) -> AsyncGenerator[bytes, None]:
        whole = WholeSamples()
        account = self._config.account
        with translated():
            posted = session().post(account.tts_http_url, data=self._form(text), headers=mine.headers())
            async with posted as answer:
                if answer.status != 200:
                    raise of_status(answer.status)
                if answer.content_type.startswith(("text/", "application/json")):
                    raise Unavailable("SpeechKit ответил непонятно", detail="not audio")
                async for chunk in answer.content.iter_any():
                    if audio := whole.feed(chunk):
                        yield audio

    def _form(self, text: str) -> dict[str, str]:
        voice, name = self._config.voice, in_v1(self._config.voice.name)
        form = {
            "text": text,
            "lang": "ru-RU",
            "voice": name,
            "speed": f"{voice.speed:g}",
            "format": "lpcm",
            "sampleRateHertz": str(SAMPLE_RATE),
        }
        if voice.role and name == voice.name:
            form["emotion"] = voice.role
        if self._config.account.folder_id:
            form["folderId"] = self._config.account.folder_id
        return form
