"""The twin's servers in a thread of their own, and its switchboard `YandexTwin`."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any

import grpc
from yandex.cloud.ai.stt.v3 import stt_service_pb2_grpc
from yandex.cloud.ai.tts.v3 import tts_service_pb2_grpc

from providers.tests.openai_twin.connection import Connection, Protocol
from providers.tests.speech_marks import Vocabulary
from providers.tests.twin_speech import VoiceKind
from providers.tests.yandex_twin.faults import Fault, Kind, Request
from providers.tests.yandex_twin.recognition import Recognizer
from providers.tests.yandex_twin.state import State
from providers.tests.yandex_twin.synthesis import Synthesizer
from providers.tests.yandex_twin.web import Web

HOST = "127.0.0.1"


class YandexTwin:
    """gRPC on `port`, HTTP on `http_port` (0 = any free one).

    Args:
        vocabulary: the marked words that it knows; without it, and without `answers`, it hears nothing.
        recognition_seconds: from the last sample of a word to its partial, and from the end of the audio to the final.
        synthesis_seconds: until the first piece of audio; the rest follows at once.
        api_key, oauth_token: the only ones that it takes; empty = any.
        voice: "tone" (60 ms a letter) or "espeak".

    `state.answers` are texts that the next recognitions believe to hear, whatever the audio is.
    """

    def __init__(
        self,
        port: int = 0,
        http_port: int = 0,
        *,
        vocabulary: Vocabulary | None = None,
        recognition_seconds: float = 0.0,
        synthesis_seconds: float = 0.0,
        api_key: str = "",
        oauth_token: str = "",
        voice: VoiceKind = "tone",
    ) -> None:
        self.state = State()
        self.state.vocabulary = vocabulary
        self.state.recognition_seconds, self.state.synthesis_seconds = recognition_seconds, synthesis_seconds
        self.state.api_key, self.state.oauth_token, self.state.voice = api_key, oauth_token, voice
        self.port, self.http_port = port, http_port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._grpc: Any = None
        self._http: asyncio.Server | None = None

    @property
    def endpoint(self) -> str:
        return f"grpc://{HOST}:{self.port}"

    @property
    def http_url(self) -> str:
        return f"http://{HOST}:{self.http_port}/speech/v1/tts:synthesize"

    @property
    def iam_url(self) -> str:
        return f"http://{HOST}:{self.http_port}/iam/v1/tokens"

    @property
    def settings(self) -> dict[str, str]:
        """The environment variables with which the product talks to this twin."""
        return {
            "YANDEX_API_KEY": self.state.api_key or "twin",
            "YANDEX_FOLDER_ID": "twin-folder",
            "YANDEX_STT_ENDPOINT": self.endpoint,
            "YANDEX_TTS_ENDPOINT": self.endpoint,
            "YANDEX_TTS_HTTP_URL": self.http_url,
            "YANDEX_IAM_URL": self.iam_url,
        }

    @property
    def requests(self) -> list[Request]:
        return list(self.state.requests)

    def asked(self, method: str) -> list[Request]:
        return [request for request in self.requests if request.method == method]

    def fail(self, kind: Kind, **details: Any) -> None:
        self.state.faults.waiting.append(Fault(kind, **details))

    def forget_tokens(self) -> None:
        """Every IAM token that was issued is refused from now on."""
        self.state.tokens.clear()

    def start(self) -> YandexTwin:
        """Raises OSError when a port is taken. A stopped twin starts again on the same ports."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="yandex-twin", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result(10)
        return self

    def stop(self) -> None:
        """Hangs up on everyone."""
        if self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()
        self._loop = None

    def __enter__(self) -> YandexTwin:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        # Like the service, it bears a ping every half minute on an idle connection.
        pings = ("grpc.http2.min_ping_interval_without_data_ms", 10_000)
        self._grpc = grpc.aio.server(options=(("grpc.so_reuseport", 0), pings))
        stt_service_pb2_grpc.add_RecognizerServicer_to_server(Recognizer(self.state), self._grpc)
        tts_service_pb2_grpc.add_SynthesizerServicer_to_server(Synthesizer(self.state), self._grpc)
        try:
            self.port = self._grpc.add_insecure_port(f"{HOST}:{self.port}")
        except RuntimeError as exc:
            raise OSError(f"port {self.port}") from exc
        web = Web(self.state)

        async def serve(connection: Connection) -> None:
            with contextlib.suppress(asyncio.CancelledError):
                await web.serve(connection)

        self._http = await loop.create_server(lambda: Protocol(serve, loop), HOST, self.http_port, backlog=256)
        self.http_port = self._http.sockets[0].getsockname()[1]
        await self._grpc.start()

    async def _end(self) -> None:
        await self._grpc.stop(0)
        if self._http is not None:
            self._http.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.wait(others, timeout=2) if others else None
