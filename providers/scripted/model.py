"""Says its lines, with the delays and failures they were written with."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from providers.deadlines import DEFAULT_DEADLINES, Beat, Deadlines, within
from providers.errors import ProviderError
from providers.llm import Answer, Message, Piece, TextDelta, ToolCall, ToolSpec, question_of
from vasdom.errors import InvalidInput

STRETCH = re.compile(r"\s*\S+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One answer.

    Attributes:
        text: handed over word by word.
        when: a regular expression that the person's last message must contain; empty = any.
        calls: tool calls after the text.
        first_delay_seconds: before the first word; `delay_seconds`: before every other piece.
        error: raised after `error_after` pieces.
    """

    text: str = ""
    when: str = ""
    calls: tuple[ToolCall, ...] = ()
    first_delay_seconds: float = 0.0
    delay_seconds: float = 0.0
    error: ProviderError | None = None
    error_after: int = 0

    def __post_init__(self) -> None:
        if not (self.text or self.calls or self.error):
            raise InvalidInput("Пустая реплика сценария.", field="text")
        try:
            re.compile(self.when)
        except re.error:
            raise InvalidInput("Условие реплики — не регулярное выражение.", field="when") from None

    def fits(self, question: str) -> bool:
        return re.search(self.when, question, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedConfig:
    """Lines that fit the question are said in turn; the last of them is repeated."""

    lines: tuple[Line, ...] = (Line(text="Это ответ по сценарию, без модели."),)
    otherwise: Line = Line(text="В сценарии нет ответа на это.")
    deadlines: Deadlines = DEFAULT_DEADLINES


class Scripted:
    """A language model that follows a script. `heard` keeps what it was asked, for tests."""

    def __init__(self, config: ScriptedConfig) -> None:
        self._config = config
        self._said: dict[int, int] = {}
        self._lock = threading.Lock()
        self.heard: list[tuple[Message, ...]] = []

    @property
    def name(self) -> str:
        return "scripted"

    async def ready(self) -> None:
        """Nothing to prepare."""

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Answer:
        return within(self._perform(messages), self._config.deadlines)

    async def _perform(self, messages: Sequence[Message]) -> AsyncIterator[Piece | Beat]:
        self.heard.append(tuple(messages))
        line = self._line(question_of(messages))
        pieces: list[Piece] = [*map(TextDelta, STRETCH.findall(line.text)), *line.calls]
        for number in range(len(pieces) + 1):
            if line.error is not None and number == min(line.error_after, len(pieces)):
                raise again(line.error)
            if number < len(pieces):
                await asyncio.sleep(line.delay_seconds if number else line.first_delay_seconds)
                yield pieces[number]

    def _line(self, question: str) -> Line:
        fitting = [number for number, line in enumerate(self._config.lines) if line.fits(question)]
        if not fitting:
            return self._config.otherwise
        with self._lock:
            number = min(fitting, key=lambda number: (self._said.get(number, 0), number))
            if all(self._said.get(each) for each in fitting):
                number = fitting[-1]
            self._said[number] = self._said.get(number, 0) + 1
        return self._config.lines[number]


def again(error: ProviderError) -> ProviderError:
    """A copy: an exception object that is raised twice gathers the tracebacks of both."""
    return type(error)(
        error.message,
        code=error.code,
        retryable=error.retryable,
        detail=error.detail,
        retry_after_seconds=error.retry_after_seconds,
    )
