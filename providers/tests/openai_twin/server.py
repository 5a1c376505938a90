"""The twin's server and its switchboard `OpenAITwin`."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from providers.tests.openai_twin.audio import SPEECH, TRANSCRIPTIONS, Audio, parsed
from providers.tests.openai_twin.connection import Connection, Gone, Head, Protocol
from providers.tests.openai_twin.replies import Reply, brain, chunk, completion, embeddings, event

Kind = Literal[
    "status", "stall", "silence", "comments", "reset", "half", "garbage", "html", "error_event", "hold", "drip", "empty"
]
FOREVER = 3600.0


@dataclass
class Fault:
    """What goes wrong with the next `times` requests to `path`.

    Attributes:
        kind: "status": an error of this status, code and retry_after;
            "stall": nothing at all is answered for `seconds`;
            "silence": a stream falls silent after `after` pieces; "comments": the same, but SSE comments go on;
            "reset": the connection is reset after `after` pieces; "half": the stream just ends there, politely;
            "garbage": that is not JSON; "html": a page of a proxy; "error_event": an error inside the stream;
            "hold": all is said, but the stream is not ended; "drip": a byte every `seconds` (of speech: 20 ms);
            "empty": (of speech) no audio at all.
        seconds: how long, where something takes long; unset = until the client hangs up.
    """

    kind: Kind
    path: str = "/chat/completions"
    times: int = 1
    after: int = 0
    seconds: float = FOREVER
    status: int = 500
    code: str = ""
    message: str = "The twin was told to fail."
    retry_after: str = ""

    def error(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.code or None, "param": None, "code": self.code or None}}


@dataclass
class Request:
    """A request as it came, and how it went. `gone` = the client hung up before the answer was over."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    connection: int
    at: float = field(default_factory=time.monotonic)
    pieces: int = 0
    done: bool = False
    gone: bool = False


class OpenAITwin:
    """A server on loopback. `url` is the base address that clients want.

    Args:
        api_key: the only key it takes; empty = any.
        first_token_seconds, token_seconds: its pace; `embedding_seconds` until vectors, as the first token by default.
        dimensions: of vectors where the request does not say.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        host: str = "127.0.0.1",
        api_key: str = "",
        first_token_seconds: float = 0.0,
        token_seconds: float = 0.0,
        embedding_seconds: float | None = None,
        dimensions: int = 1536,
        models: tuple[str, ...] = ("gpt-4o-mini", "gpt-4o", "text-embedding-3-small"),
    ) -> None:
        self.api_key = api_key
        self.first_token_seconds = first_token_seconds
        self.token_seconds = token_seconds
        self.embedding_seconds = embedding_seconds
        self.dimensions = dimensions
        self.models = models
        self.answers: deque[Reply] = deque()
        self.brain: Callable[[Mapping[str, Any]], Reply] = brain
        self.audio = Audio()
        self.faults: list[Fault] = []
        self.one_in = 0
        """So many requests to a path, and the last is answered with status 500."""
        self.requests: list[Request] = []
        self.connections = 0
        self._address = (host, port)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://{self._address[0]}:{self._address[1]}/v1"

    def start(self) -> OpenAITwin:
        """Raises OSError when the port is taken. A stopped twin starts again on the same port."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="openai-twin", daemon=True)
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

    def __enter__(self) -> OpenAITwin:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def asked(self, path: str = "/chat/completions") -> list[Request]:
        return [request for request in self.requests if request.path == path]

    def fail(self, kind: Kind, **details: Any) -> None:
        self.faults.append(Fault(kind, **details))

    async def _listen(self) -> None:
        loop = asyncio.get_running_loop()
        host, port = self._address
        self._server = await loop.create_server(lambda: Protocol(self._serve, loop), host, port, backlog=256)
        self._address = (host, self._server.sockets[0].getsockname()[1])

    async def _end(self) -> None:
        if self._server is not None:
            self._server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _serve(self, connection: Connection) -> None:
        self.connections += 1
        number = self.connections
        with contextlib.suppress(Gone, ConnectionError, asyncio.CancelledError):
            try:
                while (head := await connection.head()) is not None:
                    await self._answer(connection, head, number)
            finally:
                connection.close()

    async def _answer(self, connection: Connection, head: Head, number: int) -> None:
        path = head.path.partition("?")[0].removeprefix("/v1")
        try:
            body = parsed(head.headers.get("content-type", ""), head.body)
        except ValueError:
            await connection.send(400, {"error": {"message": "not JSON", "code": "invalid_json"}})
            return
        if path == "/twin/faults":
            self.faults.append(Fault(**body))
            await connection.send(200, {"faults": len(self.faults)})
            return
        request = Request(path, head.headers, body, number)
        self.requests.append(request)
        try:
            await self._handle(connection, request)
            request.done = True
        except Gone:
            request.gone = True
            raise

    async def _handle(self, connection: Connection, request: Request) -> None:
        fault = self._fault(request.path)
        if self.api_key and request.headers.get("authorization") != f"Bearer {self.api_key}":
            told = request.headers.get("authorization", "").removeprefix("Bearer ")
            message = f"Incorrect API key provided: {told}."  # servers do quote it
            await connection.send(401, Fault("status", code="invalid_api_key", message=message).error())
        elif fault is not None and await self._failed_at_once(connection, fault):
            return
        elif request.path == "/models":
            data = [{"id": name, "object": "model", "created": 1, "owned_by": "twin"} for name in self.models]
            await connection.send(200, {"object": "list", "data": data})
        elif request.path == "/embeddings":
            wait = self.first_token_seconds if self.embedding_seconds is None else self.embedding_seconds
            await connection.pause(wait)
            await connection.send(200, embeddings(request.body, self.dimensions))
        elif request.path == TRANSCRIPTIONS:
            await self.audio.transcribe(connection, request, fault)
        elif request.path == SPEECH:
            await self.audio.speak(connection, request, fault)
        elif request.path == "/chat/completions":
            await self._chat(connection, request, fault)
        else:
            await connection.send(404, Fault("status", code="not_found").error())

    def _fault(self, path: str) -> Fault | None:
        if self.one_in and len(self.asked(path)) % self.one_in == 0:
            return Fault("status", path)
        fault = next((fault for fault in self.faults if fault.path == path), None)
        if fault is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
        return fault

    async def _failed_at_once(self, connection: Connection, fault: Fault) -> bool:
        if fault.kind == "status":
            headers = {"retry-after": fault.retry_after} if fault.retry_after else {}
            await connection.send(fault.status, fault.error(), headers)
        elif fault.kind == "html":
            await connection.send(200, b"<html><body>502 Bad Gateway</body></html>", kind="text/html")
        elif fault.kind == "stall":
            await connection.pause(fault.seconds)
            return False
        elif fault.kind == "reset" and not fault.after:
            connection.reset()
            raise Gone
        else:
            return False
        return True

    async def _chat(self, connection: Connection, request: Request, fault: Fault | None) -> None:
        reply = self.answers.popleft() if self.answers else self.brain(request.body)
        model = request.body["model"]
        await connection.pause(self.first_token_seconds)
        if request.body.get("stream"):
            await self._stream(connection, request, fault, reply)
        elif fault is not None and fault.kind in {"garbage", "half"}:
            await connection.send(200, b'{"choices": [{"mess')
        else:
            request.pieces = 1
            await connection.pause(self.token_seconds * len(list(reply.deltas())))
            await connection.send(200, completion(model, reply))

    async def _stream(self, connection: Connection, request: Request, fault: Fault | None, reply: Reply) -> None:
        model = request.body["model"]
        await connection.begin_stream()
        if fault is not None and fault.kind == "drip":
            connection.drip(fault.seconds)
        await connection.part(chunk(model, {"role": "assistant", "content": ""}))
        for delta in reply.deltas():
            if fault is not None and request.pieces == fault.after and await self._broke(connection, fault):
                return
            await connection.pause(self.token_seconds if request.pieces else 0)
            request.pieces += 1
            await connection.part(chunk(model, delta))
        await connection.part(chunk(model, {}, reply.finish_reason))
        if reply.usage or (request.body.get("stream_options") or {}).get("include_usage"):
            await connection.part(chunk(model))
        if fault is not None and fault.kind == "hold":
            await connection.pause(fault.seconds)
        await connection.part(b"data: [DONE]\n\n")
        await connection.end_stream()
        connection.drip(0)

    async def _broke(self, connection: Connection, fault: Fault) -> bool:
        """What happens in the middle; True = the stream is over."""
        if fault.kind == "silence":
            await connection.pause(fault.seconds)
            return False
        if fault.kind == "comments":
            for _ in range(int(fault.seconds / 0.05)):
                await connection.part(b": still here\n\n")
                await connection.pause(0.05)
            return False
        if fault.kind == "reset":
            connection.reset()
            raise Gone
        if fault.kind in {"half", "garbage", "error_event"}:
            if fault.kind == "garbage":
                await connection.part(b'data: {"choices": [{"delta\n\n')
            if fault.kind == "error_event":
                await connection.part(event(fault.error()))
            await connection.end_stream()
            return True
        return False
