"""IAM tokens, HTTP v1 synthesis, and the twin's own switchboard at /twin/."""

from __future__ import annotations

import contextlib
import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

from providers.tests.openai_twin.connection import Connection, Gone, Head
from providers.tests.speech_marks import Vocabulary
from providers.tests.yandex_twin.faults import Fault, Request
from providers.tests.yandex_twin.state import LONGEST_TEXT, VOICES, State
from providers.tests.yandex_twin.synthesis import played

HTTP_STATUS = {"UNAUTHENTICATED": 401, "PERMISSION_DENIED": 403, "RESOURCE_EXHAUSTED": 429, "INVALID_ARGUMENT": 400}
LONGEST_V1 = 5000


class Web:
    def __init__(self, state: State) -> None:
        self._state = state

    async def serve(self, connection: Connection) -> None:
        with contextlib.suppress(Gone, ConnectionError):
            try:
                while (head := await connection.head()) is not None:
                    await self._answer(connection, head)
            finally:
                connection.close()

    async def _answer(self, connection: Connection, head: Head) -> None:
        path = head.path.partition("?")[0]
        if path.startswith("/twin/"):
            await self._switchboard(connection, path.removeprefix("/twin/"), head.body)
        elif path == "/iam/v1/tokens":
            await self._recorded(connection, "iam", head)
        elif path == "/speech/v1/tts:synthesize":
            await self._recorded(connection, "http", head)
        else:
            await connection.send(404, {"code": 5, "message": "not found"})

    async def _recorded(self, connection: Connection, method: str, head: Head) -> None:
        request = self._state.begin(method, head.headers)
        fault = self._state.faults.take(method)
        try:
            if fault is not None and fault.kind == "stall":
                await connection.pause(fault.seconds)
            if fault is not None and fault.kind == "reset" and not fault.after:
                connection.reset()
                raise Gone
            if fault is not None and fault.kind == "garbage":
                await connection.send(200, b"<html>captive portal</html>", kind="text/html")
            elif fault is not None and fault.kind == "status":
                await self._refuse(connection, fault.code, "The twin was told to fail.")
            elif method == "iam":
                await self._token(connection, request, head.body)
            else:
                await self._synthesize(connection, request, head.body, fault)
            request.done = True
        except Gone:
            request.gone = True
            raise

    async def _refuse(self, connection: Connection, code: str, message: str) -> None:
        await connection.send(HTTP_STATUS.get(code, 503), {"error_code": code, "error_message": message})

    async def _token(self, connection: Connection, request: Request, body: bytes) -> None:
        told = json.loads(body).get("yandexPassportOauthToken", "")
        if not told or self._state.oauth_token not in {"", told}:
            await self._refuse(connection, "UNAUTHENTICATED", f"OAuth token {told} is invalid or expired.")
            return
        expires = datetime.now(UTC) + timedelta(seconds=self._state.token_seconds)
        request.pieces = 1
        written = expires.strftime("%Y-%m-%dT%H:%M:%S.") + "123456789Z"  # nanoseconds, as the service writes them
        await connection.send(200, {"iamToken": self._state.issue_token(), "expiresAt": written})

    async def _synthesize(self, connection: Connection, request: Request, body: bytes, fault: Fault | None) -> None:
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        request.fields = form
        headers = {**request.headers, "x-folder-id": form.get("folderId", "")}
        if refusal := self._state.refusal(headers):
            await self._refuse(connection, refusal, f"Wrong key: {request.headers.get('authorization')}")
            return
        text = form.get("text", "")
        if not text or len(text) > LONGEST_V1 or form.get("voice") not in VOICES:
            await self._refuse(connection, "INVALID_ARGUMENT", "text or voice")
            return
        if form.get("format") != "lpcm" or form.get("sampleRateHertz") != "8000" or form.get("lang") != "ru-RU":
            await self._refuse(connection, "INVALID_ARGUMENT", f"not for a telephone; {LONGEST_TEXT=}")
            return
        await connection.begin_stream("audio/x-pcm")
        async for piece in played(self._state, text, float(form.get("speed", "1")), fault):
            if piece is None:
                connection.reset()
                raise Gone
            request.pieces += 1
            await connection.part(piece)
            await connection.pause(0)
        await connection.end_stream()

    async def _switchboard(self, connection: Connection, what: str, body: bytes) -> None:
        """POST faults, settings, vocabulary, answers; GET requests."""
        state = self._state
        if what == "faults":
            state.faults.waiting.append(Fault(**json.loads(body)))
        elif what == "answers":
            state.answers += json.loads(body)
        elif what == "vocabulary":
            state.vocabulary = Vocabulary(json.loads(body))
        elif what == "settings":
            for name, value in json.loads(body).items():
                setattr(state, name, value)
        elif what == "requests":
            await connection.send(200, [_told(request) for request in state.requests])
            return
        await connection.send(200, {"faults": len(state.faults.waiting)})


def _told(request: Request) -> dict[str, Any]:
    """Without headers: they hold keys."""
    return {name: value for name, value in asdict(request).items() if name != "headers"}
