"""Port: a language model, and the frozen data that crosses it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, get_args

from vasdom.errors import InvalidInput

Role = Literal["system", "user", "assistant", "tool"]
ROLES: frozenset[str] = frozenset(get_args(Role))


@dataclass(frozen=True, slots=True)
class ToolCall:
    """The model wants a tool used; `arguments` were parsed from its JSON and are yet to be validated."""

    id: str
    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TextDelta:
    """The next stretch of the answer's text; never empty."""

    text: str


Piece = TextDelta | ToolCall
Answer = AsyncGenerator[Piece, None]


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of the knowledge base given along with a question; `document` and `heading` say where it stands."""

    text: str
    document: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation so far.

    Attributes:
        content: what a model reads; the caller has already written the passages into it.
        tool_calls: with role "assistant": what it asked for.
        tool_call_id: with role "tool": which call `content` is the result of.
        passages: the same passages as data, best first, for a vendor that has no model (`extractive`); others read
            `content` only. The latest message that has any counts.
    """

    role: Role
    content: str
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str = ""
    passages: tuple[Passage, ...] = ()

    def __post_init__(self) -> None:
        if self.role not in ROLES:
            raise InvalidInput(f"Нет такой роли сообщения: {self.role}.", field="role")
        if self.role == "tool" and not self.tool_call_id:
            raise InvalidInput("Результат инструмента без номера вызова.", field="tool_call_id")
        if self.tool_calls and self.role != "assistant":
            raise InvalidInput("Инструменты вызывает только помощник.", field="tool_calls")


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool the model may ask for; `parameters` is a JSON Schema of type "object"."""

    name: str
    description: str
    parameters: Mapping[str, Any]


class LanguageModel(Protocol):
    """Answers a conversation.

    `reply` hands over text in the order it is spoken and each tool call when it is complete; both may come in one
    answer. Closing the answer ends the request. Usable from any event loop, by many callers at once.

    Raises, while iterated:
        Unavailable, Timeout, Rejected: before anything was handed over.
        BrokenOff: after.
    """

    @property
    def name(self) -> str:
        """For logs and pages: "openai gpt-4o-mini"; no secret."""

    async def ready(self) -> None:
        """What is slow and needed once: imports, a client of the running loop. No deadline counts this time.

        `reply` sees to it itself; a process that wants its first answer to be as quick as the others awaits it early.
        """

    def reply(self, messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> Answer: ...


def question_of(messages: Sequence[Message]) -> str:
    """What the person said last, or nothing."""
    return next((message.content for message in reversed(messages) if message.role == "user"), "")
