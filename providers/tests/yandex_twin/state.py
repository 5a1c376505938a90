"""What the servers of one twin share: settings, keys, faults, and the book of requests."""

from __future__ import annotations

import itertools
from collections import deque
from collections.abc import Mapping

from providers.tests.speech_marks import Vocabulary
from providers.tests.twin_speech import VoiceKind, voice_of
from providers.tests.yandex_twin.faults import Faults, Request

VOICES = frozenset(
    {
        *("alena", "filipp", "ermil", "jane", "omazh", "zahar", "dasha", "julia"),
        *("lera", "masha", "marina", "alexander", "kirill", "anton", "madi_ru"),
    }
)
LONGEST_TEXT = 250
REMEMBERED = 5000


class State:
    def __init__(self) -> None:
        self.vocabulary: Vocabulary | None = None
        self.recognition_seconds = self.synthesis_seconds = 0.0
        self.api_key = self.oauth_token = ""
        self.voice: VoiceKind = "tone"
        self.answers: deque[str] = deque()
        self.faults = Faults()
        self.requests: deque[Request] = deque(maxlen=REMEMBERED)
        self.tokens: set[str] = set()
        self.token_seconds = 12 * 3600.0
        self._numbers = itertools.count(1)

    def begin(self, method: str, headers: Mapping[str, str]) -> Request:
        request = Request(method, dict(headers))
        self.requests.append(request)
        return request

    def issue_token(self) -> str:
        token = f"t1.twin-{next(self._numbers)}"
        self.tokens.add(token)
        return token

    def refusal(self, headers: Mapping[str, str]) -> str:
        """A gRPC code, or nothing for somebody who may come in."""
        kind, _, secret = headers.get("authorization", "").partition(" ")
        if kind == "Api-Key" and secret and self.api_key in {"", secret}:
            return ""
        if kind == "Bearer" and secret in self.tokens:
            return "" if headers.get("x-folder-id") else "PERMISSION_DENIED"
        return "UNAUTHENTICATED"

    def speech(self, text: str, speed: float) -> bytes:
        return voice_of(self.voice)(text, speed)
