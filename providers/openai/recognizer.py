"""Recognition of whole utterances, `/audio/transcriptions`: nothing is sent before the utterance is over."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from importlib import import_module
from typing import Any

from providers.audio import loudness, wav
from providers.errors import Unavailable
from providers.openai.clients import client
from providers.openai.config import RecognitionConfig
from providers.openai.errors import translated, unreadable
from providers.openai.hallucinations import spoken_part
from providers.speech import BYTES_PER_SECOND, Transcript, Transcripts
from providers.speech_deadlines import transcribed_within

LIBRARIES = ("openai", "openai.resources.audio", "numpy")
SHORTEST_BYTES = BYTES_PER_SECOND // 10  # shorter files are refused; there is no word in them either
SILENT = 25.0  # root mean square of 16-bit samples, −62 dB: nobody speaks that low
LONGEST_PROMPT = 320  # characters of hints; more of them were heard worse (docs/adr/0010)
PROMPT_ENDS = "Здравствуйте, подскажите, пожалуйста."
"""The model goes on in the manner in which its prompt ends: after a bare list it writes lists."""
LONGEST_KEYWORDS = 100
FINISHED_GRACE_SECONDS = 0.2
FILE_NAME = "utterance.wav"


class OpenAIRecognizer:
    """Ears of an OpenAI-compatible server."""

    def __init__(self, config: RecognitionConfig) -> None:
        self._config = config

    def __repr__(self) -> str:
        return f"OpenAIRecognizer({self._config})"

    @property
    def name(self) -> str:
        return f"openai {self._config.model}"

    async def ready(self) -> None:
        """Import the libraries, in a thread so that the loop goes on meanwhile, and build the client."""
        for name in LIBRARIES:
            if name not in sys.modules:
                await asyncio.to_thread(import_module, name)
        client(self._config.account)

    async def transcribe(self, audio: AsyncIterator[bytes], *, hints: Sequence[str] = ()) -> Transcripts:
        await self.ready()
        transcripts = transcribed_within(audio, lambda heard: self._listen(heard, hints), self._config.deadlines)
        async with aclosing(transcripts):
            async for transcript in transcripts:
                yield transcript

    async def _listen(self, audio: AsyncIterator[bytes], hints: Sequence[str]) -> Transcripts:
        pcm = b"".join([chunk async for chunk in audio])
        if len(pcm) < SHORTEST_BYTES or loudness(pcm) < SILENT:
            yield Transcript("", final=True)
            return
        text = ""
        async with aclosing(self._ask(wav(pcm), hints)) as texts:
            async for text in texts:
                if shown := spoken_part(text, hints):
                    yield Transcript(shown)
        yield Transcript(spoken_part(text, hints), final=True)

    async def _ask(self, file: bytes, hints: Sequence[str]) -> Any:
        """The text so far, as a stream where the server offers one; a server that does not answers as a whole."""
        transcriptions = client(self._config.account).audio.transcriptions
        with translated():
            asked = transcriptions.with_streaming_response.create(
                file=(FILE_NAME, file, "audio/wav"),
                model=self._config.model,
                response_format="json",
                stream=True,
                **self._told(hints),
            )
            async with asked as response:
                if response.headers.get("content-type", "").startswith("text/event-stream"):
                    async with aclosing(_streamed(response.iter_lines())) as texts:
                        async for text in texts:
                            yield text
                else:
                    yield str(json.loads(await response.read())["text"])

    def _told(self, hints: Sequence[str]) -> dict[str, Any]:
        config = self._config
        if config.takes_keywords:
            told: dict[str, Any] = {"languages": [config.language]}
            return told | {"keywords": list(hints)[:LONGEST_KEYWORDS]} if hints else told
        told = {"language": config.language}
        return told | {"prompt": prompt_of(hints)} if hints else told


async def _streamed(lines: Any) -> Any:
    """Texts out of server-sent events; each is all that was heard so far.

    Raises:
        Unavailable: the stream ended without its last event.
    """
    text = ""
    async for line in lines:
        if not line.startswith("data:") or line.strip() == "data: [DONE]":
            continue
        event = json.loads(line.removeprefix("data:"))
        if event.get("type") == "transcript.text.delta":
            text += event["delta"]
            yield text
        elif event.get("type") == "transcript.text.done":
            yield event["text"]
            await _read_up(lines)
            return
        elif "error" in event:
            raise Unavailable("Сервер AI прервал ответ", detail="an error in a stream")
    raise unreadable("no transcript.text.done")


async def _read_up(lines: Any) -> None:
    """To the end of the stream, so that its connection can be used again; a server that holds it is not waited for."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(FINISHED_GRACE_SECONDS):
            async for _ in lines:
                pass


def prompt_of(hints: Sequence[str]) -> str:
    """As many hints as a prompt may hold, the first ones, and an ordinary sentence; empty without hints."""
    listed = ""
    for hint in hints:
        longer = f"{listed}, {hint}" if listed else hint
        if len(longer) > LONGEST_PROMPT:
            break
        listed = longer
    return f"{listed}. {PROMPT_ENDS}" if listed else ""
