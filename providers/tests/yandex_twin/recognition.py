"""stt.v3 Recognizer: streaming recognition of marked speech."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc
from yandex.cloud.ai.stt.v3 import stt_pb2, stt_service_pb2_grpc

from providers.speech import SAMPLE_RATE
from providers.tests.speech_marks import Heard
from providers.tests.twin_speech import Ear
from providers.tests.yandex_twin.faults import Fault, Request
from providers.tests.yandex_twin.state import State

NETWORK_SECONDS = 0.02  # a refusal never comes before the first message has left, as it might on loopback
PAUSE_SECONDS = 0.8  # of silence, after which the default classifier ends an utterance
Due = tuple[float, Any]


class Recognizer(stt_service_pb2_grpc.RecognizerServicer):
    def __init__(self, state: State) -> None:
        self._state = state

    async def RecognizeStreaming(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        state = self._state
        request = state.begin("recognize", dict(context.invocation_metadata()))
        fault = state.faults.take("recognize")
        if refusal := state.refusal(request.headers):
            await asyncio.sleep(NETWORK_SECONDS)
            await context.abort(grpc.StatusCode[refusal], f"Wrong key: {request.headers.get('authorization')}")
        if fault is not None and fault.kind == "status":
            await asyncio.sleep(NETWORK_SECONDS)
            await context.abort(grpc.StatusCode[fault.code], "The twin was told to fail.")
        session = Session(state, request, requests, context)
        listening = asyncio.create_task(session.listen())
        try:
            if fault is not None and fault.kind == "stall":
                await asyncio.sleep(fault.seconds)
            async for response in self._answers(session, request, context, fault):
                yield response
            request.done = True
        except (asyncio.CancelledError, GeneratorExit):
            request.gone = True
            raise
        finally:
            listening.cancel()

    async def _answers(self, session: Session, request: Request, context: Any, fault: Fault | None) -> Any:
        yield stt_pb2.StreamingResponse(status_code=stt_pb2.StatusCode(code_type=stt_pb2.WORKING))
        clock = asyncio.get_running_loop().time
        while (item := await session.answers.get()) is not None:
            due, response = item
            kind = "" if fault is None else fault.kind
            if kind in {"silence", "reset"} and request.pieces >= fault.after:  # type: ignore[union-attr]
                await _break(context, kind)
            if kind == "empty" or (kind == "half" and response.WhichOneof("Event") == "final"):
                continue
            await asyncio.sleep(max(0.0, due - clock()))
            if kind == "drip":
                await asyncio.sleep(fault.seconds)  # type: ignore[union-attr]
            request.pieces += 1
            yield response
        if fault is not None and fault.kind in {"silence", "reset"}:
            await _break(context, fault.kind)
        if fault is not None and fault.kind == "hold":
            await asyncio.sleep(fault.seconds)


async def _break(context: Any, kind: str) -> None:
    if kind == "silence":
        await asyncio.sleep(3600)
    await context.abort(grpc.StatusCode.UNAVAILABLE, "recvmsg:Connection reset by peer")


class Session:
    """One stream of audio. `answers` gets (when it is due, response), then None."""

    def __init__(self, state: State, request: Request, requests: AsyncIterator[Any], context: Any) -> None:
        self._state, self._request, self._requests, self._context = state, request, requests, context
        self._ear = Ear(state.vocabulary, state.answers.popleft() if state.answers else None)
        self._said: list[Heard] = []  # of the utterance that is not final yet
        self._number = 0
        self._external = False
        self.answers: asyncio.Queue[Due | None] = asyncio.Queue()

    async def listen(self) -> None:
        try:
            async for message in self._requests:
                self._take(message)
        finally:
            self._heard(self._ear.end())
            if self._said or not self._number:
                self._final()
            self.answers.put_nowait(None)

    def _take(self, message: Any) -> None:
        kind = message.WhichOneof("Event")
        if kind == "session_options":
            self._options(message.session_options)
        elif kind == "chunk":
            self._heard(self._ear.feed(message.chunk.data))
            self._request.audio_seconds = self._ear.seconds
        elif kind == "eou" and self._external:
            self._heard(self._ear.end())
            self._final()

    def _options(self, options: Any) -> None:
        model = options.recognition_model
        raw = model.audio_format.raw_audio
        self._external = options.eou_classifier.HasField("external_classifier")
        self._request.fields = {
            "model": model.model,
            "rate": raw.sample_rate_hertz,
            "languages": list(model.language_restriction.language_code),
            "normalization": model.text_normalization.text_normalization
            == stt_pb2.TextNormalizationOptions.TEXT_NORMALIZATION_ENABLED,
            "external_end": self._external,
        }
        if raw.audio_encoding != stt_pb2.RawAudio.LINEAR16_PCM or raw.sample_rate_hertz != SAMPLE_RATE:
            raise ValueError("the twin takes LINEAR16_PCM of 8000 Hz only")

    def _heard(self, words: list[Heard]) -> None:
        self._request.heard = self._ear.heard
        for word in words:
            if self._said and not self._external and word.started - self._said[-1].ended > PAUSE_SECONDS:
                self._final()
            self._said.append(word)
            self._put(partial=_update(self._said))

    def _final(self) -> None:
        self._put(final=_update(self._said))
        if self._request.fields.get("normalization"):
            self._put(
                final_refinement=stt_pb2.FinalRefinement(final_index=self._number, normalized_text=_update(self._said))
            )
        self._request.text = " ".join([self._request.text, *(word.word for word in self._said)]).strip()
        self._put(eou_update=stt_pb2.EouUpdate(time_ms=int(self._ear.seconds * 1000)))
        self._said = []
        self._number += 1

    def _put(self, **event: Any) -> None:
        cursors = stt_pb2.AudioCursors(received_data_ms=int(self._ear.seconds * 1000), final_index=self._number)
        due = asyncio.get_running_loop().time() + self._state.recognition_seconds
        self.answers.put_nowait((due, stt_pb2.StreamingResponse(audio_cursors=cursors, **event)))


def _update(words: list[Heard]) -> Any:
    text = " ".join(word.word for word in words)
    told = [
        stt_pb2.Word(text=word.word, start_time_ms=int(word.started * 1000), end_time_ms=int(word.ended * 1000))
        for word in words
    ]
    return stt_pb2.AlternativeUpdate(
        alternatives=[stt_pb2.Alternative(text=text, words=told, confidence=1.0)] if words else [], channel_tag="0"
    )
