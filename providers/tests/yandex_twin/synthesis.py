"""tts.v3 Synthesizer: streaming synthesis."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import grpc
from yandex.cloud.ai.tts.v3 import tts_pb2, tts_service_pb2_grpc

from providers.speech import BYTES_PER_SECOND, SAMPLE_RATE
from providers.tests.yandex_twin.faults import Fault
from providers.tests.yandex_twin.state import LONGEST_TEXT, VOICES, State

PIECE_BYTES = BYTES_PER_SECOND // 5
DRIP_BYTES = BYTES_PER_SECOND // 50


class Synthesizer(tts_service_pb2_grpc.SynthesizerServicer):
    def __init__(self, state: State) -> None:
        self._state = state

    async def UtteranceSynthesis(self, asked: Any, context: Any) -> AsyncIterator[Any]:
        state = self._state
        request = state.begin("synthesize", dict(context.invocation_metadata()))
        fault = state.faults.take("synthesize")
        if refusal := state.refusal(request.headers):
            await context.abort(grpc.StatusCode[refusal], f"Wrong key: {request.headers.get('authorization')}")
        if fault is not None and fault.kind == "status":
            await context.abort(grpc.StatusCode[fault.code], "The twin was told to fail.")
        request.fields, complaint = _understood(asked)
        if complaint:
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, complaint)
        try:
            async for piece in played(state, asked.text, request.fields["speed"], fault):
                if piece is None:
                    await context.abort(grpc.StatusCode.UNAVAILABLE, "recvmsg:Connection reset by peer")
                request.pieces += 1
                yield tts_pb2.UtteranceSynthesisResponse(audio_chunk=tts_pb2.AudioChunk(data=piece))
            request.done = True
        except (asyncio.CancelledError, GeneratorExit):
            request.gone = True
            raise


async def played(state: State, text: str, speed: float, fault: Fault | None) -> AsyncIterator[bytes | None]:
    """The audio in pieces, as the fault will have it; None = break the connection here."""
    kind = "" if fault is None else fault.kind
    await asyncio.sleep(state.synthesis_seconds)
    if fault is not None and kind == "stall":
        await asyncio.sleep(fault.seconds)
    audio = b"" if kind == "empty" else state.speech(text, speed)
    if kind == "half":
        audio = audio[: len(audio) // 4 * 2]
    for number, piece in enumerate(_cut(audio, DRIP_BYTES if kind == "drip" else PIECE_BYTES)):
        if fault is not None and kind in {"silence", "reset"} and number >= fault.after:
            if kind == "reset":
                yield None
            await asyncio.sleep(fault.seconds)
        if fault is not None and kind == "drip":
            await asyncio.sleep(fault.seconds)
        yield piece
    if fault is not None and kind == "hold":
        await asyncio.sleep(fault.seconds)


def _cut(audio: bytes, length: int) -> Iterator[bytes]:
    return (audio[at : at + length] for at in range(0, len(audio), length))


def _understood(asked: Any) -> tuple[dict[str, Any], str]:
    """What was asked for, and why it is refused."""
    fields: dict[str, Any] = {"text": asked.text, "voice": "", "role": "", "speed": 1.0}
    kinds = [hint.WhichOneof("Hint") for hint in asked.hints]
    for hint, kind in zip(asked.hints, kinds, strict=True):
        if kind is not None:
            fields[kind] = round(getattr(hint, kind), 3) if kind == "speed" else getattr(hint, kind)
    raw = asked.output_audio_spec.raw_audio
    fields |= {"lufs": asked.loudness_normalization_type == asked.LUFS, "unsafe": asked.unsafe_mode}
    if None in kinds or len(set(kinds)) < len(kinds):
        return fields, "Hints must hold exactly one hint each"
    if fields["voice"] not in VOICES:
        # Two hints in one message are one for protobuf, the last: a voice that was set first is lost.
        return fields, "Unsupported voice"
    if not asked.text.strip():
        return fields, "Empty text"
    if len(asked.text) > LONGEST_TEXT and not asked.unsafe_mode:
        return fields, f"Too long text: {len(asked.text)} > {LONGEST_TEXT}"
    if raw.audio_encoding != tts_pb2.RawAudio.LINEAR16_PCM or raw.sample_rate_hertz != SAMPLE_RATE:
        return fields, "the twin gives LINEAR16_PCM of 8000 Hz only"
    return fields, ""
