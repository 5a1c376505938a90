"""Streaming synthesis, tts.v3."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from providers.audio import WholeSamples
from providers.speech import SAMPLE_RATE, Speech
from providers.speech_deadlines import has_words, spoken_within
from providers.yandex.access import Credentials, authorised, prepare
from providers.yandex.clients import channel
from providers.yandex.config import SynthesisConfig
from providers.yandex.errors import translated
from providers.yandex.stubs import load
from providers.yandex.texts import pieces
from providers.yandex.voices import DEFAULT_VOICE

STUBS = ("grpc", "aiohttp", "yandex.cloud.ai.tts.v3.tts_pb2", "yandex.cloud.ai.tts.v3.tts_service_pb2_grpc")


class YandexSynthesizer:
    """SpeechKit's voice."""

    def __init__(self, config: SynthesisConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"YandexSynthesizer({self._config})"

    @property
    def name(self) -> str:
        return f"yandex {self._config.voice.name or DEFAULT_VOICE}"

    @property
    def takes_stress(self) -> bool:
        return True

    async def ready(self) -> None:
        """Import the stubs, and begin to connect."""
        await load(STUBS)
        channel(self._config.account.tts_endpoint).get_state(try_to_connect=True)
        prepare(self._config.account)

    async def synthesize(self, text: str) -> Speech:
        if not has_words(text):
            return
        await self.ready()
        async with aclosing(spoken_within(self._speak(text), self._config.deadlines)) as speech:
            async for audio in speech:
                yield audio

    async def _speak(self, text: str) -> AsyncGenerator[bytes, None]:
        for piece in pieces(text):
            async with aclosing(authorised(self._config.account, self._asking(piece))) as speech:
                async for audio in speech:
                    yield audio

    def _asking(self, piece: str) -> Any:
        return lambda mine: self._ask(piece, mine)

    async def _ask(self, piece: str, mine: Credentials) -> AsyncGenerator[bytes, None]:
        from yandex.cloud.ai.tts.v3 import tts_service_pb2_grpc

        stub = tts_service_pb2_grpc.SynthesizerStub(channel(self._config.account.tts_endpoint))
        whole = WholeSamples()
        with translated():
            call = stub.UtteranceSynthesis(self._request(piece), metadata=tuple(mine.headers().items()))
            try:
                async for response in call:
                    if audio := whole.feed(response.audio_chunk.data):
                        yield audio
            finally:
                call.cancel()
                del call  # its repr holds what the service said

    def _request(self, piece: str) -> Any:
        from yandex.cloud.ai.tts.v3 import tts_pb2

        voice = self._config.voice
        # Each hint in a message of its own: it is a oneof, and of two in one message only the last is kept.
        hints = [tts_pb2.Hints(voice=voice.name or DEFAULT_VOICE), tts_pb2.Hints(speed=voice.speed)]
        if voice.role:
            hints.append(tts_pb2.Hints(role=voice.role))
        raw = tts_pb2.RawAudio(audio_encoding=tts_pb2.RawAudio.LINEAR16_PCM, sample_rate_hertz=SAMPLE_RATE)
        return tts_pb2.UtteranceSynthesisRequest(
            text=piece,
            hints=hints,
            output_audio_spec=tts_pb2.AudioFormatOptions(raw_audio=raw),
            loudness_normalization_type=tts_pb2.UtteranceSynthesisRequest.LUFS,
        )
