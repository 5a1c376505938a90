"""Streaming recognition, stt.v3: partial results while the audio comes, the final one soon after its end.

API v3 takes no phrase hints: a vocabulary is a matter of tuning a model of one's own there.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from typing import Any

from providers.errors import Unavailable
from providers.speech import SAMPLE_RATE, Transcript, Transcripts
from providers.speech_deadlines import transcribed_within
from providers.tape import Tape
from providers.yandex.access import Credentials, authorised, prepare
from providers.yandex.clients import channel
from providers.yandex.config import RecognitionConfig
from providers.yandex.errors import translated
from providers.yandex.stubs import load

STUBS = ("grpc", "aiohttp", "yandex.cloud.ai.stt.v3.stt_pb2", "yandex.cloud.ai.stt.v3.stt_service_pb2_grpc")
MESSAGE_BYTES = 640  # 40 ms: half the messages of a telephone's frames, and the last one does not wait
# How long the service is given to refuse the call, or to greet it, before audio follows: gRPC tells "internal error"
# instead of the service's own status when that comes while a message is being written.
GREETING_SECONDS = 0.15
# How long the service may take, once everything is final, to say that nothing follows.
FINISHED_GRACE_SECONDS = 0.2


class YandexRecognizer:
    """SpeechKit's ears."""

    def __init__(self, config: RecognitionConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"YandexRecognizer({self._config})"

    @property
    def name(self) -> str:
        return f"yandex {self._config.model}"

    async def ready(self) -> None:
        """Import the stubs, and begin to connect."""
        await load(STUBS)
        channel(self._config.account.stt_endpoint).get_state(try_to_connect=True)
        prepare(self._config.account)

    async def transcribe(self, audio: AsyncIterator[bytes], *, hints: Sequence[str] = ()) -> Transcripts:
        await self.ready()
        async with aclosing(transcribed_within(audio, self._listen, self._config.deadlines)) as transcripts:
            async for transcript in transcripts:
                yield transcript

    async def _listen(self, audio: AsyncIterator[bytes]) -> Transcripts:
        async with Tape(audio) as tape:  # a second attempt, with another token, hears it from its beginning
            asked = authorised(self._config.account, lambda mine: self._ask(tape.replay(), mine))
            async with aclosing(asked):
                async for transcript in asked:
                    yield transcript

    async def _ask(self, audio: AsyncGenerator[bytes, None], mine: Credentials) -> Transcripts:
        from yandex.cloud.ai.stt.v3 import stt_service_pb2_grpc

        stub = stt_service_pb2_grpc.RecognizerStub(channel(self._config.account.stt_endpoint))
        with translated():
            call = stub.RecognizeStreaming(metadata=tuple(mine.headers().items()))
            greeted = asyncio.Event()
            writing = asyncio.create_task(self._write(call, audio, greeted))
            try:
                async for transcript in self._read(call, writing, greeted):
                    yield transcript
            finally:
                writing.cancel()
                call.cancel()
                del call  # its repr holds what the service said
                await asyncio.wait([writing])
                if not writing.cancelled():
                    writing.exception()

    async def _write(self, call: Any, audio: AsyncGenerator[bytes, None], greeted: asyncio.Event) -> None:
        from yandex.cloud.ai.stt.v3 import stt_pb2

        await call.write(stt_pb2.StreamingRequest(session_options=self._options()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(greeted.wait(), GREETING_SECONDS)
        waiting = b""
        async with aclosing(audio):
            async for chunk in audio:
                waiting += chunk
                if len(waiting) >= MESSAGE_BYTES:
                    whole = len(waiting) - len(waiting) % 2
                    await call.write(stt_pb2.StreamingRequest(chunk=stt_pb2.AudioChunk(data=waiting[:whole])))
                    waiting = waiting[whole:]
        if len(waiting) > 1:
            whole = len(waiting) - len(waiting) % 2
            await call.write(stt_pb2.StreamingRequest(chunk=stt_pb2.AudioChunk(data=waiting[:whole])))
        await call.write(stt_pb2.StreamingRequest(eou=stt_pb2.Eou()))
        await call.done_writing()

    async def _read(self, call: Any, writing: asyncio.Task[None], greeted: asyncio.Event) -> Transcripts:
        assembly = Assembly(normalize=self._config.normalize)
        text = ""
        while (response := await _next(call, patient=not (writing.done() and assembly.complete))) is not None:
            greeted.set()
            assembly.take(response)
            if assembly.text != text:
                text = assembly.text
                yield Transcript(text)
        if not writing.done():
            raise Unavailable("Распознавание речи оборвалось", detail="the stream ended before the audio")
        yield Transcript(assembly.text, final=True)

    def _options(self) -> Any:
        from yandex.cloud.ai.stt.v3 import stt_pb2

        config = self._config
        raw = stt_pb2.RawAudio(
            audio_encoding=stt_pb2.RawAudio.LINEAR16_PCM, sample_rate_hertz=SAMPLE_RATE, audio_channel_count=1
        )
        normalization = stt_pb2.TextNormalizationOptions(
            text_normalization=stt_pb2.TextNormalizationOptions.TEXT_NORMALIZATION_ENABLED
            if config.normalize
            else stt_pb2.TextNormalizationOptions.TEXT_NORMALIZATION_DISABLED,
            literature_text=config.normalize,
            phone_formatting_mode=stt_pb2.TextNormalizationOptions.PHONE_FORMATTING_MODE_DISABLED,
        )
        language = stt_pb2.LanguageRestrictionOptions(
            restriction_type=stt_pb2.LanguageRestrictionOptions.WHITELIST, language_code=[config.language]
        )
        model = stt_pb2.RecognitionModelOptions(
            model=config.model,
            audio_format=stt_pb2.AudioFormatOptions(raw_audio=raw),
            text_normalization=normalization,
            language_restriction=language,
            audio_processing_type=stt_pb2.RecognitionModelOptions.REAL_TIME,
        )
        # Where an utterance ends is ours to say: the end of the audio is.
        ends = stt_pb2.EouClassifierOptions(external_classifier=stt_pb2.ExternalEouClassifier())
        return stt_pb2.StreamingOptions(recognition_model=model, eou_classifier=ends)


class Assembly:
    """Puts the text together: finals of one part after another, each perhaps refined, and a partial of the rest."""

    def __init__(self, *, normalize: bool) -> None:
        self._normalize = normalize
        self._finals: dict[int, str] = {}
        self._unrefined: set[int] = set()
        self._partial = ""

    @property
    def text(self) -> str:
        parts = [self._finals[number] for number in sorted(self._finals)]
        return " ".join(part for part in (*parts, self._partial) if part)

    @property
    def complete(self) -> bool:
        """Is there a final for all that was heard so far?"""
        return bool(self._finals) and not self._partial and not self._unrefined

    def take(self, response: Any) -> None:
        event = response.WhichOneof("Event")
        if event == "partial":
            self._partial = _best(response.partial)
        elif event == "final":
            number = response.audio_cursors.final_index
            self._finals[number] = _best(response.final)
            self._partial = ""
            if self._normalize:
                self._unrefined.add(number)
        elif event == "final_refinement":
            number = response.final_refinement.final_index
            self._finals[number] = _best(response.final_refinement.normalized_text)
            self._unrefined.discard(number)


def _best(update: Any) -> str:
    return str(update.alternatives[0].text).strip() if update.alternatives else ""


async def _next(call: Any, *, patient: bool) -> Any:
    """The next response, or None at the end; once all is final a service that keeps the line open is not waited for."""
    import grpc

    try:
        if patient:
            response = await call.read()
        else:
            async with asyncio.timeout(FINISHED_GRACE_SECONDS):
                response = await call.read()
    except TimeoutError:
        return None
    return None if response is grpc.aio.EOF else response
