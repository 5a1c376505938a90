"""What goes wrong on request, and what is remembered of every request."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal

from providers.tests.speech_marks import Heard

Method = Literal["recognize", "synthesize", "http", "iam"]
Kind = Literal["status", "stall", "silence", "reset", "half", "drip", "empty", "hold", "garbage"]
FOREVER = 3600.0


@dataclass
class Fault:
    """What goes wrong with the next `times` requests of `method`.

    Attributes:
        kind: "status": refused with this gRPC code (its HTTP relative over HTTP);
            "stall": nothing at all is answered for `seconds`, then it goes on as usual;
            "silence": after `after` pieces nothing comes any more; "reset": after them the call breaks;
            "half": half of the audio, or of the words, then a polite end;
            "drip": every piece is 20 ms of audio and comes `seconds` after the one before;
            "empty": a polite end without any result; "hold": all is said, but the stream is not ended for `seconds`;
            "garbage": (HTTP, IAM) that is not what was promised.
        after: pieces (of audio or of transcripts) before it happens.
    """

    kind: Kind
    method: Method = "synthesize"
    times: int = 1
    after: int = 0
    seconds: float = FOREVER
    code: str = "UNAVAILABLE"


@dataclass
class Request:
    """A request as it came, and how it went. `gone` = the client gave it up before it was over.

    Attributes:
        fields: of synthesis: text, voice, role, speed…; of recognition: model, hints…
        heard: what recognition noticed, mutilated words included.
    """

    method: str
    headers: dict[str, str]
    fields: dict[str, Any] = field(default_factory=dict)
    at: float = field(default_factory=time.monotonic)
    pieces: int = 0
    audio_seconds: float = 0.0
    heard: list[Heard] = field(default_factory=list)
    text: str = ""
    done: bool = False
    gone: bool = False


class Faults:
    """The queue of faults: the first of a method is used up first. Of `one_in` requests the last is refused."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []
        self.one_in = 0
        self._counts: Counter[str] = Counter()

    def take(self, method: Method) -> Fault | None:
        self._counts[method] += 1
        if self.one_in and self._counts[method] % self.one_in == 0:
            return Fault("status", method, code="INTERNAL")
        fault = next((fault for fault in self.waiting if fault.method == method), None)
        if fault is not None:
            fault.times -= 1
            if fault.times <= 0:
                self.waiting.remove(fault)
        return fault
