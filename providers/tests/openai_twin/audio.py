"""`/audio/transcriptions` that really listens, and `/audio/speech`."""

from __future__ import annotations

import io
import json
import re
import wave
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np

from providers.audio import samples_of, to_pcm
from providers.speech import SAMPLE_RATE
from providers.tests.openai_twin.connection import Connection, Gone
from providers.tests.openai_twin.replies import event
from providers.tests.speech_marks import Heard, Vocabulary
from providers.tests.twin_speech import Ear, VoiceKind, voice_of

TRANSCRIPTIONS, SPEECH = "/audio/transcriptions", "/audio/speech"
SPEECH_RATE = 24_000
PIECE_BYTES = SPEECH_RATE * 2 // 5
DRIP_BYTES = SPEECH_RATE * 2 // 50
BOUNDARY = re.compile(r'boundary="?([^";]+)')
NAME = re.compile(rb'name="([^"]+)"')


class Fault(Protocol):
    kind: str
    after: int
    seconds: float

    def error(self) -> dict[str, Any]: ...


@dataclass
class Audio:
    """Ears and voice of the twin.

    Attributes:
        vocabulary: the marked words it knows; `answers`: what the next transcriptions believe to hear.
        recognition_seconds: from the upload to the transcript; synthesis_seconds: until the first audio.
        heard: of every transcription, mutilated words included.
    """

    vocabulary: Vocabulary | None = None
    recognition_seconds: float = 0.0
    synthesis_seconds: float = 0.0
    voice: VoiceKind = "tone"
    answers: deque[str] = field(default_factory=deque)
    heard: list[list[Heard]] = field(default_factory=list)

    async def transcribe(self, connection: Connection, request: Any, fault: Fault | None) -> None:
        pcm = _samples(request.body.pop("file", b""))
        if pcm is None:
            await connection.send(400, {"error": {"message": "not an audio file", "code": "invalid_file"}})
            return
        ear = Ear(self.vocabulary, self.answers.popleft() if self.answers else None)
        ear.feed(pcm)
        ear.end()
        self.heard.append(ear.heard)
        await connection.pause(self.recognition_seconds)
        text, kind = " ".join(ear.words), "" if fault is None else fault.kind
        if request.body.get("stream") == "true" and not request.body["model"].startswith("whisper"):
            await self._stream(connection, request, fault, text)
        elif kind in {"half", "garbage"}:
            await connection.send(200, b'{"te')
        else:
            await connection.send(200, {"text": text})

    async def _stream(self, connection: Connection, request: Any, fault: Fault | None, text: str) -> None:
        kind = "" if fault is None else fault.kind
        await connection.begin_stream()
        for number, word in enumerate(text.split()):
            if fault is not None and number == fault.after and kind in {"silence", "reset", "half", "error_event"}:
                if kind == "error_event":
                    await connection.part(event(fault.error()))
                if await _break(connection, fault):
                    return
            if fault is not None and kind == "drip":
                await connection.pause(fault.seconds)
            request.pieces += 1
            delta = word if number == 0 else f" {word}"
            await connection.part(event({"type": "transcript.text.delta", "delta": delta}))
        await connection.part(event({"type": "transcript.text.done", "text": text}))
        if fault is not None and kind == "hold":
            await connection.pause(fault.seconds)
        await connection.end_stream()

    async def speak(self, connection: Connection, request: Any, fault: Fault | None) -> None:
        body, kind = request.body, "" if fault is None else fault.kind
        if body.get("response_format") != "pcm" or not body.get("voice") or not body.get("input"):
            await connection.send(400, {"error": {"message": "the twin speaks PCM only", "code": "invalid_request"}})
            return
        await connection.pause(self.synthesis_seconds)
        audio = _upsampled(voice_of(self.voice)(body["input"], body.get("speed", 1.0)))
        if kind == "half":
            audio = audio[: len(audio) // 4 * 2]
        await connection.begin_stream("audio/pcm")
        length = DRIP_BYTES if kind == "drip" else PIECE_BYTES
        for number, at in enumerate(range(0, 0 if kind == "empty" else len(audio), length)):
            if fault is not None and kind in {"silence", "reset"} and number == fault.after:
                await _break(connection, fault)
            if fault is not None and kind == "drip":
                await connection.pause(fault.seconds)
            request.pieces += 1
            await connection.part(audio[at : at + length])
            await connection.pause(0)
        if fault is not None and kind == "hold":
            await connection.pause(fault.seconds)
        await connection.end_stream()


async def _break(connection: Connection, fault: Fault) -> bool:
    """What happens in the middle; True = the stream is over."""
    if fault.kind == "reset":
        connection.reset()
        raise Gone
    if fault.kind == "silence":
        await connection.pause(fault.seconds)
        return False
    await connection.end_stream()
    return True


def multipart(kind: str, body: bytes) -> dict[str, Any]:
    """Fields of an upload; repeated ones, written `name[]`, as a list; the file as bytes."""
    boundary = BOUNDARY.search(kind)
    fields: dict[str, Any] = {}
    for part in body.split(b"--" + boundary[1].encode())[1:-1] if boundary else []:
        head, _, value = part.removeprefix(b"\r\n").removesuffix(b"\r\n").partition(b"\r\n\r\n")
        match = NAME.search(head)
        name = match[1].decode() if match else ""
        if b"filename" in head:
            fields[name] = value
        elif name.endswith("[]"):
            fields.setdefault(name.removesuffix("[]"), []).append(value.decode())
        else:
            fields[name] = value.decode()
    return fields


def _samples(file: bytes) -> bytes | None:
    try:
        with wave.open(io.BytesIO(file)) as audio:
            plain = (audio.getframerate(), audio.getnchannels(), audio.getsampwidth()) == (SAMPLE_RATE, 1, 2)
            return audio.readframes(audio.getnframes()) if plain else None
    except (wave.Error, EOFError):
        return None


def _upsampled(pcm: bytes) -> bytes:
    samples = samples_of(pcm)
    places = np.arange(len(samples) * SPEECH_RATE // SAMPLE_RATE) * SAMPLE_RATE / SPEECH_RATE
    return to_pcm(np.interp(places, np.arange(len(samples)), samples))


def parsed(kind: str, body: bytes) -> dict[str, Any]:
    """The body of a request. Raises ValueError."""
    if kind.startswith("multipart/form-data"):
        return multipart(kind, body)
    told = json.loads(body) if body else {}
    if not isinstance(told, dict):
        raise ValueError("no object")
    return told
